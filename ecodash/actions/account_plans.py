"""Many accounts at once: a table of them is read and checked, then made whole or not at all."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ecodash.actions.accounts import NewAccount, NewLogin, checked_grants, insert_accounts
from ecodash.domain.access import Actor, Grant, Right, Role
from ecodash.domain.accounts import check_login, check_name, check_unit
from ecodash.domain.regions import COUNTRY_KEY, region_key
from ecodash.domain.snapshots import clean_text
from ecodash.errors import NotPermitted, SubmissionRejected, UserError
from ecodash.i18n import gettext as _
from ecodash.ingest.book import HEADER_ROWS, Refusal, Sheet
from ecodash.ingest.files.reader import read_book
from ecodash.permits import Reach, needs
from ecodash.permits.accounts import of_account_plan
from ecodash.reports.account_template import COLUMNS, ROLE_NAMES, WHOLE, render_account_template
from ecodash.store import records
from ecodash.workspace import Workspace

MOST_ACCOUNTS = 300
"""So many are made at once: each costs a deliberately slow hash."""
_MOST_BYTES = 5 * 1024 * 1024
_MOST_PLACES = 30
_LONGEST_CELL = 1_000
_BETWEEN = re.compile(r"[、,，;；/\n]+")

_LOGIN, _NAME, _UNIT, _ROLE, _PLACE, _REPORTED = COLUMNS
_HEADERS = {
    _LOGIN: ("账号", "账户", "登录名", "用户名", "登录账号", "login", "account", "username"),
    _NAME: ("姓名", "名字", "name"),
    _UNIT: ("单位", "工作单位", "所在单位", "部门", "unit"),
    _ROLE: ("角色", "role"),
    _PLACE: ("地区", "负责地区", "管辖地区", "区域", "区划代码", "region", "regions"),
    _REPORTED: ("查看待审", "可看待审", "可看待审数据", "seesreported"),
}
_NEEDED = (_LOGIN, _NAME, _ROLE, _PLACE)
_YES, _NO = ("是", "有", "可以", "yes", "y", "1", "√", "true"), ("", "否", "无", "no", "n", "0", "×", "false")


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account of a table, read.

    Args:
        row: where it stands in the file, as a spreadsheet counts.
        login, name, unit, grants: see domain.accounts.Account.
    """

    row: int
    login: str
    name: str
    unit: str
    grants: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class AccountProblem:
    """Why a row cannot become an account.

    Args:
        row: as a spreadsheet counts.
        column: the column's usual header.
        value: what the cell holds, cut.
        what: what is wrong, and what to do.
    """

    row: int
    column: str
    value: str
    what: str


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """Accounts to be made; with any problem none is.

    Args:
        rows: those without a problem, in the order of the file.
        problems: in the order of the file.
    """

    rows: tuple[AccountRow, ...]
    problems: tuple[AccountProblem, ...]


def accounts_template() -> bytes:
    """A workbook to be filled in and handed to plan_accounts."""
    return render_account_template()


@needs(Right.ADMINISTER, Reach.SOMEWHERE)
def plan_accounts(workspace: Workspace, data: bytes, file_name: str, *, actor: Actor) -> AccountPlan:
    """Read a table of accounts (xlsx, xls, ods, csv) and say what is wrong with it. Nothing is written.

    Raises:
        UserError: the file cannot be read, is too large, holds no such table, or too many accounts.
    """
    sheet, header = _read(data, file_name)
    places = _columns_of(sheet.rows[header])
    missing = [name for name in _NEEDED if name not in places]
    if missing:
        raise UserError(
            _("表头里没有“{columns}”列。").format(columns="、".join(missing)), _("请下载导入模板，按模板填写。")
        )
    lines = [
        _Line(number, {name: _cell(row, place) for name, place in places.items()})
        for number, row in enumerate(sheet.rows[header + 1 :], header + 2)
        if any(_cell(row, place) for place in places.values())
    ]
    if not lines:
        raise UserError(_("表格里没有账号。"), _("请从表头的下一行起填写，一行一个账号。"))
    if len(lines) > MOST_ACCOUNTS:
        raise UserError(
            _("表格里有 {count} 个账号，一次最多 {most} 个。").format(count=len(lines), most=MOST_ACCOUNTS),
            _("请分成几个文件导入。"),
        )
    return _checked(workspace, lines, actor)


