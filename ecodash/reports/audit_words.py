"""The audit in words an office person reads: what was done, from where, and what it was before and after."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from ecodash.domain.access import Role
from ecodash.domain.audit import ExportKind
from ecodash.domain.calendar import BEIJING
from ecodash.domain.indicators import Indicator
from ecodash.domain.regions import Level, region_key
from ecodash.errors import RegionUnknown
from ecodash.i18n import gettext as _
from ecodash.i18n import marked
from ecodash.reports.numbers import show_time

ACTIONS = {
    "commit": marked("提交数据"),
    "accept_filing": marked("审核通过"),
    "undo": marked("撤销一批数据"),
    "hand_in": marked("提交审核"),
    "return_filing": marked("退回报送件"),
    "withdraw_filing": marked("撤回报送件"),
    "set_reviewed": marked("开关审核"),
    "set_deadline": marked("设定报送期限"),
    "close_month": marked("封账"),
    "open_month": marked("重新开放月份"),
    "sign_in": marked("登录"),
    "sign_in_failed": marked("登录失败"),
    "lock_account": marked("账号被锁定"),
    "sign_out": marked("退出登录"),
    "sign_out_everywhere": marked("退出全部登录"),
    "change_password": marked("修改密码"),
    "create_account": marked("新建账号"),
    "change_grants": marked("修改账号权限"),
    "disable_account": marked("停用账号"),
    "enable_account": marked("启用账号"),
    "reset_password": marked("重置密码"),
    "reset_totp": marked("重置动态验证码"),
    "begin_totp": marked("启用动态验证码"),
    "drop_totp": marked("停用动态验证码"),
    "link_oidc": marked("绑定单位统一登录"),
    "unlink_oidc": marked("解除单位统一登录绑定"),
    "end_account_sessions": marked("强制账号退出"),
    "make_setup_link": marked("生成初始设置链接"),
    "set_up": marked("完成初始设置"),
    "export": marked("导出、下载"),
    "exports_lost": marked("导出记录缺失"),
    "create_snapshot": marked("生成快照"),
    "open_snapshot": marked("打开快照"),
    "revoke_snapshot": marked("撤回快照"),
    "extend_snapshot": marked("延长快照有效期"),
    "renew_snapshot_link": marked("更换快照链接"),
    "change_snapshot_access": marked("修改快照打开方式"),
    "write_presenter_notes": marked("修改讲解备注"),
    "save_definition": marked("保存规则或定义"),
    "withdraw_definition": marked("停用规则或定义"),
    "save_boundaries": marked("上传边界"),
    "withdraw_boundaries": marked("撤回边界"),
    "add_regions": marked("增加地区"),
    "add_region_alias": marked("增加地区曾用名"),
    "change_indicator": marked("修改指标设置"),
    "make_backup": marked("备份"),
    "check_backup": marked("核对备份"),
    "delete_backup": marked("删除备份"),
    "restore_backup": marked("恢复备份"),
    "fail_backup": marked("自动备份失败"),
    "reorder_month": marked("重新排列封账月份"),
    "compact_store": marked("压缩数据库"),
    "export_all": marked("导出全部公开数据"),
    "accept_key": marked("改用新的密钥"),
}
"""Every action the audit knows, by its code."""

CHANNELS = {
    "page": marked("网页"),
    "cli": marked("命令行"),
    "api": marked("接口"),
    "system": marked("系统"),
    "link": marked("快照链接"),
}

_FIELDS = {
    "file": marked("文件"), "what": marked("内容"), "rows": marked("行数"), "cells": marked("数据个数"),
    "new": marked("新增"), "changed": marked("更正"), "unchanged": marked("未变"), "doubts": marked("疑点"),
    "batch": marked("批次"), "undoes": marked("撤销的批次"), "kept": marked("保留"), "size": marked("字节数"),
    "sha256": marked("校验值"), "file_sha256": marked("文件校验值"), "selection": marked("所看的页面"),
    "snapshot": marked("快照编号"), "title": marked("标题"), "pages": marked("页面"), "times": marked("次数"),
    "access": marked("打开方式"), "lifetime": marked("有效期"), "expires_at": marked("失效时间"),
    "series": marked("例会"), "month": marked("月份"), "county": marked("县"), "reason": marked("理由"),
    "region": marked("地区"), "level": marked("级别"), "indicator": marked("指标"), "watermark": marked("截至批次"),
    "alias": marked("曾用名"), "is_new": marked("是否新增"), "codes": marked("区划代码"), "added": marked("增加个数"),
    "kind": marked("类别"), "name": marked("名称"), "definition": marked("版本编号"), "boundary_set": marked("边界编号"),
    "shapes": marked("图形个数"), "datum": marked("坐标系"), "count": marked("个数"), "filing": marked("报送件"),
    "reporter": marked("填报人"), "comment": marked("意见"), "comments": marked("意见"), "due_at": marked("期限"),
    "is_closed": marked("是否封账"), "is_reviewed": marked("是否审核"), "login": marked("账号"), "account": marked("账号编号"),
    "unit": marked("单位"), "grants": marked("权限"), "role": marked("角色"), "is_disabled": marked("是否停用"),
    "sessions": marked("结束的登录"), "method": marked("登录方式"), "why": marked("原因"), "format": marked("格式"),
    "action": marked("操作"), "since": marked("起始时间"), "until": marked("截止时间"), "text": marked("查找文字"),
    "actions": marked("操作"), "sees_reported": marked("能看待审数据"), "is_cut": marked("内容过长，已截短"),
    "part": marked("部分"), "answers": marked("答复的报送件"), "aside": marked("暂缓"), "backup": marked("备份"),
    "keeps_this": marked("保留本次登录"), "replaces": marked("替代"), "waiting": marked("待审件数"),
    "automatic": marked("是否自动"), "fault": marked("失败原因"), "problems": marked("问题个数"),
    "size_before": marked("原字节数"), "size_after": marked("现字节数"), "files": marked("文件数"),
    "locked_until": marked("锁定到"), "failures": marked("失败次数"), "digest": marked("校验值"), "regions": marked("地区"),
}  # fmt: skip
"""Names within a detail."""

_METHODS = {
    "password": marked("密码"), "totp": marked("密码和动态验证码"), "oidc": marked("单位统一登录"),
    "setup": marked("设置链接"),
}  # fmt: skip
"""How a session was opened."""

Sayer = Callable[[str, str], str | None]
"""Says what only an installation knows, by the name and the text of a value: a region's name, an indicator's; None for all
else."""
_OF_REGIONS = frozenset({"region", "regions", "county"})
_APART = ("before", "after")
_TECHNICAL = frozenset({"sha256", "file_sha256", "size", "batch", "digest"})
"""What a list leaves out: it is told where one line is shown in full."""
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
"""What does not show on a screen or turns the order of what follows."""
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:\+00:00|Z)")
_LONGEST = 300


def action_label(code: str) -> str:
    """What was done; the code itself of an action no version here knows."""
    return _(ACTIONS[code]) if code in ACTIONS else visible(code)


def channel_label(code: str) -> str:
    """From where it was done."""
    return _(CHANNELS[code]) if code in CHANNELS else visible(code)


def visible(text: str) -> str:
    """A text in which what would not show, or would turn the order of letters, is written out: ⟨U+202E⟩."""
    return _HIDDEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text.replace("\r\n", "\n").replace("\n", " "))


def who(actor: str, channel: str) -> str:
    """The name in a line; who opened a link without an account is known by nothing but the link."""
    return visible(actor) or (_("持链接者") if channel == "link" else _("未登录者"))


def second(at: Any) -> str:
    """An aware time in Beijing time to the second."""
    when: datetime = at.to_pydatetime() if hasattr(at, "to_pydatetime") else at
    return f"{when.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"


def read_detail(written: str) -> Mapping[str, Any]:
    """A line's detail; a text that is none, as of a line somebody altered, as it stands."""
    try:
        found = json.loads(written)
    except ValueError:
        return {"?": written[:_LONGEST]}
    return found if isinstance(found, dict) else {"?": found}


