"""The pages a snapshot can be made of."""

from enum import StrEnum

from ecodash.i18n import gettext, marked


class Page(StrEnum):
    """What a snapshot shows as one page; most are screens of the application, too."""

    OVERVIEW = "overview"
    MAP = "map"
    PROGRESS = "progress"
    RANKING = "ranking"
    PROFILE = "profile"
    REPORTING = "reporting"
    LISTS = "lists"

    @property
    def label(self) -> str:
        return gettext(
            {
                Page.OVERVIEW: marked("总览"),
                Page.MAP: marked("地图"),
                Page.PROGRESS: marked("进度"),
                Page.RANKING: marked("排名"),
                Page.PROFILE: marked("区域档案"),
                Page.REPORTING: marked("上报情况"),
                Page.LISTS: marked("红黑榜"),
            }[self]
        )

    @property
    def is_selected(self) -> bool:
        """Whether queries.freeze makes it from a selection; 红黑榜 follows a rule instead: queries.freeze_lists."""
        return self is not Page.LISTS

    @property
    def is_figure_page(self) -> bool:
        """Whether the application has it as a page of its own with a bar of filters, and prints it."""
        return self not in (Page.REPORTING, Page.LISTS)

    @property
    def shown_on(self) -> "Page":
        """The page of the application where the same is looked at: who reported is a part of 总览."""
        return Page.OVERVIEW if self is Page.REPORTING else self

    @property
    def has_indicator(self) -> bool:
        """Whether all of it is about one indicator, which then belongs into its heading."""
        return self not in (Page.OVERVIEW, Page.PROFILE, Page.REPORTING)
