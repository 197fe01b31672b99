"""Words of 审计日志."""

from ecodash.i18n import gettext as _

RETENTION_DAYS = 180
"""So long the audit is to be kept at least: the law asks for six months (网络安全法 21 条)."""


def title() -> str:
    return _("审计日志")


def explained() -> str:
    return _(
        "谁、何时、从哪里、做了什么，都记在这里，只增不改。系统不会自动删除任何一行；备份时一并保存，至少保存 {days} 天。"
    ).format(days=RETENTION_DAYS)


def whole(count: int, last: int) -> str:
    return _("完整：共 {count} 行，逐行核对到第 {last} 行，没有被改动、删除或插入。").format(
        count=f"{count:,}", last=f"{last:,}"
    )


def broken(number: int) -> str:
    return _("第 {number} 行起不符：日志被改动过。").format(number=f"{number:,}")


def broken_remedy() -> str:
    return _("请不要继续使用本系统，保留数据库文件原样，并立即报告信息安全负责人；可用最近的备份比对。")


def lines(first: int, last: int, count: int) -> str:
    return _("共 {count} 条，第 {first}–{last} 条").format(count=f"{count:,}", first=f"{first:,}", last=f"{last:,}")


def nothing_found() -> str:
    return _("没有符合条件的记录。请放宽时间或其他条件。")


def too_many(count: int, most: int) -> str:
    return _("符合条件的有 {count} 条，一次最多导出 {most} 条。请缩短时间后再导出。").format(
        count=f"{count:,}", most=f"{most:,}"
    )
