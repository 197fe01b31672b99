"""What may be taken away from the installation, and the right that whatever makes it asks for."""

from ecodash.domain.access import Right
from ecodash.domain.audit import ExportKind
from ecodash.permits import Reach

EXPORTS: dict[ExportKind, Right | Reach] = {
    ExportKind.TABLE: Right.READ,
    ExportKind.PICTURE: Right.READ,
    ExportKind.SENT_FILE: Right.READ,
    ExportKind.RECEIPT: Right.READ,
    ExportKind.TEMPLATE: Right.READ,
    ExportKind.MARKED_FILE: Right.REPORT,
    ExportKind.LISTS: Right.READ,
    ExportKind.BOUNDARIES: Right.READ,
    ExportKind.QR_CODE: Right.SHARE,
    ExportKind.PRINT: Right.READ,
    ExportKind.SNAPSHOT: Reach.GIVEN,
    ExportKind.SNAPSHOT_FILE: Reach.GIVEN,
    ExportKind.DATA: Right.READ,
    ExportKind.AUDIT: Right.AUDIT,
    ExportKind.ACCOUNT_TEMPLATE: Right.ADMINISTER,
    ExportKind.ACCOUNTS: Right.ADMINISTER,
    ExportKind.FIRST_PASSWORDS: Right.ADMINISTER,
    ExportKind.FILING_FILE: Right.READ_REPORTED,
    ExportKind.BACKUP: Right.ADMINISTER,
}
"""What a snapshot's own page offers goes to whoever may open the snapshot; a file one reported oneself is one's own. Every
download is made at the click, by queries that ask for the right then (ecodash/views/downloads.py)."""
