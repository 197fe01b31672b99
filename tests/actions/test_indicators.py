"""What an administrator chooses for indicators: whether they are asked for, and what their columns are called."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ecodash import actions, queries
from ecodash.catalog.loader import load_catalog
from ecodash.domain.access import Actor, Grant, Role
from ecodash.domain.indicator_choices import AS_DELIVERED, IndicatorChoice, dependents, in_use, unused
from ecodash.domain.pages import Page
from ecodash.domain.periods import Month
from ecodash.domain.regions import COUNTRY_KEY, Level
from ecodash.domain.selection import Selection
from ecodash.errors import IndicatorUnknown, NotPermitted, TransitionRefused, UserError
from ecodash.ingest.header_words import fold_header
from ecodash.ingest.headers import HeaderNames
from ecodash.ingest.own_headings import checked_headings, with_headings
from ecodash.settings import PROJECT_ROOT
from ecodash.store import records
from ecodash.workspace import Workspace
from tests.actions.conftest import CLERK, COUNTY, FENGLAI, JILONG, NOW, OTHER, read, send

OCTOBER = Month(2026, 10)
GARBAGE = "garbage_cleared"
CATALOG = load_catalog(PROJECT_ROOT / "data" / "catalog" / "indicators.toml")
USUAL = HeaderNames(CATALOG, {})
USUAL_NAMES = {
    name: USUAL.match(name)
    for entry in CATALOG.values()
    for name in (entry.code, entry.name, entry.title, *entry.aliases)
}


def change(workspace: Workspace, code: str, *headings: str, is_used: bool = True) -> IndicatorChoice:
    return actions.change_indicator(workspace, code, is_used=is_used, headings=headings, actor=CLERK, now=NOW)


def table(heading: str, value: str = "3", second: str = "") -> str:
    return f"区划代码,村,{heading}{second and ',' + second}\n{FENGLAI},凤来社区,{value}{second and ',1'}\n"


def read_as(workspace: Workspace, content: str, actor: Actor = CLERK) -> list[tuple[str, float]]:
    upload = read(workspace, content, actor=actor)
    assert upload.intake.faults == (), upload.intake.faults
    cells = upload.intake.cells
    return list(zip(map(str, cells["indicator"]), map(float, cells["value"]), strict=True))


# ── headings ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_heading_of_this_place_is_read_by_everybody(workspace: Workspace) -> None:
    before = read(workspace, table("清运总斤两"))
    assert [fault.code for fault in before.intake.faults] == ["column_unknown"]
    change(workspace, GARBAGE, "清运总斤两")
    for actor in (CLERK, OTHER):
        assert read_as(workspace, table("清运总斤两"), actor) == [(GARBAGE, 3)]
    change(workspace, GARBAGE)
    assert read(workspace, table("清运总斤两")).intake.faults


def test_it_is_read_with_units_numbering_and_months_like_any_name(workspace: Workspace) -> None:
    change(workspace, GARBAGE, "清运总斤两（吨）")
    assert queries.indicator_choices(workspace)[GARBAGE].headings == ("清运总斤两",)
    assert read_as(workspace, table("清运总斤两（公斤）", "3000")) == [(GARBAGE, 3)]
    for heading in ("清运总斤两(吨)", "1.清运总斤两", "本月清运总斤两", "10月清运总斤两"):
        assert read_as(workspace, table(heading, "3")) == [(GARBAGE, 3)], heading


def test_what_a_reporter_chose_goes_before_it(workspace: Workspace) -> None:
    change(workspace, GARBAGE, "清运情况")
    upload = read(workspace, table("清运情况"), mapping={"清运情况": "patrols"})
    assert list(upload.intake.cells["indicator"]) == ["patrols"]
    actions.commit_upload(workspace, upload, actor=CLERK, now=NOW, reasons={"": "已核实"})
    assert read_as(workspace, table("清运情况", "4")) == [("patrols", 4)]
    assert read_as(workspace, table("清运情况", "4"), OTHER) == [(GARBAGE, 4)]


def test_it_goes_before_a_guess(workspace: Workspace) -> None:
    content = table("清理生活垃圾总数量")
    guessed = read(workspace, content).intake.sheets[0].columns[-1]
    assert (guessed.target, guessed.how) == (GARBAGE, "near")
    change(workspace, "dump_sites_cleared", "清理生活垃圾总数量")
    assert read_as(workspace, content) == [("dump_sites_cleared", 3)]


@pytest.mark.parametrize(
    ("heading", "what"),
    [
        ("公厕", "已经表示指标“公厕”"),
        ("public_toilets", "已经表示指标“公厕”"),
        ("乡镇", "常用的“乡镇”列"),
        ("备注", "常用的“不读取”列"),
        ("本月完成", "不能说明是哪项指标"),
        ("9月", "不能说明是哪项指标"),
        ("123", "不能说明是哪项指标"),
        ("累计清运", "不是当月数"),
        ("上月清运", "不是当月数"),
        ("年度任务数", "不是当月数"),
        ("清" * 41, "太长"),
    ],
)
def test_a_heading_that_would_be_misread_is_refused(heading: str, what: str) -> None:
    with pytest.raises(UserError, match=what):
        checked_headings(CATALOG, GARBAGE, ["好的列名", heading], {})


def test_what_the_catalogue_itself_calls_an_indicator_goes_before() -> None:
    catalog = with_headings(CATALOG, {GARBAGE: ("巡查次数", "清运总斤两"), "patrols": (), "gone": ("甲",)})
    names = HeaderNames(catalog, {})
    assert [names.match(one).target for one in ("巡查", "清运总斤两")] == ["patrols", GARBAGE]  # type: ignore[union-attr]
    assert names.match("巡查次数") == USUAL.match("巡查次数")
    assert catalog.digest == CATALOG.digest


def test_two_indicators_have_no_heading_in_common(workspace: Workspace) -> None:
    change(workspace, GARBAGE, "清运总斤两")
    with pytest.raises(UserError, match="已经表示指标“清理生活垃圾”"):
        change(workspace, "patrols", "好的列名", "清运 总斤两")
    assert list(queries.indicator_choices(workspace)) == [GARBAGE]
    change(workspace, GARBAGE)
    assert change(workspace, "patrols", "清运总斤两").headings == ("清运总斤两",)


def test_what_there_is_at_the_end_of_a_month_may_be_called_so_far(workspace: Workspace) -> None:
    assert change(workspace, "public_toilets", "累计在用公厕座数").headings == ("累计在用公厕座数",)
    assert read_as(workspace, table("累计在用公厕座数", "5")) == [("public_toilets", 5)]
    with pytest.raises(UserError, match="不是当月数"):
        change(workspace, "public_toilets", "上月累计公厕")


def test_repeated_empty_and_usual_headings_are_not_kept(workspace: Workspace) -> None:
    kept = change(workspace, GARBAGE, " 清运 总斤两 ", "", "清运总斤两", "清理生活垃圾", "清理生活垃圾（吨）")
    assert kept.headings == ("清运 总斤两",)
    with pytest.raises(UserError, match="最多 30 个"):
        change(workspace, GARBAGE, *(f"列名{'甲' * count}" for count in range(1, 32)))


@settings(max_examples=60)
@given(st.text(st.sampled_from("清运垃圾吨数公厕本月累计上9(（）)/ .1a年度任"), min_size=1, max_size=8))
def test_whatever_is_kept_is_read_as_that_indicator_and_takes_nothing_from_others(heading: str) -> None:
    try:
        kept = checked_headings(CATALOG, GARBAGE, [heading], {})
    except UserError:
        return
    names = HeaderNames(with_headings(CATALOG, {GARBAGE: kept}), {})
    for one in kept:
        found = names.match(one)
        assert found is not None
        assert found.target == GARBAGE
    for name, heading_of in USUAL_NAMES.items():
        assert names.match(name) == heading_of, name
    assert len({fold_header(one) for one in kept}) == len(kept)


# ── in use or not ──────────────────────────────────────────────────────────────────────────────────────────────────


def selection(workspace: Workspace, level: Level = Level.TOWN, indicator: str = "") -> Selection:
    return Selection(queries.newest_watermark(workspace), OCTOBER, COUNTY, indicator, level)


def test_one_not_in_use_is_left_out_of_templates(workspace: Workspace) -> None:
    send(workspace, table("清理生活垃圾", second="公厕"), "2026年9月.csv", reason="已核实")
    assert [one.code for one in queries.template_indicators(workspace, JILONG, OCTOBER)] == [GARBAGE, "public_toilets"]
    change(workspace, GARBAGE, is_used=False)
    assert [one.code for one in queries.template_indicators(workspace, JILONG, OCTOBER)] == ["public_toilets"]
    with pytest.raises(UserError, match="清理生活垃圾”在本系统已停用"):
        queries.upload_template(workspace, JILONG, OCTOBER, [GARBAGE, "public_toilets"], now=NOW)
    change(workspace, GARBAGE)
    assert queries.upload_template(workspace, JILONG, OCTOBER, [GARBAGE], now=NOW)


def test_nor_is_it_in_the_template_of_a_place_without_reports(workspace: Workspace) -> None:
    usual = [one.code for one in queries.template_indicators(workspace, JILONG, OCTOBER)]
    assert GARBAGE in usual
    change(workspace, GARBAGE, is_used=False)
    now = [one.code for one in queries.template_indicators(workspace, JILONG, OCTOBER)]
    assert now == [code for code in usual if code != GARBAGE]


def test_its_figures_stay_and_still_come_in(workspace: Workspace) -> None:
    send(workspace, table("清理生活垃圾", "3"), reason="已核实")
    change(workspace, GARBAGE, is_used=False)
    figures = queries.key_figures(workspace, selection(workspace)).set_index("indicator")
    assert float(figures.loc[GARBAGE, "value"]) == 3
    send(workspace, table("清理生活垃圾", "4"), reason="已核实")
    figures = queries.key_figures(workspace, selection(workspace)).set_index("indicator")
    assert float(figures.loc[GARBAGE, "value"]) == 4


def test_another_one_is_shown_first(workspace: Workspace) -> None:
    send(workspace, table("清理生活垃圾", second="巡查"), reason="已核实")
    assert queries.default_indicator(workspace, selection(workspace)) == GARBAGE
    change(workspace, GARBAGE, is_used=False)
    assert queries.default_indicator(workspace, selection(workspace)) == "patrols"
    change(workspace, "patrols", is_used=False)
    # With nothing else reported, a page still has something to show.
    assert queries.default_indicator(workspace, selection(workspace)) == GARBAGE


def test_whoever_reported_nothing_else_is_reminded(workspace: Workspace) -> None:
    send(workspace, table("清理生活垃圾"), reason="已核实")
    towns = selection(workspace)
    villages = len(workspace.tree.under(JILONG, Level.VILLAGE))
    assert f"暨龙镇（1/{villages} 个村）" in queries.reminder(workspace, towns, now=NOW)
    change(workspace, GARBAGE, is_used=False)
    text = queries.reminder(workspace, towns, now=NOW)
    assert "未报齐" not in text
    assert "暨龙镇" in text
    # What was reported is said as ever.
    status = queries.reporting(workspace, towns).set_index("name")
    assert int(status.loc["暨龙镇", "villages"] - status.loc["暨龙镇", "missing"]) == 1


def test_the_last_one_stays_in_use(workspace: Workspace) -> None:
    first, *others = workspace.catalog
    with workspace.store.writing() as connection:
        for code in others:
            records.set_indicator_choice(connection, code, IndicatorChoice(is_used=False))
    with pytest.raises(TransitionRefused, match="最后一项"):
        change(workspace, first, is_used=False)


# ── who, and what remains of it ────────────────────────────────────────────────────────────────────────────────────


def test_only_an_administrator_of_the_whole_may(workspace: Workspace) -> None:
    for grant in (Grant(Role.ADMINISTRATOR, COUNTY), Grant(Role.REVIEWER, COUNTRY_KEY)):
        actor = Actor("甲", "page", (grant,), 7, "jia")
        with pytest.raises(NotPermitted):
            actions.change_indicator(workspace.acting(actor), GARBAGE, is_used=False, headings=(), actor=actor, now=NOW)
        # Whoever is signed in may know what is chosen: the pages they see follow from it.
        assert queries.indicator_choices(workspace.acting(actor)) == {}


def test_before_and_after_stand_in_the_audit_once(workspace: Workspace) -> None:
    change(workspace, GARBAGE, "清运总斤两")
    change(workspace, GARBAGE, "清运总斤两")
    with workspace.store.reading() as connection:
        details = connection.exec_driver_sql("SELECT detail FROM audit WHERE action = 'change_indicator'").scalars()
        found = [json.loads(detail) for detail in details]
    assert found == [
        {
            "indicator": GARBAGE,
            "before": {"is_used": True, "headings": []},
            "after": {"is_used": True, "headings": ["清运总斤两"]},
        }
    ]


def test_a_change_makes_kept_answers_new(workspace: Workspace) -> None:
    before = queries.store_state(workspace).definitions
    change(workspace, GARBAGE, is_used=False)
    assert queries.store_state(workspace).definitions > before


def test_there_is_no_such_indicator(workspace: Workspace) -> None:
    with pytest.raises(IndicatorUnknown):
        change(workspace, "nothing")


def test_the_reports_of_each_are_counted(workspace: Workspace) -> None:
    send(workspace, table("清理生活垃圾", second="公厕"), "2026年9月.csv", reason="已核实")
    send(workspace, table("清理生活垃圾", "5"), reason="已核实")
    send(workspace, table("清理生活垃圾", "6"), reason="已核实")  # corrects the one before
    rows = queries.indicator_reports(workspace, 3)
    assert [tuple(row) for row in rows.itertuples(index=False)] == [(GARBAGE, 2, 202610), ("public_toilets", 1, 202609)]


def test_values() -> None:
    choices = {GARBAGE: IndicatorChoice(is_used=False), "patrols": AS_DELIVERED}
    entries = [CATALOG[code] for code in (GARBAGE, "patrols", "bins")]
    assert unused(choices) == {GARBAGE}
    assert [one.code for one in in_use(entries, choices)] == ["patrols", "bins"]
    assert [one.code for one in in_use(entries, choices, [GARBAGE, None])] == [GARBAGE, "patrols", "bins"]
    assert "sanitary_toilet_rate" in [one.code for one in dependents(CATALOG, "households")]
    chosen = IndicatorChoice(is_used=False, headings=("甲", "乙"))
    assert IndicatorChoice.from_content(json.loads(json.dumps(chosen.to_content()))) == chosen


def test_what_a_snapshot_freezes_is_the_same_whatever_is_in_use(workspace: Workspace) -> None:
    send(workspace, table("清理生活垃圾", second="公厕"), reason="已核实")
    asked = selection(workspace, indicator=GARBAGE)

    def frozen() -> list[dict[str, str]]:
        pages = [queries.freeze(workspace, page, asked) for page in Page if page not in (Page.LISTS,)]
        return [{name: rows.to_csv() for name, rows in page.tables.items()} for page in pages]

    before = frozen()
    change(workspace, GARBAGE, "清运总斤两", is_used=False)
    assert frozen() == before