@needs(Right.ADMINISTER, of_account_plan)
def create_accounts(workspace: Workspace, plan: AccountPlan, *, actor: Actor, now: datetime) -> list[NewAccount]:
    """Make all accounts of a plan, or none.

    Raises:
        SubmissionRejected: it has problems, or no accounts.
        UserError: a login was taken meanwhile, or a region is not there any more.
        NotPermitted: a role for a region the actor does not administer.
    """
    if plan.problems or not plan.rows:
        raise SubmissionRejected(
            _("{count} 处填写有误，没有建立任何账号。").format(count=len(plan.problems)), _("请改正后重新导入。")
        )
    wishes = [NewLogin(one.login, one.name, one.unit, checked_grants(workspace, one.grants)) for one in plan.rows]
    return insert_accounts(workspace, wishes, actor=actor, now=now)


# ── the file ───────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    cells: dict[str, str]


def _read(data: bytes, file_name: str) -> tuple[Sheet, int]:
    """The first sheet with the header, and the header's place."""
    if len(data) > _MOST_BYTES:
        raise UserError(
            _("文件超过 {most} MB，不像是账号表。").format(most=_MOST_BYTES // 1024 // 1024),
            _("请核对是否选错了文件。"),
        )
    book = read_book(data, file_name, score=lambda cells: len(_columns_of(cells)))
    if isinstance(book, Refusal):
        raise UserError(_("文件“{name}”不能读取。").format(name=clean_text(file_name, 80, lines=False)), book.hint)
    for sheet in book.sheets:
        scores = [len(_columns_of(row)) for row in sheet.rows[:HEADER_ROWS]]
        if not sheet.is_hidden and max(scores, default=0) >= 2:
            return sheet, scores.index(max(scores))
    raise UserError(
        _("文件“{name}”里没有账号表。").format(name=clean_text(file_name, 80, lines=False)),
        _("请下载导入模板，按模板填写。"),
    )


def _columns_of(cells: Sequence[str]) -> dict[str, int]:
    """The place of each column that a header row names, by its usual name."""
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        folded = re.sub(r"[\s（(].*$", "", unicodedata.normalize("NFKC", cell[:40]).strip().lower())
        name = next((name for name, known in _HEADERS.items() if folded in known), None)
        if name is not None:
            found.setdefault(name, place)
    return found


def _cell(row: Sequence[str], place: int) -> str:
    return row[place][:_LONGEST_CELL].strip() if place < len(row) else ""


# ── the rows ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _checked(workspace: Workspace, lines: Sequence[_Line], actor: Actor) -> AccountPlan:
    rows: list[AccountRow] = []
    problems: list[AccountProblem] = []
    first: dict[str, int] = {}
    for line in lines:
        found = list(_check_line(workspace, line, actor, rows))
        if not found:
            login = rows[-1].login
            if first.setdefault(login, line.number) != line.number:
                what = _("与第 {row} 行的账号相同。一个账号只写一行，多个地区用顿号隔开。").format(row=first[login])
                found.append(_problem(line, _LOGIN, what))
                rows.pop()
        problems += found
    with workspace.store.reading() as connection:
        taken = records.known_logins(connection, first)
    problems += [
        AccountProblem(one.row, _LOGIN, one.login, _("这个账号已经有人使用，请换一个账号名。"))
        for one in rows
        if one.login in taken
    ]
    problems.sort(key=lambda one: one.row)
    return AccountPlan(tuple(one for one in rows if one.login not in taken), tuple(problems))


def _check_line(workspace: Workspace, line: _Line, actor: Actor, rows: list[AccountRow]) -> Iterator[AccountProblem]:
    """The problems of a row; without any it is added to the rows."""
    problems: list[AccountProblem] = []

    def read(column: str, check: Callable[[str], str]) -> str:
        try:
            return check(line.cells.get(column, ""))
        except UserError as error:
            problems.append(_problem(line, column, str(error)))
            return ""

    login, name, unit = read(_LOGIN, check_login), read(_NAME, check_name), read(_UNIT, check_unit)
    roles, sees = _roles(line, problems), _sees_reported(line, problems)
    regions = _regions(workspace, line, actor, problems)
    if not problems:
        grants = checked_grants(workspace, [Grant(role, key, sees) for role in roles for key in regions])
        rows.append(AccountRow(line.number, login, name, unit, grants))
    yield from problems


def _roles(line: _Line, problems: list[AccountProblem]) -> list[Role]:
    found = []
    for part in _parts(line.cells.get(_ROLE, "")):
        role = ROLE_NAMES.get(unicodedata.normalize("NFKC", part).lower())
        if role is None:
            what = _("没有“{role}”这个角色，应为查看员、填报员、审核员或管理员。").format(role=part[:20])
            problems.append(_problem(line, _ROLE, what))
        else:
            found.append(role)
    if not found and not any(one.column == _ROLE for one in problems):
        problems.append(_problem(line, _ROLE, _("没有填写角色，应为查看员、填报员、审核员或管理员。")))
    return found


def _sees_reported(line: _Line, problems: list[AccountProblem]) -> bool:
    text = unicodedata.normalize("NFKC", line.cells.get(_REPORTED, "")).strip().lower()
    if text not in (*_YES, *_NO):
        problems.append(_problem(line, _REPORTED, _("应为“是”或“否”；空白表示否。")))
    return text in _YES


def _regions(workspace: Workspace, line: _Line, actor: Actor, problems: list[AccountProblem]) -> list[int]:
    found = []
    parts = _parts(line.cells.get(_PLACE, ""))
    if not parts:
        problems.append(_problem(line, _PLACE, _("没有填写地区。请填区划代码或名称，多个用顿号隔开。")))
    if len(parts) > _MOST_PLACES:
        what = _("地区太多，最多 {most} 个。请改填上一级地区，它包含下属全部地区。").format(most=_MOST_PLACES)
        problems.append(_problem(line, _PLACE, what))
        return []
    for part in parts:
        try:
            key = _region(workspace, part, actor)
            actor.require(Right.ADMINISTER, [key])
            found.append(key)
        except NotPermitted:
            what = _("“{name}”不在您管理的地区内。").format(name=part[:40])
            problems.append(_problem(line, _PLACE, what))
        except UserError as error:
            problems.append(_problem(line, _PLACE, str(error)))
    return found


def _region(workspace: Workspace, text: str, actor: Actor) -> int:
    """A region by its code, or by a name that only one of those the actor administers bears."""
    if text in WHOLE:
        return COUNTRY_KEY
    tree = workspace.tree
    if unicodedata.normalize("NFKC", text).isdecimal():
        return tree.get(region_key(text)).key
    named = tree.named(text)
    own = [one for one in named if actor.may(Right.ADMINISTER, one.key)] or named
    if len(own) == 1:
        return own[0].key
    if not own:
        raise UserError(_("没有名为“{name}”的地区。").format(name=text[:40]), _("请核对名称，或改填区划代码。"))
    told = "、".join(f"{'/'.join(one.name for one in tree.path_of(each.key))} {each.code}" for each in own[:5])
    raise UserError(
        _("有 {count} 个地区名为“{name}”：{told}。").format(count=len(own), name=text[:40], told=told),
        _("请改填区划代码。"),
    )


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _BETWEEN.split(text) if part.strip()]


def _problem(line: _Line, column: str, what: str) -> AccountProblem:
    return AccountProblem(line.number, column, clean_text(line.cells.get(column, ""), 60, lines=False), what)
