"""The fields of a rule of red and black lists: widgets → ListRule."""

from decimal import Decimal

import streamlit as st

from ecodash import queries
from ecodash.domain.access import Right
from ecodash.domain.comparison import Against, Comparison, Span
from ecodash.domain.composite import composite_code
from ecodash.domain.definitions import DefinitionKind
from ecodash.domain.indicators import Direction, Kind
from ecodash.domain.listed import Measure
from ecodash.domain.lists import MOST_PLACES, By, Falling, ListRule, Side, SideRule, Sign
from ecodash.domain.periods import Month
from ecodash.domain.regions import Level, ancestor_key, level_of
from ecodash.domain.selection import Selection, default_level
from ecodash.i18n import gettext as _
from ecodash.views import data, filters, names, text

_ALL = -1
_USUAL_COUNT, _USUAL_BOUND, _USUAL_FALL = 3, Decimal(85), 5


def ask(key: str, start: ListRule | None, watermark: int, month: Month) -> ListRule:
    """The rule as the fields say it.

    Args:
        key: names the widgets.
        start: what the fields begin with; None: a new rule about the home region.
    Raises:
        UserError: the fields contradict each other.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        region = _region(key, data.home_region() if start is None else start.region)
        level = _level(key, region, None if start is None else start.level)
    selection = Selection(watermark, month, region, "", level)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        code = _indicator(key, selection, None if start is None else start.indicator)
        measure = queries.measure_of(data.workspace(), code, level)
        span, against = _period(key, start)
    kinds, peer_class, scheme, least = _who(key, start, selection, code)
    left, right = st.columns(2, gap="large")
    with left:
        red = _side(key, Side.RED, measure, start)
    with right:
        black = _side(key, Side.BLACK, measure, start)
        falling, places = _falling(key, start)
        lists_unreported = st.checkbox(
            _("过了上报期限仍未上报的单位列入黑榜"),
            start is not None and start.lists_unreported,
            key=f"{key}_unreported",
        )
        lists_late = st.checkbox(
            _("有村迟报或未报的单位列入黑榜"), start is not None and start.lists_late, key=f"{key}_late"
        )
    return ListRule(
        region=region,
        level=level,
        indicator=code,
        comparison=Comparison(span, against, kinds, peer_class, least, scheme),
        red=red,
        black=black,
        falling=falling,
        fallen_places=places,
        lists_unreported=lists_unreported,
        lists_late=lists_late,
        left_out=_left_out(key, start, selection),
    )


# ── who is compared ────────────────────────────────────────────────────────────────────────────────────────────────


def _region(key: str, shown: int) -> int:
    scopes = filters.scope_options(Right.MANAGE)
    scope = ancestor_key(shown, Level.COUNTY) if level_of(shown).rank > Level.COUNTY.rank else shown
    options = scopes if scope in scopes else [scope, *scopes]
    chosen = st.selectbox(
        _("地区"), options, options.index(scope), format_func=filters.scope_label, key=f"{key}_scope", width=220
    )
    if level_of(chosen) is not Level.COUNTY:
        return int(chosen)
    towns = {town.key: town.name for town in filters.offered(chosen, Level.TOWN, Right.MANAGE)}
    options = [*([_ALL] if data.may(Right.MANAGE, chosen) or not towns else []), *towns]
    town = st.selectbox(
        _("乡镇"),
        options,
        options.index(shown) if shown in towns else 0,
        format_func=lambda one: towns.get(one, _("全部乡镇")),
        key=f"{key}_town_{chosen}",
        width=180,
    )
    return int(chosen if town == _ALL else town)


def _level(key: str, region: int, shown: Level | None) -> Level:
    levels = filters.levels_below(region) or [default_level(region)]
    usual = shown if shown in levels else default_level(region) if default_level(region) in levels else levels[0]
    chosen = st.segmented_control(
        _("比较层级"),
        [level.value for level in levels],
        format_func=lambda value: Level(value).label,
        default=usual.value,
        required=True,
        key=f"{key}_level_{region}",
    )
    return Level(chosen or usual.value)


def _indicator(key: str, selection: Selection, shown: str | None) -> str:
    """Composites first, then the indicators units can be judged by; those that have figures this month come first."""
    composites = [composite_code(one.number) for one in data.list_definitions(DefinitionKind.COMPOSITE)]
    known = [entry.code for entry in data.offered(None, shown) if entry.kind is not Kind.ATTRIBUTE]
    reported = [entry.code for entry in data.indicators_reported(selection)]
    options = list(dict.fromkeys([*composites, *(code for code in known if code in reported), *known]))
    if shown is not None and shown not in options:
        options.insert(0, shown)
    usual = shown or (data.default_indicator(selection) if reported else options[0])
    return str(
        st.selectbox(
            _("按什么评比"),
            options,
            options.index(usual) if usual in options else 0,
            format_func=lambda code: _indicator_label(code, reported),
            key=f"{key}_indicator",
            width=300,
        )
    )


def _indicator_label(code: str, reported: list[str]) -> str:
    if code not in data.catalog():
        return _("综合评价：{name}").format(name=names.indicator_name(code))
    entry = data.catalog()[code]
    label = text.indicator_in_category(entry.category, entry.label)
    return label if code in reported else _("{name}（本月无数据）").format(name=label)


def _period(key: str, start: ListRule | None) -> tuple[Span, Against]:
    comparison = Comparison() if start is None else start.comparison
    span = st.segmented_control(
        _("时段"),
        [one.value for one in Span],
        format_func=lambda value: Span(value).label,
        default=comparison.span.value,
        required=True,
        key=f"{key}_span",
    )
    against = st.segmented_control(
        _("名次升降"),
        [one.value for one in Against],
        format_func=lambda value: Against(value).label,
        default=comparison.against.value,
        required=True,
        key=f"{key}_against",
    )
    return Span(span or comparison.span), Against(against or comparison.against)


def _who(key: str, start: ListRule | None, selection: Selection, code: str) -> tuple[tuple[str, ...], str, int, float]:
    """Kinds of village, peer class with its scheme, least denominator: shown where they mean anything."""
    comparison = Comparison() if start is None else start.comparison
    kinds: list[str] = []
    peer_class, scheme_number, least = "", 0, 0.0
    with st.container(horizontal=True, vertical_alignment="bottom"):
        found = sorted({one.kind for one in data.tree().under(selection.region, selection.level) if one.kind})
        if selection.level is Level.VILLAGE and len(found) > 1:
            default = [kind for kind in comparison.kinds if kind in found]
            kinds = st.multiselect(
                _("只评哪类村（不选为全部）"), found, default, key=f"{key}_kinds", placeholder=_("全部"), width=300
            )
        scheme = data.peer_scheme(comparison.scheme)
        classes = sorted({str(name) for name in scheme.content.get("classes", {}).values()}) if scheme else []
        if scheme is not None and classes:
            options = ["", *classes]
            shown = options.index(comparison.peer_class) if comparison.peer_class in options else 0
            peer_class = st.selectbox(
                _("只评哪一类"), options, shown, format_func=lambda one: one or _("全部"), key=f"{key}_class", width=200
            )
            scheme_number = scheme.number if peer_class else 0
        if code in data.catalog() and data.catalog()[code].kind is Kind.RATIO:
            least = st.number_input(
                _("最小分母（不足的不评）"), 0.0, value=comparison.least, step=1.0, key=f"{key}_least", width=200
            )
    return tuple(kinds), peer_class, scheme_number, float(least)


def _left_out(key: str, start: ListRule | None, selection: Selection) -> tuple[int, ...]:
    units = {one.key: one for one in data.tree().under(selection.region, selection.level)}
    chosen = st.multiselect(
        _("不参加评比的单位"),
        list(units),
        [one for one in (start.left_out if start else ()) if one in units],
        format_func=lambda one: _unit_label(one, selection.level) if one in units else "",
        key=f"{key}_left_out_{selection.region}_{selection.level.value}",
        placeholder=_("没有"),
    )
    return tuple(sorted(int(one) for one in chosen))


def _unit_label(region: int, level: Level) -> str:
    tree = data.tree()
    parent = tree.find(tree.parent_of(region))
    name = tree.get(region).name
    return text.place_in(name, parent.name) if parent and level is Level.VILLAGE else name


# ── the two sides ──────────────────────────────────────────────────────────────────────────────────────────────────


def _side(key: str, side: Side, measure: Measure, start: ListRule | None) -> SideRule:
    shown = SideRule(By.PLACES, _USUAL_COUNT) if start is None else start.side(side)
    labels = {
        By.PLACES: _("前几名") if side is Side.RED else _("后几名"),
        By.THRESHOLD: _("按标准"),
        By.NOBODY: _("不设"),
    }
    chosen = st.segmented_control(
        _("红榜（表扬）") if side is Side.RED else _("黑榜（批评）"),
        [by.value for by in By],
        format_func=lambda value: labels[By(value)],
        default=shown.by.value,
        required=True,
        key=f"{key}_{side.value}_by",
    )
    by = By(chosen or shown.by)
    if by is By.PLACES:
        count = st.number_input(
            _("名额"), 1, MOST_PLACES, shown.count or _USUAL_COUNT, key=f"{key}_{side.value}_count", width=140
        )
        return SideRule(by, int(count))
    return _threshold(key, side, measure, shown) if by is By.THRESHOLD else SideRule(By.NOBODY)


def _threshold(key: str, side: Side, measure: Measure, shown: SideRule) -> SideRule:
    signs = _signs(side, measure.direction)
    is_kept = shown.by is By.THRESHOLD
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sign = st.selectbox(
            _("标准"),
            [one.value for one in signs],
            signs.index(shown.sign) if is_kept and shown.sign in signs else 0,
            format_func=lambda value: Sign(value).label,
            key=f"{key}_{side.value}_sign_{measure.direction.value}",
            width=130,
        )
        bound = st.number_input(
            text.with_unit(_("数值"), measure.unit_label),
            value=float(shown.bound if is_kept else _USUAL_BOUND),
            step=1.0,
            format=f"%.{measure.decimals}f",
            key=f"{key}_{side.value}_bound",
            width=170,
        )
    return SideRule(By.THRESHOLD, sign=Sign(sign), bound=Decimal(repr(float(bound))))


def _signs(side: Side, direction: Direction) -> list[Sign]:
    """The ways a standard may point: red where it is better, black where it is worse."""
    up, down = [Sign.AT_LEAST, Sign.ABOVE], [Sign.BELOW, Sign.AT_MOST]
    if direction is Direction.NEUTRAL:
        return [*up, *down]
    is_up = (direction is Direction.HIGHER) == (side is Side.RED)
    return (up if side is Side.RED else up[::-1]) if is_up else (down if side is Side.BLACK else down[::-1])


def _falling(key: str, start: ListRule | None) -> tuple[Falling, int]:
    labels = {Falling.IGNORED: _("不看"), Falling.ALSO: _("另外列入"), Falling.ONLY: _("须同时下降才列入")}
    shown = Falling.IGNORED if start is None else start.falling
    chosen = st.segmented_control(
        _("名次下降的单位"),
        [one.value for one in Falling],
        format_func=lambda value: labels[Falling(value)],
        default=shown.value,
        required=True,
        key=f"{key}_falling",
    )
    falling = Falling(chosen or shown)
    if falling is Falling.IGNORED:
        return falling, 0
    usual = start.fallen_places if start is not None and start.fallen_places else _USUAL_FALL
    places = st.number_input(_("下降几位及以上"), 1, MOST_PLACES, usual, key=f"{key}_fallen", width=170)
    return falling, int(places)
