"""目标管理: targets by region and indicator, edited, added up, carried into the next year, downloaded."""

from ecodash.i18n import gettext as _
from ecodash.views import heading, target_parts

watermark = heading.open_plain_page(_("目标管理"))
target_parts.show(target_parts.choose(watermark))
