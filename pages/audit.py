"""审计日志: who did what, when, from where; and whether every line is still as it was written."""

from ecodash.views import audit_chain, audit_filters, audit_list, audit_text, heading

heading.open_plain_page(audit_text.title())

audit_chain.show()
wanted = audit_filters.choose()
audit_list.show(wanted)
