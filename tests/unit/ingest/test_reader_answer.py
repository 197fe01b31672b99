"""`read FILE… --json`: what a file decodes to, and which rows look like its header."""

import json

import pytest

from ecodash.ingest.book import Book, Dialect, Refusal, Sheet, Span
from ecodash.ingest.faults import Fault
from ecodash.ingest.files.read_answer import book_answer, guess_header_rows


def test_a_book_as_json() -> None:
    sheet = Sheet(
        "表",
        [["村", "数"], [], ["荷花村", "1"]],
        source="甲.csv",
        encoding="gb18030",
        dialect=Dialect(",", '"', "", "LF"),
        merges=(Span(1, 1, 1, 3), Span(0, 26, 4, 26)),
        is_hidden=True,
        hidden_rows=frozenset({2, 0}),
        hidden_columns=frozenset({27}),
        notes=("说明",),
        faults=(Fault("quote_broken", 3, "B", "x", "改", "甲.csv", 1),),
    )
    answer = book_answer(Book("zip", "zip", (sheet,), ("别的",)), "甲.zip")
    assert json.loads(json.dumps(answer)) == {
        "file": "甲.zip",
        "encoding": "zip",
        "kind": "zip",
        "dialect": {"delimiter": ",", "quote": '"', "escape": "", "newline": "LF"},
        "sheets": [
            {
                "name": "表",
                "file": "甲.csv",
                "encoding": "gb18030",
                "dialect": {"delimiter": ",", "quote": '"', "escape": "", "newline": "LF"},
                "hidden": True,
                "header_rows": [1],
                "rows": [["村", "数"], [], ["荷花村", "1"]],
                "merges": ["B2:D2", "AA1:AA5"],
                "hidden_rows": [1, 3],
                "hidden_columns": ["AB"],
                "notes": ["说明"],
                "faults": [{"code": "quote_broken", "row": 3, "column": "B", "value": "x", "hint": "改"}],
            }
        ],
        "notes": ["别的"],
        "faults": [],
    }


def test_a_refusal_is_one_fault() -> None:
    answer = book_answer(Refusal("not_a_table", "不是表格。"), "x.pdf")
    assert (answer["sheets"], answer["dialect"]) == ([], None)
    assert [(fault["code"], fault["hint"]) for fault in answer["faults"]] == [("not_a_table", "不是表格。")]


def test_the_domain_may_say_where_the_header_is() -> None:
    book = Book("text", "utf-8", (Sheet("", [["x"], ["y"]]),))
    assert book_answer(book, "x", lambda sheet: [2])["sheets"][0]["header_rows"] == [2]


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("村,户数|荷花村,1|同心村,2", [1]),
        ("2026年9月情况||村,户数,日期|荷花村,1,2026-09-01|同心村,2,2026-09-02|填报人：张三", [3]),
        ("单位：吨,,,|村,户数,箱,车|荷花村,1,2,3", [2]),
        ("村,垃圾,,厕所,|,清理,箱,户,率|荷花村,1,2,3,98%|同心村,1,2,3,4", [1, 2]),
        (",垃圾,,厕所,|村,清理,箱,户,率|荷花村,1,2,3,98%|同心村,1,2,3,4", [1, 2]),
        ("村,户数,垃圾|,户,吨|荷花村,1,2|同心村,3,4", [1, 2]),
        ("1,2,3|4,5,6", []),
        ("28/01/2018,00:00,2,MG-1|29/01/2018,00:15,3,MG-2", []),
        ("乡镇,村,书记|虎威镇,荷花村,张三|虎威镇,同心村,李四", [1]),
        ("村,1月,2月,3月|荷花村,1,2,3", [1]),
        ("村,2024,2025|荷花村,1,2", [1]),
        ("village,town,bins", [1]),
        ("数|1|2|3", [1]),
        ("荷花村|同心村", []),
        ("", []),
    ],
)
def test_header_rows_are_guessed_without_knowing_words(table: str, expected: list[int]) -> None:
    assert guess_header_rows([line.split(",") if line else [] for line in table.split("|")]) == expected
