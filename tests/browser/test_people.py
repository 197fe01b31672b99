"""What people with accounts do one after the other, each before a browser of their own: the first start, a report that is
returned, corrected and accepted, a closed month, and pages left open while their reader's account changes."""

import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser import driving, office
from tests.browser.driving import OFFICE, PHONE, Server, Watch, running_app, watched_context
from tests.browser.office import Person

NEW_PASSWORD = "龙河边的柚子树十月红"
HEAD_HEIGHT, ROW_HEIGHT = 36, 36
COMMENT = "这一格的两位数字是不是写反了？"


@dataclass
class Town:
    """A town's figures of 清理生活垃圾 in October 2026, in tonnes, worked by hand from the sample.

    Args:
        stands: of the town, as published. Of its villages, `doubted` stands at 29.3 or 25.9 and `other` a tonne below.
        wrong, right: what is reported of `doubted` at first, and once corrected.
        corrected: of the town when both figures are in it.
    """

    reporter: Person
    name: str
    code: str
    doubted: str
    wrong: str
    right: str
    other: str
    other_new: str
    stands: str
    corrected: str

    def file(self) -> bytes:
        """The reporter's file with the mistake."""
        return (
            f"{self.name}2026年10月更正,\n村,清理生活垃圾(吨)\n{self.other},{self.other_new}\n{self.doubted},{self.wrong}\n"
        ).encode("gb18030")


# 264.7 + (32.9 - 29.3) + (35.9 - 34.9) = 269.3
JILONG = Town(office.REPORTER, "暨龙镇", "500230123", "九龙泉村", "39.2", "32.9", "兴龙村", "35.9", "264.70", "269.30")
# 312.8 + (29.5 - 25.9) + (27.9 - 26.9) = 317.4
HUWEI = Town(office.NEIGHBOUR, "虎威镇", "500230101", "同心村", "25.4", "29.5", "荷花村", "27.9", "312.80", "317.40")


@dataclass
class County:
    """A running app with accounts, and the browsers opened before it."""

    server: Server
    browser: Browser
    passwords: dict[str, str]
    opened: list[tuple[BrowserContext, Watch]] = field(default_factory=list)
    seats: dict[tuple[str, int], BrowserContext] = field(default_factory=dict)

    def window(self, size: dict[str, int] = OFFICE) -> Page:
        """A browser of its own that nobody is signed in with."""
        context, watch = watched_context(self.browser, size, accept_downloads=True)
        self.opened.append((context, watch))
        return context.new_page()

    def sit(self, person: Person, address: str, size: dict[str, int] = OFFICE) -> Page:
        """A page of somebody's own browser, at the address they asked for: they signed in on the way, if they were not
        signed in already."""
        url, seat = f"{self.server.url}/{address}", (person.login, size["width"])
        if seat in self.seats:
            page = self.seats[seat].new_page()
            page.goto(url)
        else:
            page = self.window(size)
            self.seats[seat] = page.context
            office.sign_in(page, url, person.login, self.passwords[person.login])
        arrive(page)
        return page

    def close(self) -> None:
        """Every window has to have stayed without errors and requests beyond this machine."""
        for context, watch in self.opened:
            assert watch.errors == []
            assert watch.outside() == []
            context.close()
        assert self.server.outside_connections() == []


