"""The pages a snapshot can be made of."""

from enum import StrEnum


class Page(StrEnum):
    """A screen that shows figures."""

    OVERVIEW = "overview"
    MAP = "map"
    PROGRESS = "progress"
    RANKING = "ranking"
    PROFILE = "profile"

    @property
    def label(self) -> str:
        return {
            Page.OVERVIEW: "总览",
            Page.MAP: "地图",
            Page.PROGRESS: "进度",
            Page.RANKING: "排名",
            Page.PROFILE: "区域档案",
        }[self]
