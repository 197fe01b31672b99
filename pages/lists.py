"""红黑榜: the units a month honours and those it criticises, by a rule that is kept."""

from ecodash.i18n import gettext as _
from ecodash.views import heading, list_parts

list_parts.show(heading.open_plain_page(_("红黑榜")))
