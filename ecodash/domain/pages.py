"""The pages a snapshot can be made of."""

from enum import StrEnum

from ecodash.i18n import gettext, marked


class Page(StrEnum):
    """A screen that shows figures."""

    OVERVIEW = "overview"
    MAP = "map"
    PROGRESS = "progress"
    RANKING = "ranking"
    PROFILE = "profile"

    @property
    def label(self) -> str:
        return gettext(
            {
                Page.OVERVIEW: marked("总览"),
                Page.MAP: marked("地图"),
                Page.PROGRESS: marked("进度"),
                Page.RANKING: marked("排名"),
                Page.PROFILE: marked("区域档案"),
            }[self]
        )