def saying(name_of: Callable[[int], str], catalog: Mapping[str, Indicator] | None = None) -> Sayer:
    """Puts codes of regions, and of the catalogue's indicators, into names."""

    def say(name: str, value: str) -> str | None:
        if name in _OF_REGIONS and (key := _key(value)) is not None:
            return name_of(key)
        if name == "indicator" and catalog is not None and value in catalog:
            return catalog[value].label
        return None

    return say


def _key(code: str) -> int | None:
    """The key of a region's code; None where a text is none."""
    try:
        return region_key(code)
    except RegionUnknown:
        return None


def told(detail: Mapping[str, Any], say: Sayer | None = None) -> str:
    """文件：一月.csv；行数：30 — all but what it was before and after."""
    order = list(_FIELDS)
    names = sorted(detail, key=lambda name: (order.index(name) if name in order else len(order), name))
    parts = [
        _("{name}：{value}").format(name=_named(name, detail[name]), value=_value(name, detail[name], say))
        for name in names
        if name not in _APART and detail[name] not in (None, "", [], {})
    ]
    return _("；").join(parts)


def _named(name: str, value: Any) -> str:
    if name == "changed" and isinstance(value, bool):
        return _("是否有变化")
    return _("逐格意见") if name == "cells" and isinstance(value, list) else _field(name)


