"""Rankings over spans, by class, of composites, and why a unit moved, on a small real store, by hand."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from ecodash import actions, queries
from ecodash.domain.access import SYSTEM
from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.composite import Composite, CompositeItem, Scoring, composite_code
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.pages import Page
from ecodash.domain.regions import Level, Region, region_key
from ecodash.errors import LinkUnknown
from ecodash.store.engine import open_store
from ecodash.workspace import Workspace
from tests.builders import (
    A1,
    A2,
    A3,
    ACTOR,
    B1,
    B2,
    CATALOG,
    COUNTY,
    NOON,
    TOWN_A,
    TOWN_B,
    commit,
    new_store,
    sample_regions,
    settings_in,
)
from tests.queries.asking import look, rows_of

QUARTER, YEAR = Comparison(span=Span.QUARTER), Comparison(span=Span.YEAR)
CODES = ("region_code", "rank", "previous_rank", "movement", "value", "previous")


def villages(workspace: Workspace, month: str, indicator: str, watermark: int | None = None):  # type: ignore[no-untyped-def]
    return look(workspace, month, indicator=indicator, level=Level.VILLAGE, watermark=watermark)


def define(workspace: Workspace, composite: Composite) -> str:
    kept = actions.save_definition(
        workspace, DefinitionKind.COMPOSITE, composite.name, composite.to_content(), actor=ACTOR, now=NOON
    )
    return composite_code(kept.number)


# ── spans ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_flows_of_a_quarter_add_up_and_are_compared_with_the_quarter_before(workspace: Workspace) -> None:
    commit(
        workspace.store,
        *((A1, "garbage", "2026-04", 30), (A1, "garbage", "2026-05", 1), (A2, "garbage", "2026-04", 20)),
        *((A1, "garbage", "2026-06", 999), (A1, "garbage", "2026-07", 5), (A1, "garbage", "2026-08", 6)),
        *((A2, "garbage", "2026-08", 40), (A3, "garbage", "2026-07", 11), (A3, "garbage", "2026-09", 500)),
    )
    found = queries.ranking(workspace, villages(workspace, "2026-08", "garbage"), QUARTER)
    # July and August, against April and May: June and September are in neither.
    assert rows_of(found, *CODES) == [
        (A2, 1, 2, 1, 40, 20),
        (A1, 2, 1, -1, 11, 31),
        (A3, 2, None, None, 11, None),
        (B1, None, None, None, None, None),
        (B2, None, None, None, None, None),
    ]
    assert found["months"].tolist() == [1, 2, 1, 0, 0]
    assert found["is_reported"].tolist() == [True, True, True, False, False]


def test_the_year_to_date_is_compared_with_that_of_the_year_before(workspace: Workspace) -> None:
    commit(
        workspace.store,
        *((A1, "garbage", "2025-01", 10), (A1, "garbage", "2025-02", 10), (A1, "garbage", "2025-03", 70)),
        *((A2, "garbage", "2025-02", 15), (A1, "garbage", "2025-12", 800), (A1, "garbage", "2026-01", 1)),
        *((A1, "garbage", "2026-02", 2), (A2, "garbage", "2026-02", 4)),
    )
    here = villages(workspace, "2026-02", "garbage")
    for against in Against:
        found = queries.ranking(workspace, here, Comparison(span=Span.YEAR, against=against))
        assert rows_of(found.head(2), *CODES) == [(A2, 1, 2, 1, 4, 15), (A1, 2, 1, -1, 3, 20)]


def test_a_stock_stands_as_in_the_month_and_a_score_is_a_mean(workspace: Workspace) -> None:
    commit(
        workspace.store,
        *((A1, "toilets", "2026-01", 30), (A1, "toilets", "2026-02", 32), (A2, "toilets", "2026-01", 40)),
        *((A1, "score", "2026-01", 90), (A1, "score", "2026-03", 80), (A2, "score", "2026-02", 86)),
    )
    stock = queries.ranking(workspace, villages(workspace, "2026-03", "toilets"), YEAR)
    assert rows_of(stock.head(2), "region_code", "value", "carried") == [(A2, 40, 1), (A1, 32, 1)]
    score = queries.ranking(workspace, villages(workspace, "2026-03", "score"), YEAR)
    assert rows_of(score.head(2), "region_code", "value", "months") == [(A2, 86, 1), (A1, 85, 2)]


def test_a_ratio_of_flows_is_sum_over_sum_of_the_span(workspace: Workspace) -> None:
    commit(
        workspace.store,
        *((A1, "found", "2026-01", 2), (A1, "closed", "2026-01", 1), (A1, "found", "2026-02", 98)),
        *((A1, "closed", "2026-02", 90), (A2, "closing_rate", "2026-01", 80)),
    )
    found = queries.ranking(workspace, villages(workspace, "2026-02", "closing_rate"), YEAR)
    assert rows_of(found.head(2), "region_code", "value", "denominator") == [(A1, 91, 100), (A2, 80, None)]


# ── movement ───────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def changing(tmp_path: Path) -> Workspace:
    """A3 ended in January; B2 began in February."""
    regions = [
        Region(one.key, one.name, one.full_name, one.kind, last_month=202601)
        if one.code == A3
        else Region(one.key, one.name, one.full_name, one.kind, first_month=202602)
        if one.code == B2
        else one
        for one in sample_regions()
    ]
    new_store(tmp_path, regions=regions).close()
    settings = settings_in(tmp_path)
    return Workspace(settings, open_store(settings), CATALOG, SYSTEM)


def test_new_vanished_and_unreported_units_have_no_movement_and_no_zero(changing: Workspace) -> None:
    commit(changing.store, *((code, "score", "2026-01", value) for code, value in ((A1, 70), (A2, 80), (A3, 90))))
    commit(changing.store, *((code, "score", "2026-02", value) for code, value in ((A1, 70), (B2, 95))))
    found = queries.ranking(changing, villages(changing, "2026-02", "score"))
    # A1 was third of those that stood then, the vanished A3 among them.
    assert rows_of(found, *CODES) == [
        (B2, 1, None, None, 95, None),
        (A1, 2, 3, 1, 70, 70),
        (A2, None, 2, None, None, 80),
        (B1, None, None, None, None, None),
    ]
    why = queries.why(changing, villages(changing, "2026-02", "score"), Comparison(), region_key(A1))
    assert (why.places, why.passing.gone_above, why.passing.new_above) == (
        1,
        (region_key(A2), region_key(A3)),
        (region_key(B2),),
    )
    new = queries.why(changing, villages(changing, "2026-02", "score"), Comparison(), region_key(B2))
    assert (new.moved, new.places, new.factors) == ("new", None, ())
    silent = queries.why(changing, villages(changing, "2026-02", "score"), Comparison(), region_key(A2))
    assert (silent.moved, silent.rank, silent.previous_rank) == ("unreported", None, 2)
    changing.close()


# ── who is left out ────────────────────────────────────────────────────────────────────────────────────────────────


def test_kinds_that_are_not_ranked_are_listed_with_the_reason(tmp_path: Path) -> None:
    kinds = {A2: "社区", B1: "其他"}
    regions = [Region(one.key, one.name, one.full_name, kinds.get(one.code, one.kind)) for one in sample_regions()]
    new_store(tmp_path, regions=regions).close()
    settings = settings_in(tmp_path)
    workspace = Workspace(settings, open_store(settings), CATALOG, SYSTEM)
    commit(
        workspace.store,
        *((code, "score", "2026-01", value) for code, value in ((A1, 70), (A2, 99), (A3, 80), (B1, 60))),
    )
    found = queries.ranking(workspace, villages(workspace, "2026-01", "score"), Comparison(kinds=("村",)))
    assert rows_of(found, "region_code", "rank", "excluded", "is_reported") == [
        (A3, 1, "", True),
        (A1, 2, "", True),
        (A2, None, "kind", True),
        (B1, None, "kind", True),
        (B2, None, "", False),
    ]
    town = queries.ranking(workspace, look(workspace, "2026-01", indicator="score"), Comparison(kinds=("村",)))
    assert set(town["excluded"]) == {""}
    workspace.close()


def test_a_ratio_on_too_small_or_unknown_a_denominator_is_left_out(workspace: Workspace) -> None:
    commit(
        workspace.store,
        *((A1, "households", "2026-01", 3), (A1, "toilets", "2026-01", 3), (A2, "households", "2026-01", 100)),
        *((A2, "toilets", "2026-01", 80), (A3, "toilet_rate", "2026-01", 90)),
    )
    here = villages(workspace, "2026-01", "toilet_rate")
    assert rows_of(queries.ranking(workspace, here).head(3), "region_code", "rank") == [(A1, 1), (A3, 2), (A2, 3)]
    found = queries.ranking(workspace, here, Comparison(least=10))
    assert rows_of(found.head(3), "region_code", "rank", "excluded", "denominator", "value") == [
        (A2, 1, "", 100, 80),
        (A1, None, "least", 3, 100),
        (A3, None, "least", None, 90),
    ]
    flows = queries.ranking(workspace, villages(workspace, "2026-01", "toilets"), Comparison(least=10))
    assert set(flows["excluded"]) == {""}


def test_units_are_ranked_within_their_class_or_only_there(workspace: Workspace) -> None:
    classes = {A1: "山区", A2: "平原", A3: "山区", B1: "平原"}
    kept = actions.save_definition(
        workspace, DefinitionKind.PEER_CLASSES, "地形", {"classes": classes}, actor=ACTOR, now=NOON
    )
    commit(
        workspace.store,
        *((code, "score", "2026-01", value) for code, value in ((A1, 70), (A2, 99), (A3, 80), (B2, 60))),
    )
    here = villages(workspace, "2026-01", "score")
    found = queries.ranking(workspace, here)
    assert rows_of(found, "region_code", "rank", "peer_class", "peer_rank", "peer_count") == [
        (A2, 1, "平原", 1, 1),
        (A3, 2, "山区", 1, 2),
        (A1, 3, "山区", 2, 2),
        (B2, 4, "", None, 0),
        (B1, None, "平原", None, 1),
    ]
    hills = queries.ranking(workspace, here, Comparison(peer_class="山区", scheme=kept.number))
    assert rows_of(hills, "region_code", "rank", "excluded") == [
        (A3, 1, ""), (A1, 2, ""), (A2, None, "class"), (B1, None, "class"), (B2, None, "class"),
    ]  # fmt: skip
    with pytest.raises(LinkUnknown):
        queries.ranking(workspace, here, Comparison(scheme=99))


def test_thirds_by_a_fact_keep_equal_units_together_and_the_unreported_apart(workspace: Workspace) -> None:
    commit(
        workspace.store, *((code, "households", "2026-01", n) for code, n in ((A1, 10), (A2, 10), (A3, 30), (B1, 90)))
    )
    found = queries.attribute_thirds(workspace, villages(workspace, "2026-01", "score"), "households")
    assert rows_of(found, "region_code", "value", "third") == [
        (A1, 10, 1), (A2, 10, 1), (A3, 30, 2), (B1, 90, 3), (B2, None, 0),
    ]  # fmt: skip


# ── composites ─────────────────────────────────────────────────────────────────────────────────────────────────────

SANITATION = Composite(
    "综合", (CompositeItem("score", Decimal(60), Scoring.DIRECT), CompositeItem("garbage", Decimal(40))), Decimal(60)
)


def test_a_composite_ranks_by_its_weights_and_says_what_is_missing(workspace: Workspace) -> None:
    commit(
        workspace.store,
        *((A1, "score", "2026-01", 80), (A1, "garbage", "2026-01", 10), (A2, "score", "2026-01", 60)),
        *((A2, "garbage", "2026-01", 30), (A3, "score", "2026-01", 70), (B1, "garbage", "2026-01", 20)),
    )
    here = villages(workspace, "2026-01", define(workspace, SANITATION))
    found = queries.ranking(workspace, here)
    # A1 48 + 0; A2 36 + 40; A3 70 on 60% of the weight; B1 has but 40% of it.
    columns = ("region_code", "rank", "value", "present_weight", "missing", "excluded", "is_reported")
    assert rows_of(found, *columns) == [
        (A2, 1, 76, 100, "", "", True),
        (A3, 2, 70, 60, "garbage", "", True),
        (A1, 3, 48, 100, "", "", True),
        (B1, None, None, 40, "score", "parts", True),
        (B2, None, None, 0, "score,garbage", "", False),
    ]
    parts = queries.composite_parts(workspace, here)
    assert rows_of(parts[parts["region"] == region_key(A2)], "indicator", "value", "points", "weight", "share") == [
        ("score", 60, 60, 60, 36),
        ("garbage", 30, 100, 40, 40),
    ]
    assert found["history"].iloc[0][-1] == 76
    assert pd.isna(found["history"].iloc[0][:-1]).all()
    assert queries.unit_ranking(workspace, here)["rank"].tolist()[:3] == [1, 2, 3]
    assert queries.indicator_entry(workspace, here.indicator).definition == "score 60%、garbage 40%"


def test_an_old_version_goes_on_as_it_was(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "score", "2026-01", 80), (A1, "garbage", "2026-01", 10))
    commit(workspace.store, (A2, "score", "2026-01", 60), (A2, "garbage", "2026-01", 30))
    old = define(workspace, SANITATION)
    items = (CompositeItem("score", Decimal(90), Scoring.DIRECT), CompositeItem("garbage", Decimal(10)))
    new = define(workspace, Composite("综合", items))
    assert new != old
    assert queries.ranking(workspace, villages(workspace, "2026-01", old))["value"].tolist()[:2] == [76, 48]
    assert queries.ranking(workspace, villages(workspace, "2026-01", new))["value"].tolist()[:2] == [72, 64]
    with pytest.raises(LinkUnknown):
        queries.ranking(workspace, villages(workspace, "2026-01", "composite-99"))


def test_what_if_and_how_robust_first_place_is(workspace: Workspace) -> None:
    commit(workspace.store, (A1, "score", "2026-01", 80), (A1, "garbage", "2026-01", 10))
    commit(workspace.store, (A2, "score", "2026-01", 60), (A2, "garbage", "2026-01", 30))
    here = villages(workspace, "2026-01", define(workspace, SANITATION))
    items = (CompositeItem("score", Decimal(90), Scoring.DIRECT), CompositeItem("garbage", Decimal(10)))
    found = queries.what_if(workspace, here, Comparison(), Composite("别的", items))
    assert rows_of(found, "name", "rank_before", "rank_after", "score_before", "score_after") == [
        (A1, 2, 1, 48, 72),
        (A2, 1, 2, 76, 64),
    ]
    unsaved = queries.what_if(workspace, here.at(indicator="score"), Comparison(), SANITATION)
    assert rows_of(unsaved, "name", "rank_before", "rank_after") == [(A2, None, 1), (A1, None, 2)]
    # 0.8w = 0.6w + (100 − w)/1 at w = 83.33: from there A1 leads.
    robust = queries.robustness(workspace, here, Comparison())
    assert (robust.leaders, robust.lead) == ((region_key(A2),), 28)
    assert robust.smallest is not None
    assert robust.smallest.changed == pytest.approx(83.333333)


# ── why ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_why_names_the_parts_the_places_and_the_upload(workspace: Workspace) -> None:
    commit(workspace.store, *((code, "households", "2026-01", 100) for code in (A1, A2, A3)), file="户数.csv")
    commit(
        workspace.store, (A1, "toilets", "2026-01", 50), (A2, "toilets", "2026-01", 60), (A3, "toilets", "2026-01", 90),
        file="1月.csv",
    )  # fmt: skip
    third = commit(workspace.store, (A1, "toilets", "2026-02", 70), (A3, "toilets", "2026-02", 90), file="2月.csv")
    found = queries.why(workspace, villages(workspace, "2026-02", "toilet_rate"), Comparison(), region_key(A1))
    assert (found.moved, found.rank, found.previous_rank, found.places) == ("up", 2, 3, 1)
    assert [(one.kind, one.indicator, one.places, one.before, one.after) for one in found.factors[:1]] == [
        ("numerator", "toilets", 1, 50, 70)
    ]
    assert found.factors[-1].places == 0
    assert [found.names[key] for key in found.passing.passed] == [A2]
    assert rows_of(found.batches, "seq", "file_name", "actor", "cells", "indicators") == [
        (third.watermark, "2月.csv", "测试员", 1, "toilets")
    ]
    carried = queries.why(workspace, villages(workspace, "2026-02", "toilet_rate"), Comparison(), region_key(A2))
    assert (carried.moved, carried.batches.empty) == ("down", True)
    assert [one.kind for one in carried.factors] == ["others"]


def test_why_of_a_town_names_every_upload_of_its_villages_in_the_span(workspace: Workspace) -> None:
    first = commit(workspace.store, (A1, "garbage", "2026-01", 5), (A2, "garbage", "2026-01", 6), file="1月.csv")
    second = commit(workspace.store, (A1, "garbage", "2026-02", 7), (B1, "garbage", "2026-02", 9), file="2月.csv")
    here = look(workspace, "2026-02", indicator="garbage")
    found = queries.why(workspace, here, YEAR, region_key(TOWN_A))
    assert rows_of(found.batches, "seq", "cells") == [(second.watermark, 1), (first.watermark, 2)]
    assert queries.why(workspace, here, Comparison(), region_key(TOWN_B)).batches["seq"].tolist() == [second.watermark]


# ── as of ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("ask", [queries.ranking, queries.ranking_without_history])
def test_a_ranking_of_a_watermark_stays_what_it_was(workspace: Workspace, ask: Callable[..., pd.DataFrame]) -> None:
    commit(workspace.store, (A1, "score", "2026-01", 80), (A2, "score", "2026-01", 60))
    here = villages(workspace, "2026-01", "score")
    before = ask(workspace, here, Comparison())
    commit(workspace.store, (A1, "score", "2026-01", 10), (B1, "score", "2026-01", 99))
    pd.testing.assert_frame_equal(ask(workspace, here, Comparison()), before)
    assert ask(workspace, villages(workspace, "2026-01", "score"), Comparison())["region_code"].iloc[0] == B1


def test_a_store_without_reports_ranks_nobody(workspace: Workspace) -> None:
    found = queries.ranking(workspace, look(workspace, "2026-01", COUNTY, "garbage"), YEAR)
    assert found["rank"].isna().all()
    assert queries.robustness(workspace, look(workspace, "2026-01"), YEAR).leaders == ()


# ── a composite where an indicator stands ──────────────────────────────────────────────────────────────────────────


def test_every_page_of_a_composite_freezes_and_its_trend_is_its_scores(workspace: Workspace) -> None:
    commit(
        workspace.store,
        *((A1, "garbage", "2026-01", 10), (B1, "garbage", "2026-01", 30), (A1, "garbage", "2026-02", 40)),
        *((B1, "garbage", "2026-02", 20), (A1, "found", "2026-02", 1), (B1, "found", "2026-02", 1)),
    )
    code = define(workspace, Composite("综合", (CompositeItem("garbage", Decimal(100)),)))
    towns = look(workspace, "2026-02", indicator=code, level=Level.TOWN)
    assert queries.indicator_level(workspace, towns) is Level.TOWN
    for page in [page for page in Page if page.is_selected]:
        frozen = queries.freeze(workspace, page, towns)
        assert (frozen.meta["indicator_name"], frozen.meta["indicator_unit"]) == ("综合", "分")
    town = look(workspace, "2026-02", TOWN_A, code)
    trend = queries.region_trend(workspace, town)
    ranked = queries.ranking(workspace, towns)
    (history,) = ranked.loc[ranked["region_code"] == TOWN_A, "history"]
    assert trend["month"].tolist()[-2:] == ["2026-01", "2026-02"]
    assert trend["value"].tolist()[-2:] == history[-2:] == [0.0, 100.0]
    assert trend["value"].iloc[:-2].isna().all()
    origins = queries.figure_origins(workspace, town)
    assert rows_of(origins, "for_indicator", "indicator", "region_code", "value") == [(code, "garbage", A1, 40)]
    # The country has no neighbours it could be scored among.
    assert queries.region_trend(workspace, look(workspace, "2026-02", "0", code))["value"].isna().all()
