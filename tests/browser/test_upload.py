"""数据上报 in a browser: marked workbook and template there and back, one commit however often clicked, partial undo."""

import io
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.driving import OFFICE, PHONE, Server, grid_text, open_page, running_app, settle, watched_context


@dataclass(frozen=True)
class Town:
    """Two villages of a town, with figures of 清理生活垃圾 that are not those of the sample.

    Args:
        first, second: village and tonnes.
    """

    name: str
    first: tuple[str, str]
    second: tuple[str, str]

    def report(self, first: str = "", toilets: str = "2") -> bytes:
        """Four figures of October 2026, all new; of the first village, something else where it is given."""
        heads = "丰都县2026年10月农村人居环境月报,,\n村,清理生活垃圾(吨),公厕(座)\n"
        rows = ((self.first[0], first or self.first[1], "3"), (*self.second, toilets))
        return (heads + "".join(f"{self.name}{','.join(row)}\n" for row in rows)).encode("gb18030")

    def correction(self, first: str) -> bytes:
        """One figure, reported anew."""
        heads = "丰都县2026年10月农村人居环境月报,,\n村,清理生活垃圾(吨)\n"
        return f"{heads}{self.name}{self.first[0]},{first}\n".encode("gb18030")


# Each test reports for a town of its own.
JILONG = Town("暨龙镇", ("九龙泉村", "31"), ("凤来社区", "66"))
HUWEI = Town("虎威镇", ("同心村", "27"), ("大池社区", "90"))
SHETAN = Town("社坛镇", ("平安村", "36"), ("五福村", "53"))
LONGHE = Town("龙河镇", ("中合场村", "33"), ("三磊子村", "32"))


@pytest.fixture(scope="module")
def server(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    scratch = tmp_path_factory.mktemp("upload")
    with running_app(Path(shutil.copytree(sample_home, scratch / "home")), scratch) as running:
        yield running


@pytest.fixture
def open_upload(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """The page in a window of its own; every window has to stay without errors and requests beyond this machine."""
    opened = []

    def start(size: dict[str, int] = OFFICE, part: str = "") -> Page:
        context, watch = watched_context(browser, size, accept_downloads=True)
        opened.append((context, watch))
        page = context.new_page()
        open_page(page, f"{server.url}/upload{f'?part={part}' if part else ''}")
        return page

    yield start
    for context, watch in opened:
        assert watch.outside() == []
        assert watch.errors == []
        context.close()


def drop(page: Page, name: str, content: bytes) -> None:
    field = page.locator('input[type="file"]')
    field.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
    page.get_by_text("识别结果").first.wait_for()
    settle(page)


def show_part(page: Page, label: str) -> None:
    page.locator(".st-key-upload_part").get_by_text(label, exact=True).click()
    settle(page)


def commit_button(page: Page) -> Locator:
    return page.locator(".st-key-commit button")


def download(page: Page, button: Locator) -> bytes:
    with page.expect_download() as found:
        button.click()
    return Path(found.value.path()).read_bytes()


def batches(page: Page, server: Server) -> int:
    """The number of the newest batch."""
    answer: dict[str, Any] = page.context.request.get(f"{server.url}/healthz").json()
    return int(answer["watermark"])


def answer_doubts(page: Page) -> None:
    """Tick and explain every rule there is."""
    ticks = page.locator('[class*="st-key-doubt_tick"] label')
    reasons = page.locator('[class*="st-key-doubt_reason"] input')
    for place in range(ticks.count()):
        ticks.nth(place).click()
        settle(page)
        reasons.nth(place).fill("已到村核实")
        reasons.nth(place).press("Enter")
        settle(page)


@pytest.mark.parametrize(("size", "town"), [(OFFICE, HUWEI), (PHONE, SHETAN)], ids=["office", "phone"])
def test_a_faulty_file_comes_back_marked_and_passes_once_corrected(
    open_upload: Callable[..., Page], server: Server, size: dict[str, int], town: Town
) -> None:
    page = open_upload(size)
    before = batches(page, server)
    drop(page, "月报.csv", town.report("三十一", "2.5"))
    expect(page.get_by_text("发现 2 处问题").first).to_be_visible()
    assert page.locator(".st-key-commit").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]

    book = openpyxl.load_workbook(io.BytesIO(download(page, page.locator(".st-key-annotated button"))))
    sheet = book.worksheets[0]
    marked = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment}
    assert marked == {"B3", "C4"}
    sheet["B3"], sheet["C4"] = town.first[1], "2"
    corrected = io.BytesIO()
    book.save(corrected)

    drop(page, "月报_批注.xlsx", corrected.getvalue())
    expect(commit_button(page)).to_be_visible()
    answer_doubts(page)
    commit_button(page).click()
    expect(page.get_by_text(f"提交成功：第 {before + 1} 批").first).to_be_visible()