def changes(detail: Mapping[str, Any], say: Sayer | None = None) -> list[tuple[str, str, str]]:
    """What was replaced: its name, what it was, what it is; only what differs, in the order it is kept."""
    if not any(name in detail for name in _APART):
        return []
    before, after = (dict(_flat(detail.get(name), say)) for name in _APART)
    return [
        (name, before.get(name, _nothing()), after.get(name, _nothing()))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    ]


def changed(detail: Mapping[str, Any], say: Sayer | None = None) -> str:
    """失效时间：2026-11-06 → 无, in one line."""
    return _("；").join(
        _("{name}：{before} → {after}").format(name=name, before=before, after=after)
        for name, before, after in changes(detail, say)
    )


def summary(written: str, say: Sayer | None = None) -> str:
    """What matters of a detail in one line."""
    detail = {name: value for name, value in read_detail(written).items() if name not in _TECHNICAL}
    return _("；").join(part for part in (told(detail, say), changed(detail, say)) if part)


def _nothing() -> str:
    return _("（无）")


def _field(name: str) -> str:
    return _(_FIELDS[name]) if name in _FIELDS else visible(name)


def _value(name: str, value: Any, say: Sayer | None = None) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if value is None:
        return _nothing()
    if isinstance(value, list):
        return _("、").join(_value(name, one, say) for one in value) or _nothing()
    if isinstance(value, dict):
        if _is_grant(value):
            return _grant(value, say)
        inner = _("，").join(
            _("{name}：{value}").format(name=_field(key), value=_value(key, one, say)) for key, one in value.items()
        )
        return _("（{inner}）").format(inner=inner)
    return _word(name, value, str(value), say)


def _word(name: str, value: Any, text: str, say: Sayer | None) -> str:
    """A single value in words, where it is known by a code."""
    if name == "what" and value in list(ExportKind):
        return ExportKind(value).label
    if name == "level" and value in list(Level):
        return Level(value).label
    if name == "role" and value in list(Role):
        return Role(value).label
    if name == "method" and value in _METHODS:
        return _(_METHODS[value])
    if say is not None and (said := say(name, text)) is not None:
        return said
    if _TIME.fullmatch(text):
        return show_time(datetime.fromisoformat(text))
    shown = visible(text)
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "…"


def _is_grant(value: Any) -> bool:
    return isinstance(value, dict) and {"role", "region"} <= value.keys()


def _grant(value: Mapping[str, Any], say: Sayer | None) -> str:
    """填报员（丰都县暨龙镇）: a role and where it holds."""
    named = _("{role}（{place}）").format(
        role=_value("role", value["role"], say), place=_value("region", value["region"], say)
    )
    return named + (_("，能看待审数据") if value.get("sees_reported") else "")


def _flat(value: Any, say: Sayer | None, path: str = "", last: str = "") -> Iterator[tuple[str, str]]:
    """The parts of a value, each with the words of the way to it.

    Args:
        last: the name the way ends with, as it is kept.
    """
    if isinstance(value, dict):
        for name, one in value.items():
            word = _field(str(name))
            yield from _flat(one, say, f"{path} / {word}" if path else word, str(name))
    elif isinstance(value, list) and value and all(_is_grant(one) for one in value):
        yield path or _field("grants"), _value(last, value, say)
    elif isinstance(value, list) and any(isinstance(one, dict) for one in value):
        for place, one in enumerate(value, start=1):
            yield from _flat(one, say, f"{path} {place}" if path else str(place), last)
    elif value is not None or path:
        yield path or _("全部"), _value(last, value, say)
