"""A returned filing's file back to whoever handed it in, with the reviewer's remarks in the cells they are about."""

from ecodash import actions
from ecodash.actions import Upload
from ecodash.domain.review import CellComment
from ecodash.i18n import CHINESE, speaking
from ecodash.reports.annotated import Mark, annotate
from ecodash.reports.numbers import show_month
from ecodash.views import data, filing_data
from ecodash.views.filing_data import Filed


def marked(one: Filed) -> bytes:
    """The file as an xlsx workbook; what was said of the whole stands first in its list. Chinese, as the file is."""
    with speaking(CHINESE):
        upload = actions.open_filing(data.workspace(), one.number, actor=data.actor(), now=data.now())
        return annotate(
            upload.data,
            upload.intake.book,
            marks_of(one.comment, one.state_by, upload, filing_data.comments(one.number)),
        )


def marks_of(comment: str, actor: str, upload: Upload, comments: list[CellComment]) -> list[Mark]:
    """What was said, with the cells it is about; a figure that is not found in the file is only listed.

    Args:
        comment, actor: on the whole, and whose.
    """
    intake = upload.intake
    sheets = {sheet.label: (sheet.name, sheet.source) for sheet in intake.book.sheets}
    first = next(iter(sheets.values()), ("", ""))
    rows = intake.cells if not intake.cells.empty else intake.targets.rename(columns={"deadline": "period"})
    wanted = {(said.region, said.indicator, said.period) for said in comments}
    places = {
        (int(region), str(code), int(period)): (int(sheet), int(row), column)
        for region, code, period, sheet, row, column in zip(
            rows["region"], rows["indicator"].astype("str"), rows["period"], rows["sheet"], rows["row"],
            rows["column"] if "column" in rows else [None] * len(rows), strict=True,
        )
        if (int(region), str(code), int(period)) in wanted
    }  # fmt: skip
    found = [Mark(*first, None, None, f"审核意见（{actor}）：{comment}")] if comment else []
    for said in comments:
        place = places.get((said.region, said.indicator, said.period))
        words = f"审核意见（{said.actor}）：{said.comment}"
        if place is None:
            found.append(Mark(*first, None, None, f"{_name(said)}：{words}"))
            continue
        number, row, column = place
        label = next((reading.label for reading in intake.sheets if reading.number == number), "")
        found.append(Mark(*sheets.get(label, first), row, None if column is None else int(column), words))
    return found


def _name(said: CellComment) -> str:
    place = data.tree().find(said.region)
    return f"{place.name if place else said.region} {data.catalog()[said.indicator].name} {show_month(said.period)}"
