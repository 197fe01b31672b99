"""The workbook that many accounts are made from: a sheet to be filled in, and how to."""

import io

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ecodash.domain.access import Role

COLUMNS = ("账号", "姓名", "单位", "角色", "地区", "查看待审")
"""Headers of the sheet, in order."""
ROLE_NAMES = {
    "查看员": Role.VIEWER,
    "填报员": Role.REPORTER,
    "审核员": Role.REVIEWER,
    "管理员": Role.ADMINISTRATOR,
    **{role.value: role for role in Role},
}
"""What a role is called in the table, in small letters."""
WHOLE = ("全国", "全部", "全部地区", "0")
"""What the whole installation is called in the table."""

_WIDTHS = (16, 12, 26, 12, 40, 12)
_ROWS = 300
_FACE = "微软雅黑"
_RULES = (
    "一行一个账号。账号、姓名、角色、地区必须填写，单位可以不填。",
    "账号：2 至 32 个小写字母或数字，中间可以有点、短横线和下划线，如 zhang.wei、jilong-01；全系统不能重复。",
    "角色：查看员、填报员、审核员、管理员。查看员只看已审定的数据；填报员上报；审核员审核别人的上报，也可上报；管理员管用户、地区和日志，不填报、不审核。",
    "一个账号有几个角色时用顿号隔开，如“填报员、查看员”，各角色的地区相同；地区不同的，请建立后在“用户管理”里调整。",
    "地区：区划代码或名称，包含下属全部地区；多个用顿号隔开，如“500230101、暨龙镇”。重名的请填区划代码。",
    "查看待审：只用于查看员，填“是”表示也能看到还没有审定的上报数据；不填表示否。",
    "示例：jilong-01 ｜ 张伟 ｜ 暨龙镇人民政府 ｜ 填报员 ｜ 暨龙镇",
    "有一处填错，整个文件都不会建立账号；改正后重新导入即可。导入后会给出每个账号的初始密码，只显示一次，首次登录须修改。",
)


def render_account_template() -> bytes:
    """The workbook as an xlsx file: the sheet of accounts, empty, and a sheet of instructions."""
    book = Workbook()
    form = book.active
    form.title = "账号"
    for place, (name, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True), 1):
        cell = form.cell(1, place, name)
        cell.font = Font(name=_FACE, size=11, bold=True)
        cell.fill = PatternFill("solid", fgColor="FFD9EAE3")
        cell.alignment = Alignment(horizontal="center", vertical="center")
        form.column_dimensions[get_column_letter(place)].width = width
        for row in range(2, _ROWS + 2):
            # Codes typed as numbers would lose what follows the eleventh digit.
            form.cell(row, place).number_format = "@"
    form.row_dimensions[1].height = 24
    form.freeze_panes = "A2"
    roles = [name for name in ROLE_NAMES if not name.isascii()]
    _offer(form, "D", roles, "可从列表选择；几个角色用顿号隔开。")
    _offer(form, "F", ["是", "否"], "只用于查看员；不填表示否。")
    _write_rules(book.create_sheet("填写说明"))
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def _offer(form: Worksheet, letter: str, choices: list[str], hint: str) -> None:
    """Offer choices in a column, without refusing what is none: several roles are written side by side."""
    offered = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True, showErrorMessage=False)
    offered.prompt, offered.showInputMessage = hint, True
    offered.add(f"{letter}2:{letter}{_ROWS + 1}")
    form.add_data_validation(offered)


def _write_rules(sheet: Worksheet) -> None:
    sheet.column_dimensions["A"].width = 100
    for row, rule in enumerate(_RULES, 1):
        cell = sheet.cell(row, 1, f"{row}. {rule}")
        cell.font = Font(name=_FACE, size=11)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
