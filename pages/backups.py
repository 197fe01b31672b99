"""备份: copies of the installation's data, made while everybody works, checked, and deleted."""

from ecodash.views import backup_parts, backup_text, heading

heading.open_plain_page(backup_text.title())

backup_parts.show()