def test_a_template_filled_in_uploads_clean(open_upload: Callable[..., Page]) -> None:
    page = open_upload(part="template")
    page.locator('[class*="st-key-template_place"] input').click()
    page.keyboard.type("暨龙镇")
    page.keyboard.press("Enter")
    # A click on the button of the whole county's template, still there, would go nowhere.
    expect(page.get_by_text(re.compile(r"^8 个村，")).first).to_be_visible()
    settle(page)
    book = openpyxl.load_workbook(io.BytesIO(download(page, page.locator(".st-key-template_file button"))))
    sheet = book.worksheets[0]
    heads = {str(cell.value): cell.column for cell in sheet[3] if cell.value}
    place = next(column for head, column in heads.items() if head.startswith("清理生活垃圾"))
    for number, row in enumerate(range(4, sheet.max_row + 1)):
        sheet.cell(row, place).value = 20 + number
    filled = io.BytesIO()
    book.save(filled)

    show_part(page, "上报数据")
    drop(page, "填报表.xlsx", filled.getvalue())
    assert page.locator('[data-testid="stAlertContentError"]').count() == 0
    expect(commit_button(page)).to_be_visible()
    assert "20.00" in grid_text(page)


def test_a_double_click_and_a_second_person_commit_once(open_upload: Callable[..., Page], server: Server) -> None:
    first, second = open_upload(), open_upload()
    before = batches(first, server)
    for page in (first, second):
        drop(page, "龙河镇月报.csv", LONGHE.report())
        expect(commit_button(page)).to_be_visible()
        answer_doubts(page)
    commit_button(first).dblclick()
    expect(first.get_by_text(f"提交成功：第 {before + 1} 批").first).to_be_visible()
    commit_button(second).dblclick()
    expect(second.get_by_text(f"这个文件已经在第 {before + 1} 批提交过").first).to_be_visible()
    settle(second)
    assert batches(first, server) == before + 1
    first.reload()
    first.locator("h1").first.wait_for()
    settle(first)
    drop(first, "龙河镇月报.csv", LONGHE.report())
    expect(first.get_by_text(f"这个文件已经在第 {before + 1} 批提交过").first).to_be_visible()
    receipt = download(first, first.get_by_role("button", name="打印回执"))
    assert f"{before + 1}".encode() in receipt
    assert batches(first, server) == before + 1


def test_the_untouched_rest_of_a_batch_is_undone(open_upload: Callable[..., Page], server: Server) -> None:
    page = open_upload()
    before = batches(page, server)
    for content in (JILONG.report(), JILONG.correction("32")):
        drop(page, "暨龙镇更正.csv", content)
        expect(commit_button(page)).to_be_visible()
        answer_doubts(page)
        commit_button(page).click()
        page.get_by_text("提交成功").first.wait_for()
        settle(page)
    show_part(page, "历次提交")
    page.locator(".st-key-batch_number input").click()
    page.keyboard.type(f"第 {before + 1} 批")
    page.keyboard.press("Enter")
    settle(page)
    page.locator('[class*="st-key-undo_open"] label').click()
    expect(page.get_by_text("不能整批撤销：其中 1 格").first).to_be_visible()
    page.locator('[class*="st-key-undo_sure"] label').click()
    settle(page)
    page.locator(".st-key-undo button").click()
    expect(page.get_by_text(f"第 {before + 1} 批的其余 3 格已撤销").first).to_be_visible()
    settle(page)
    assert f"已由第 {before + 3} 批撤销一部分" in grid_text(page)
