"""What a boundary file comes to: how it fits, a picture, what matched and what did not."""

import pandas as pd
import streamlit as st
from streamlit import column_config as column

from ecodash.boundaries import Draft, draw, words
from ecodash.boundaries.matching import State
from ecodash.domain.boundaries import Clarity
from ecodash.domain.regions import region_code
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_time
from ecodash.views import boundary_text, data
from ecodash.views.display import show_table
from ecodash.views.tables import MIDDLING, Table

_WORST_FIRST = [State.UNMATCHED, State.AMBIGUOUS, State.EMPTY, State.REPEATED, State.MATCHED]


def show(draft: Draft) -> None:
    """The verdict first, then the picture beside the figures, then every feature."""
    _verdict(draft)
    county = data.tree().get(draft.county).name
    drawing, said = st.columns([3, 2], gap="large")
    with drawing:
        label = boundary_text.picture_label(county, draft.level, len(draft.keys))
        if drawing_of := draw(draft.content, _names(draft), data.outline(draft.county), label=label):
            st.image(drawing_of, caption=label, width="stretch", alt=label)
    with said:
        st.markdown(f"**{words.summary(draft, county)}**")
        st.markdown(words.columns_read(draft))
        _fits(draft)
        for note in draft.notes:
            st.markdown(f"- {words.note_sentence(note, data.tree())}")
        if draft.keys:
            st.caption(words.made_smaller(draft))
    _features(draft)
    _missing(draft)


def _verdict(draft: Draft) -> None:
    is_sure = draft.clarity is Clarity.CLEAR and (not draft.fits or draft.fit_taken is draft.fits[0])
    if is_sure:
        st.success(words.verdict(draft), icon=":material/check_circle:")
    else:
        st.warning(words.verdict(draft), icon=":material/warning:")


def _names(draft: Draft) -> dict[str, str]:
    return {region_code(key): data.tree().get(key).name for key in draft.keys}


def _fits(draft: Draft) -> None:
    if not draft.fits:
        return
    taken = draft.fit_taken
    frame = pd.DataFrame(
        {
            _("坐标系"): [words.fit_label(fit) for fit in draft.fits],
            _("重合度"): [100 * fit.overlap for fit in draft.fits],
            _("偏差（米）"): [fit.gap_m for fit in draft.fits],
            _("采用"): ["✓" if fit is taken else "" for fit in draft.fits],
        }
    )
    columns = {
        _("重合度"): column.ProgressColumn(format="%.1f%%", min_value=0, max_value=100, width=130),
        _("偏差（米）"): column.NumberColumn(format="%.0f", width=84),
        _("采用"): column.Column(width=52),
    }
    st.dataframe(frame, column_config=columns, hide_index=True, key="boundary_fits", alt=_("各坐标系与县界的吻合程度"))


def _features(draft: Draft) -> None:
    tree = data.tree()
    ordered = sorted(draft.features, key=lambda feature: (_WORST_FIRST.index(feature.state), feature.row))

    def named(key: int) -> str:
        region = tree.find(key) if key else None
        return region.name if region else ""

    frame = pd.DataFrame(
        {
            _("序号"): [feature.row for feature in ordered],
            _("结果"): [_result(feature.state) for feature in ordered],
            _("文件中的代码"): [feature.code for feature in ordered],
            _("文件中的名称"): [feature.name for feature in ordered],
            _("对应地区"): [named(feature.region) for feature in ordered],
            _("区划代码"): [region_code(feature.region) if feature.region else "" for feature in ordered],
            _("依据"): [words.how_word(feature.how) for feature in ordered],
            _("说明"): [_remark(feature.candidates, feature.disagrees, feature.state) for feature in ordered],
        }
    )
    st.markdown(f"**{_('逐个图形的对应情况')}**　{_counts(draft)}")
    as_of = f"{draft.file_name}　{show_time(data.now())}"
    show_table(Table(_("边界对应表"), frame, widest=MIDDLING + 200), as_of, key="boundary_features", row_count=8)


def _result(state: State) -> str:
    sign = {State.MATCHED: "✓", State.REPEATED: "◐", State.AMBIGUOUS: "？", State.UNMATCHED: "✕", State.EMPTY: "✕"}[
        state
    ]
    return f"{sign} {words.state_word(state)}"


def _remark(candidates: tuple[int, ...], disagrees: int, state: State) -> str:
    tree = data.tree()
    if disagrees:
        return _("名称另指{name}，以代码为准").format(name=tree.get(disagrees).name)
    if state is State.AMBIGUOUS:
        places = _("、").join(
            f"{parent.name if (parent := tree.find(tree.parent_of(key))) else ''}{tree.get(key).name}"
            for key in candidates
        )
        return _("可能是 {places}；请在文件里补上代码或所属乡镇").format(places=places)
    return ""


def _counts(draft: Draft) -> str:
    counted = [(state, draft.count(state)) for state in reversed(_WORST_FIRST)]
    return _("，").join(f"{words.state_word(state)} {count}" for state, count in counted if count)


def _missing(draft: Draft) -> None:
    if not draft.missing:
        return
    names = [data.tree().get(key).name for key in draft.missing]
    st.info(boundary_text.missing(names, draft.level), icon=":material/location_off:")
