"""Sentences of 备份."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from ecodash.domain.backup_plan import SETTLING, Attempt, BackupState
from ecodash.domain.backups import Backup, BackupCheck
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_time
from ecodash.settings import Settings


def title() -> str:
    return _("备份")


def introduction() -> str:
    return _(
        "备份是全部数据的一份完整副本：数据和历次更正、原文件、目标、快照、账号和审计日志，连同链接和动态验证码的密钥。"
        "备份时不影响别人使用；做完自动打开核对，与当时的数据库逐表一致才算完成。"
    )


def size(of: int) -> str:
    return _("{size} MB").format(size=f"{of / 1e6:,.1f}") if of >= 100_000 else _("不到 0.1 MB")


def newest(backup: Backup, now: datetime) -> str:
    days = (now - backup.made_at).days
    when = show_time(backup.made_at)
    if not days:
        return _("最近一次备份：{time}。").format(time=when)
    return _("最近一次备份：{time}，{days} 天前。").format(time=when, days=days)


def make_another(state: BackupState) -> str:
    if state.next_at is not None:
        return _("已超过一天，请现在做一份新的备份。")
    return _("已超过一周，请做一份新的备份。")


def failed(attempt: Attempt) -> str:
    return _("{time} 的自动备份失败：{fault}").format(time=show_time(attempt.at), fault=attempt.fault)


def schedule(settings: Settings, state: BackupState, now: datetime) -> str:
    if state.next_at is None:
        return _("自动备份已关闭。要打开，请管理服务器的人设置 ECODASH_BACKUP_AT，如 02:30。")
    days, weeks, months = settings.backup_keep
    following = _("马上开始") if state.next_at <= now + SETTLING else show_time(state.next_at)
    return _(
        "每天 {hour}（北京时间）自动备份，下一次：{next}。自动备份保留最近 {days} 天、{weeks} 周、{months} 个月各一份，其余自动删除；手动做的不会自动删除。"
    ).format(hour=settings.backup_at, next=following, days=days, weeks=weeks, months=months)


def none_yet() -> str:
    return _("还没有备份。请现在做一份。")


def where(folder: Path, backups: Sequence[Backup]) -> str:
    return _(
        "备份放在服务器的文件夹 {folder}，共 {count} 份，{size}。只放在同一台机器上不保险，请定期把整个文件夹复制到另一台机器或移动硬盘，"
        "并像账号密码一样保管：里面有全部数据和密钥。出于安全，备份不能从网页下载。"
    ).format(folder=folder, count=len(backups), size=size(sum(one.size for one in backups)))


def made(backup: Backup) -> str:
    return _("备份已完成并核对无误：{name}，{size}，截至第 {batch} 批。").format(
        name=backup.name, size=size(backup.size), batch=backup.watermark
    )


def head(backup: Backup) -> str:
    return show_time(backup.made_at)


def state(backup: Backup) -> str:
    if backup.fault:
        return _("✕ 有问题：{fault}").format(fault=backup.fault)
    return _("✔ 完好，{time} 核对").format(time=show_time(backup.checked_at))


def line(backup: Backup) -> str:
    kind = _("自动备份") if backup.is_automatic else backup.actor
    return _("截至第 {batch} 批　{size}　{actor}　名称 {name}").format(
        batch=backup.watermark, size=size(backup.size), actor=kind, name=backup.name
    )


def checked(found: BackupCheck) -> str:
    backup = found.backup
    if found.problems:
        return _("备份 {name} 有 {count} 处问题，请不要用它恢复：{first}").format(
            name=backup.name, count=len(found.problems), first=found.problems[0]
        )
    if found.agrees is None:
        return _("备份 {name} 完好。它比现在的数据库新，无法与现在的数据对比。").format(name=backup.name)
    return _("备份 {name} 完好：文件未被改动，可以打开，数据与现在数据库第 {batch} 批时点的一致。").format(
        name=backup.name, batch=backup.watermark
    )


def delete_question(backup: Backup) -> str:
    return _("删除 {time} 的备份（{size}）？删除后不能找回。").format(
        time=show_time(backup.made_at), size=size(backup.size)
    )


def deleted(backup: Backup) -> str:
    return _("已删除 {time} 的备份。").format(time=show_time(backup.made_at))


def restore_steps() -> list[str]:
    return [
        _("恢复由管理服务器的人在服务器上进行，网页上不能恢复。先停止网页服务。"),
        _("在程序所在文件夹打开命令行，运行下面的命令，名称换成上面列表里那一份的名称："),
        _(
            "命令会先核对备份，再用它替换现在的数据库；现在的数据库不会删除，移到备份文件夹里以 replaced 开头的文件夹，"
            "要反悔时由管理服务器的人把它移回原处。"
        ),
        _("重新启动网页服务。所有人须重新登录。"),
        _(
            "备份之后的上报、审核、快照和账号变动都不在其中：请让各单位补报，逐个核对那以后停用的账号、收回的权限和撤回的快照链接，"
            "它们会恢复成备份时的样子。"
        ),
    ]


def not_here() -> str:
    return _(
        "本系统的数据库是 PostgreSQL，由数据库管理员用 pg_dump 备份，这里不做。请让他同时保存下面这个密钥文件，否则恢复后链接和动态验证码都会失效："
    )
