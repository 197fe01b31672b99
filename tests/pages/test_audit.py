"""审计日志: the lines found by filters, one of them in full, and whether the chain holds."""

from pathlib import Path

import duckdb
import pytest

from tests.pages.conftest import Open


def altered(home: Path, statement: str) -> Path:
    with duckdb.connect(str(home / "ecodash.duckdb")) as connection:
        connection.execute(statement)
    return home


def test_the_lines_are_shown_newest_first_and_the_chain_is_whole(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "audit")
    assert not app.exception
    assert app.title[0].value == "审计日志"
    assert "完整：共 4 行" in app.success[0].value
    app.selectbox(key="audit_span").set_value("all").run()
    lines = app.dataframe[0].value
    assert list(lines["操作"]) == ["提交数据", "提交数据", "提交数据", "增加地区"]
    assert list(lines["行号"]) == [4, 3, 2, 1]
    assert "文件：目标.csv" in lines["说明"].iloc[0]
    assert lines["地区"].iloc[3].endswith("丰都县")


def test_filters_narrow_the_lines(open_app: Open, county_home: Path) -> None:
    app = open_app(county_home, "audit")
    app.selectbox(key="audit_span").set_value("all").run()
    app.multiselect(key="audit_actions").set_value(["commit"]).run()
    assert len(app.dataframe[0].value) == 3
    app.text_input(key="audit_text").set_value("9月月报").run()
    assert len(app.dataframe[0].value) == 1
    app.text_input(key="audit_text").set_value("100%_没有").run()
    assert not app.dataframe
    assert "没有符合条件的记录" in app.info[0].value


@pytest.mark.parametrize(("written", "warned"), [("2026-13-01", True), ("昨天", True), ("2026-11-04", False)])
def test_a_day_that_is_none_is_said_so(open_app: Open, county_home: Path, written: str, warned: bool) -> None:
    app = open_app(county_home, "audit")
    app.selectbox(key="audit_span").set_value("days").run()
    app.text_input(key="audit_first").set_value(written).run()
    assert not app.exception
    assert bool(app.warning) is warned


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("update audit set actor = '别人' where number = 2", "第 2 行起不符"),
        ("delete from audit where number = 3", "第 3 行起不符"),
        ("delete from audit where number = 4", "第 4 行起不符"),
    ],
)
def test_a_line_that_was_tampered_with_is_named(
    open_app: Open, county_home: Path, tmp_path: Path, statement: str, said: str
) -> None:
    import shutil

    home = Path(shutil.copytree(county_home, tmp_path / "home"))
    app = open_app(altered(home, statement), "audit")
    assert not app.exception
    assert said in app.error[0].value