@pytest.fixture(scope="module")
def staffed(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The sample with accounts, and their passwords."""
    home = Path(shutil.copytree(sample_home, tmp_path_factory.mktemp("people") / "home"))
    return home, office.engage(home)


@pytest.fixture(scope="module")
def app(staffed: tuple[Path, dict[str, str]]) -> Iterator[Server]:
    """One app for all journeys: each has people, towns and months of its own."""
    with running_app(staffed[0], staffed[0].parent, ECODASH_OPEN="") as server:
        yield server


@pytest.fixture(scope="module")
def county(browser: Browser, app: Server, staffed: tuple[Path, dict[str, str]]) -> Iterator[County]:
    found = County(app, browser, staffed[1])
    yield found
    found.close()


def settle(page: Page) -> None:
    """What is done next waits for what it needs: it is enough that the page begins to answer."""
    driving.settle(page, 80)


def arrive(page: Page) -> None:
    """Wait until a page is drawn."""
    page.locator("h1").first.wait_for()
    settle(page)


def drop(page: Page, name: str, content: bytes) -> None:
    field = page.locator('input[type="file"]')
    field.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})


def press(page: Page, key: str) -> None:
    settle(page)
    page.locator(f".st-key-{key} button").click()
    settle(page)


def write(field: Locator, text: str) -> None:
    field.fill(text)
    field.press("Tab")


def bar(page: Page, name: str) -> Locator:
    """The entry of a page in the bar."""
    return page.locator('[data-testid="stTopNavLink"]').filter(has_text=name).first


def look_again(page: Page, figure: str, *, not_yet: str, anew: bool = False) -> None:
    """Whoever has the overview open clicks, or loads it anew, and finds one figure and not another."""
    if anew:
        page.reload()
    else:
        bar(page, "总览").click()
    arrive(page)
    expect(page.get_by_text(f"{figure} 吨", exact=True).first).to_be_visible()
    assert page.get_by_text(not_yet).count() == 0


# ── the journey of a report ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("town", "size"), [(JILONG, OFFICE), (HUWEI, PHONE)], ids=["office", "phone"])
def test_a_report_is_returned_corrected_and_seen_by_the_leader_once_another_person_accepts_it(
    county: County, town: Town, size: dict[str, int]
) -> None:
    overview = f"?region={town.code}&indicator=garbage_cleared&month=2026-10"
    leader = county.sit(office.LEADER, overview)
    expect(leader.get_by_text(f"{town.stands} 吨", exact=True).first).to_be_visible()

    reporter = county.sit(town.reporter, "upload", size)
    drop(reporter, f"{town.name}10月更正.csv", town.file())
    hand_in(reporter, cells=2)
    expect(reporter.get_by_text(office.REVIEWER.name).first).to_be_visible()
    assert reporter.evaluate("document.documentElement.scrollWidth") <= size["width"]
    look_again(leader, town.stands, not_yet=town.corrected)

    reviewer = county.sit(office.REVIEWER, "review")
    return_with_a_remark(reviewer, town)
    look_again(leader, town.stands, not_yet=town.corrected)

    marked = read_the_remark(reporter, town)
    correct(reporter, town, marked)
    look_again(leader, town.stands, not_yet=town.corrected)
    look_again(leader, town.stands, not_yet=town.corrected, anew=True)

    accept(county.sit(office.COLLEAGUE, "review"), town)
    look_again(leader, town.corrected, not_yet=town.stands)
    reporter.locator(".st-key-filing_see_own button").click()
    settle(reporter)
    expect(reporter.get_by_text("✔ 已通过").first).to_be_visible()


def hand_in(page: Page, *, cells: int) -> None:
    """Explain what is unlikely, if anything, and press the button that says how much is handed in."""
    page.locator(".st-key-commit button").wait_for()
    settle(page)
    ticks = page.locator('[class*="st-key-doubt_tick"] label')
    for place in range(ticks.count()):
        ticks.nth(place).click()
        settle(page)
        write(page.locator('[class*="st-key-doubt_reason"] input').nth(place), "已到村核实")
        settle(page)
    button = page.locator(".st-key-commit button")
    expect(button).to_contain_text("提交审核")
    expect(button).to_contain_text(f"{cells} 格")
    button.click()
    expect(page.get_by_text("已提交审核").first).to_be_visible()
    settle(page)


def return_with_a_remark(page: Page, town: Town) -> None:
    """The reviewer ticks the row of the village, says what is wrong with it, and returns the filing."""
    open_filing(page, town)
    grid, row = page.locator('[class*="st-key-filing_cells_"] .dvn-scroller').first, row_of(page, town.doubted)
    grid.evaluate("one => one.scrollIntoView({block: 'center'})")
    grid.click(position={"x": 16, "y": HEAD_HEIGHT + ROW_HEIGHT * row + ROW_HEIGHT / 2})
    page.locator('[class*="st-key-review_remark_"] textarea').wait_for()
    settle(page)
    write(page.locator('[class*="st-key-review_remark_"] textarea'), COMMENT)
    settle(page)
    press(page, "review_remark_keep")
    expect(page.locator("table.filing-remarks")).to_contain_text(town.doubted)
    press(page, "review_return")
    dialog = page.get_by_role("dialog")
    write(dialog.locator("textarea"), f"{town.doubted}请再核对。")
    settle(page)
    dialog.get_by_role("button", name="确定退回").click()
    expect(page.get_by_text("已退回").first).to_be_visible()
    settle(page)


def open_filing(page: Page, town: Town) -> None:
    card = page.locator('[class*="st-key-filing_row_"]').filter(has_text=town.name).first
    card.get_by_role("button", name="打开审核").click()
    page.locator(".st-key-review_decide").wait_for()
    settle(page)


def row_of(page: Page, text: str) -> int:
    """Place of the row of a table that names something, counted from 0 below the heads."""
    page.wait_for_selector('[class*="st-key-filing_cells_"] canvas')
    page.wait_for_timeout(500)
    rows = page.evaluate(
        """() => [...document.querySelector('[class*="st-key-filing_cells_"] canvas').querySelectorAll('tr')]
            .map(row => row.textContent)"""
    )
    return next(place for place, row in enumerate(rows[1:]) if text in row)


def read_the_remark(page: Page, town: Town) -> bytes:
    """The reporter finds what was said, of the whole and of the figure, and takes the file with it in its cell."""
    page.locator(".st-key-filing_see_own button").click()
    page.locator("table.filing-remarks").wait_for()
    settle(page)
    expect(page.get_by_text(f"{town.doubted}请再核对。").first).to_be_visible()
    expect(page.locator("table.filing-remarks")).to_contain_text(COMMENT)
    with page.expect_download() as found:
        page.locator('[class*="st-key-filing_marked_"] button:visible').first.click()
    return Path(found.value.path()).read_bytes()


def correct(page: Page, town: Town, marked: bytes) -> None:
    """The reporter changes the cell that was remarked on and hands the same file in again."""
    book = openpyxl.load_workbook(io.BytesIO(marked))
    (cell,) = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.comment]
    assert COMMENT in cell.comment.text
    assert str(cell.value) == town.wrong
    cell.value = float(town.right)
    corrected = io.BytesIO()
    book.save(corrected)
    press(page, "filing_correct")
    expect(page.get_by_text("订正").first).to_be_visible()
    drop(page, f"{town.name}10月更正_已改.xlsx", corrected.getvalue())
    hand_in(page, cells=2)


def accept(page: Page, town: Town) -> None:
    """Another reviewer sees what was said the first time, and the figure as it is now, and accepts."""
    open_filing(page, town)
    expect(page.locator("table.filing-remarks").first).to_contain_text(COMMENT)
    press(page, "review_accept")
    page.get_by_role("dialog").get_by_role("button", name="确定通过").click()
    expect(page.get_by_text("已通过").first).to_be_visible()
    settle(page)


# ── a closed month ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_closed_month_takes_nothing_and_says_why(county: County) -> None:
    reviewer = county.sit(office.REVIEWER, "calendar")
    reviewer.locator(".st-key-calendar_month input").click()
    reviewer.keyboard.type("2026年8月")
    reviewer.keyboard.press("Enter")
    settle(reviewer)
    press(reviewer, "calendar_close")
    reviewer.get_by_role("dialog").get_by_role("button", name="确定封账").click()
    expect(reviewer.get_by_text("丰都县2026年8月已封账").first).to_be_visible()

    reporter = county.sit(office.REPORTER, "upload")
    drop(reporter, "暨龙镇8月更正.csv", JILONG.file().decode("gb18030").replace("10月", "8月").encode("gb18030"))
    expect(reporter.get_by_text("2026年8月已封账").first).to_be_visible()
    settle(reporter)
    expect(reporter.get_by_text("请联系本系统管理员重新开放该月").first).to_be_visible()
    assert reporter.locator(".st-key-commit").count() == 0


# ── an account that changes while its pages are open ───────────────────────────────────────────────────────────────


def test_a_change_of_role_holds_at_the_next_click_and_a_disabled_account_stops_there(county: County) -> None:
    tab = county.sit(office.TRANSFERRED, "upload")
    expect(tab.locator('input[type="file"]')).to_be_attached()
    administrator = county.sit(office.ADMINISTRATOR, f"users?user={office.TRANSFERRED.login}")
    make_viewer(administrator)
    tab.locator(".st-key-upload_part").get_by_text("下载模板", exact=True).click()
    expect(tab.get_by_text("您的账号不能使用这个页面").first).to_be_visible()
    settle(tab)
    assert tab.locator('input[type="file"]').count() == 0
    assert bar(tab, "数据上报").count() == 0
    bar(tab, "总览").click()
    expect(tab.locator("h1").first).to_contain_text("丰都县")
    settle(tab)

    press(administrator, "user_do_disable")
    dialog = administrator.get_by_role("dialog")
    write(dialog.locator("input"), "调离")
    settle(administrator)
    dialog.get_by_role("button", name="确定停用").click()
    expect(administrator.get_by_text("已停用“唐伟”").first).to_be_visible()
    bar(tab, "排名").click()
    expect(tab).to_have_url(re.compile("/login"))
    expect(tab.locator("[name=password]")).to_be_visible()
    office.sign_in(tab, f"{county.server.url}/", office.TRANSFERRED.login)
    expect(tab.get_by_role("alert")).to_contain_text("账号已停用")


def make_viewer(page: Page) -> None:
    """In the dialog of roles: the reporter's taken out, a viewer's of the county put in."""
    press(page, "user_do_grants")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="去掉").click()
    settle(page)
    dialog.get_by_text("查看员", exact=True).click()
    settle(page)
    dialog.get_by_role("button", name="加入").click()
    settle(page)
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已更改“唐伟”的角色和地区").first).to_be_visible()
    settle(page)


# ── the first start ────────────────────────────────────────────────────────────────────────────────────────────────


def test_from_the_link_in_the_window_of_the_first_start_to_the_first_reporter(browser: Browser, tmp_path: Path) -> None:
    with running_app(tmp_path / "home", tmp_path, ECODASH_OPEN="") as server:
        (link,) = re.findall(rf"({server.url}/setup/\S+)", server.log.read_text("utf-8"))
        county = County(server, browser, {})
        administrator = county.window()
        administrator.goto(link)
        fill(administrator, login="chen.zhiyuan", name="陈志远", new=office.PASSWORD, again=office.PASSWORD)
        arrive(administrator)
        take_county(administrator)
        password = add_reporter(administrator, server.url)

        reporter = county.window(PHONE)
        office.sign_in(reporter, f"{server.url}/upload", "wang.haiyan", password)
        expect(reporter.locator("h1")).to_contain_text("请先修改密码")
        # Nothing else answers before that.
        assert reporter.context.request.get(f"{server.url}/upload").status == 403
        fill(reporter, old=password, new=password, again=password)
        expect(reporter.get_by_role("alert")).to_be_visible()
        fill(reporter, old=password, new=NEW_PASSWORD, again=NEW_PASSWORD)
        arrive(reporter)
        expect(reporter.locator('input[type="file"]')).to_be_attached()

        # The link has made its account.
        late = county.window()
        late.goto(link)
        expect(late.locator("h1")).to_contain_text("设置链接不能用了")
        county.close()


def fill(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        page.fill(f"[name={name}]", text)
    page.click("main form button[type=submit]")


def take_county(page: Page) -> None:
    """The county the installation is for."""
    write(page.locator(".st-key-region_search input"), "丰都县")
    settle(page)
    page.locator('[class*="st-key-region_found_"] input').click()
    page.keyboard.press("Enter")
    settle(page)
    press(page, "add_regions")
    expect(page.locator("h1").first).to_contain_text("总览")
    settle(page)


def add_reporter(page: Page, url: str) -> str:
    """An account for a reporter of the county; its first password, as it is shown once."""
    page.goto(f"{url}/users")
    arrive(page)
    press(page, "user_new")
    dialog = page.get_by_role("dialog")
    write(dialog.locator(".st-key-user_new_name input"), "王海燕")
    write(dialog.locator(".st-key-user_new_login input"), "wang.haiyan")
    settle(page)
    dialog.get_by_role("button", name="加入").click()
    settle(page)
    dialog.get_by_role("button", name="新增用户").click()
    shown = page.locator(".st-key-user_first code")
    shown.wait_for()
    settle(page)
    return shown.inner_text().strip()
