"""The order of a meeting: what is written is read back, and what means nothing is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash.domain.meeting import FEWEST_SECONDS, MOST_SECONDS, USUAL_STOPS, MeetingOrder, Slide, Stop, Theme
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, region_key
from ecodash.errors import UserError

SECONDS = st.integers(FEWEST_SECONDS, MOST_SECONDS)
REGIONS = st.sampled_from([region_key(code) for code in ("0", "50", "500230", "500230101", "500230101001")])
CODES = st.sampled_from(["", "waste_service_rate", "composite-12"])
STOPS = st.builds(Stop, st.sampled_from(list(Slide)), CODES, st.none() | REGIONS, st.none() | SECONDS)
ORDERS = st.builds(
    MeetingOrder,
    stops=st.lists(STOPS, min_size=1, max_size=8).map(tuple),
    region=st.none() | REGIONS,
    level=st.none() | st.sampled_from(list(Level)),
    indicator=CODES,
    month=st.none() | st.builds(Month, st.integers(1990, 2100), st.integers(1, 12)),
    seconds=SECONDS,
    theme=st.sampled_from(list(Theme)),
)


@given(ORDERS)
def test_an_order_is_read_back_from_its_content_and_from_its_address(order: MeetingOrder) -> None:
    assert MeetingOrder.from_content(order.to_content()) == order
    assert MeetingOrder.from_params(order.to_params()) == order


def test_an_order_as_usual_has_an_empty_address() -> None:
    assert MeetingOrder().to_params() == {}
    assert MeetingOrder.from_params({}) == MeetingOrder(stops=USUAL_STOPS)


def test_a_slide_is_written_short() -> None:
    stop = Stop.parse("ranking:waste_service_rate@500230~20")
    assert stop == Stop(Slide.RANKING, "waste_service_rate", region_key("500230"), 20)
    assert str(stop) == "ranking:waste_service_rate@500230~20"
    assert str(Stop(Slide.MAP)) == "map"


@pytest.mark.parametrize(
    "written",
    ["", "party", "map:", "map:<script>", "map@12345", "map@50023010100１", "ranking~2", "ranking~601", "map;map"],
)
def test_a_slide_that_means_nothing_is_refused(written: str) -> None:
    with pytest.raises(UserError):
        Stop.parse(written)


@pytest.mark.parametrize(
    "params",
    [
        {"seconds": "2"},
        {"seconds": "abc"},
        {"seconds": "1e3"},
        {"theme": "pink"},
        {"level": "planet"},
        {"month": "2026-13"},
        {"region": "12345"},
        {"indicator": "a b"},
        {"pages": ",,"},
        {"pages": ",".join(["map"] * 41)},
    ],
)
def test_an_order_that_means_nothing_is_refused(params: dict[str, str]) -> None:
    with pytest.raises(UserError):
        MeetingOrder.from_params(params)
