"""What 快照 says: the form that makes one, its link, the list, and what is done with one."""

from collections.abc import Sequence
from datetime import datetime

from ecodash.domain.snapshots import Access, Lifetime, Snapshot, Standing
from ecodash.i18n import gettext as _
from ecodash.reports.numbers import show_time
from ecodash.views import text

# ── the form ───────────────────────────────────────────────────────────────────────────────────────────────────────


def promise() -> str:
    return _("把所选页面现在的数据固定下来，得到一个链接。以后数据再更新，链接里的内容也不会变。")


def agenda(labels: Sequence[str]) -> str:
    """放映顺序：1 总览 → 2 排名."""
    return _("顺序：{pages}").format(
        pages=" → ".join(f"{place} {text.escape(label)}" for place, label in enumerate(labels, 1))
    )


def access_notes() -> list[str]:
    """What each Access means, in its order."""
    return [
        _("收到链接的人都能打开，适合发到工作群。"),
        _("打开时要输入口令；口令请与链接分开转告。"),
        _("尚未启用账号，目前只能在服务器本机打开。"),
    ]


def lasts_until(lifetime: Lifetime, now: datetime) -> str:
    ends = lifetime.ends(now)
    if ends is None:
        return _("链接长期有效，直到您撤回。")
    return _("链接到 {time}（北京时间）为止，期间可以延期或撤回。").format(time=show_time(ends))


def next_edition(series: str, edition: int) -> str:
    return _("这将是“{series}”第 {edition} 期；打开上一期的人会看到本期的链接。").format(
        series=text.escape(series), edition=edition
    )


def notes_later() -> str:
    return _("同一内容的页面合为一页；主持备注可以在生成后到“快照”页填写。")


def notes_promise() -> str:
    return _("只在“快照”页里能看到，不会发给打开链接的人。")


# ── the link ───────────────────────────────────────────────────────────────────────────────────────────────────────


def made(number: int) -> str:
    return _("快照 #{number} 已生成，复制下面的链接即可发送。").format(number=number)


def pin_once(*, is_replaced: bool = False) -> str:
    if is_replaced:
        return _("新口令（只显示这一次，请记下；原来的口令不再有效）")
    return _("口令（只显示这一次，请记下并与链接分开转告）")


def only_here() -> str:
    return _(
        "这个链接指向本机地址，只有这台电脑能打开。请用服务器的地址（例如 `http://10.1.2.3:8501`）打开本系统后再复制，"
        "或请管理员设置 `ECODASH_PUBLIC_URL`。"
    )


def signed_in_only() -> str:
    return _("尚未启用账号：这个链接目前只能在服务器本机打开。")


def group_sentence() -> str:
    return _("发到工作群的文字")


# ── the list and the card ──────────────────────────────────────────────────────────────────────────────────────────

STANDING_MARKS = {Standing.OPEN: "✔", Standing.EXPIRED: "◷", Standing.REVOKED: "✖"}
"""A sign beside the word, so that no colour has to say it."""


def standing(found: Standing) -> str:
    return f"{STANDING_MARKS[found]} {found.label}"


def state_choice(label: str, count: int) -> str:
    return _("{state}（{count}）").format(state=label, count=count)


def nothing_yet(*, may_make: bool) -> str:
    if not may_make:
        return _("还没有可以看的快照。")
    return _("还没有快照。在总览、地图、进度、排名、区域档案、红黑榜或会议页面点“生成快照”，即可得到链接。")


def nothing_found(searched: str) -> str:
    if searched:
        return _("没有找到与“{searched}”有关的快照。请换一个词，或改选“全部”。").format(searched=text.escape(searched))
    return _("这一类里没有快照。")


def number_and_made(one: Snapshot) -> str:
    return _("#{number}　{time} 由{actor}生成").format(
        number=one.number, time=show_time(one.created_at), actor=one.actor
    )


def as_of(one: Snapshot) -> str:
    return _("截至第 {batch} 批").format(batch=one.watermark)


def pages_line(labels: Sequence[str]) -> str:
    if len(labels) == 1:
        return labels[0]
    return _("{count} 页：{pages}").format(count=len(labels), pages=" → ".join(labels))


def edition(one: Snapshot) -> str:
    """每月例会 第 3 期; empty where of none."""
    return _("{series} 第 {edition} 期").format(series=one.series, edition=one.edition) if one.series else ""


def until(one: Snapshot) -> str:
    if one.revoked_at is not None:
        return _("{time} 由{actor}撤回").format(time=show_time(one.revoked_at), actor=one.revoked_by)
    if one.expires_at is None:
        return Lifetime.NEVER.label
    return _("有效至 {time}").format(time=show_time(one.expires_at))


def opened(one: Snapshot) -> str:
    if not one.opened:
        return _("还没有人打开过")
    return _("打开 {count} 次，最近 {time}").format(count=one.opened, time=show_time(one.last_opened_at))


def link_unknown(number: str) -> str:
    return _("没有编号为“{number}”的快照，已改为显示全部快照。").format(number=text.escape(number[:20]))


def link_not_shown() -> str:
    return _("链接不能再次显示（它由旧版本或另一套密钥生成，已发出的仍可打开）。可以换发新链接。")


def link_closed(found: Standing) -> str:
    if found is Standing.REVOKED:
        return _("已撤回，链接打不开了。打开的人会看到该找谁。可以按当前数据再做一份。")
    return _("已过期，链接打不开了。延期后原链接恢复可用。")


# ── what is done with one ──────────────────────────────────────────────────────────────────────────────────────────


def extend_line(one: Snapshot) -> str:
    return _("现在：{until}。从今天起再有效多久？").format(until=until(one))


def new_end(lifetime: Lifetime, now: datetime) -> str:
    ends = lifetime.ends(now)
    if ends is None:
        return _("改为长期有效。")
    return _("改为有效至 {time}（北京时间）。").format(time=show_time(ends))


def is_shorter() -> str:
    return _("请注意：这比现在的期限短。")


def extended(number: int, lifetime: Lifetime, now: datetime) -> str:
    return _("快照 #{number} 已延期：{said}").format(number=number, said=new_end(lifetime, now))


def revoke_question(one: Snapshot) -> str:
    return _(
        "撤回“{title}”后，链接立刻打不开，而且不能恢复。打开的人看不到任何数据，只会看到请与“{actor}”联系的提示。"
        "固定下来的数据仍保存在系统里。"
    ).format(title=text.escape(one.title), actor=text.escape(one.actor))


def revoked(number: int) -> str:
    return _("快照 #{number} 已撤回，链接已经打不开。").format(number=number)


def renew_question(one: Snapshot) -> str:
    return _(
        "换发后，“{title}”原来的链接和二维码立刻失效，要把新链接重新发给需要的人。内容、期限和口令都不变。"
    ).format(title=text.escape(one.title))


def renewed(number: int) -> str:
    return _("快照 #{number} 已换发新链接，原链接已失效。").format(number=number)


def access_changed(number: int, access: Access) -> str:
    return _("快照 #{number} 已改为“{access}”。").format(number=number, access=access.label)


def pin_changes() -> str:
    return _("修改后，原来的口令不再有效，已经打开的人也要输入新口令。")


def again_promise(one: Snapshot, newest: int) -> str:
    return _(
        "用现在的数据（第 {newest} 批）把同样的页面再固定一次，另成一个快照、另有链接。"
        "原来的快照（截至第 {batch} 批）不受影响。"
    ).format(newest=newest, batch=one.watermark)


def nothing_changed(one: Snapshot, newest: int) -> str:
    if newest == one.watermark:
        return _("第 {batch} 批以后还没有提交过数据，原来的快照就是最新的。仍要再做一份，请再点一次。").format(
            batch=newest
        )
    return _(
        "从第 {batch} 批到第 {newest} 批，这些页面上的数据一个也没有变，原来的快照就是最新的。仍要再做一份，请再点一次。"
    ).format(batch=one.watermark, newest=newest)


def made_again(number: int, of: int) -> str:
    return _("已按当前数据做好快照 #{number}（同 #{of} 的页面）。").format(number=number, of=of)


def notes_saved(number: int) -> str:
    return _("快照 #{number} 的主持备注已保存。").format(number=number)


def no_notes() -> str:
    return _("还没有写。写在这里的话只给主持人看，不会发给打开链接的人。")


def short_label(one: Snapshot) -> str:
    """第 3 期 丰都县2026年10月总览: a link's words, in Markdown."""
    return _("第 {edition} 期 {title}").format(edition=one.edition, title=text.escape(one.title))


def page_note(place: int, label: str) -> str:
    return _("第 {place} 页　{label}").format(place=place, label=label)


# ── two snapshots beside each other ────────────────────────────────────────────────────────────────────────────────


def other_label(one: Snapshot) -> str:
    """#12 丰都县2026年10月总览（截至第 48 批，2026-11-06 17:20）."""
    return _("#{number} {title}（截至第 {batch} 批，{time}）").format(
        number=one.number, title=one.title, batch=one.watermark, time=show_time(one.created_at)
    )


def nothing_alike() -> str:
    return _(
        "没有可以对比的快照。页面、地区、层级和指标都相同的快照才能互相对比，月份可以不同；可以先“按当前数据再做一份”。"
    )


def compared_count(changed: int, total: int) -> str:
    if not changed:
        return _("两个快照的 {total} 个数据完全一致。").format(total=total)
    return _("{total} 个数据中有 {changed} 个不同。").format(total=total, changed=changed)


def rows_cut(shown: int, total: int) -> str:
    return _("屏幕上只列前 {shown} 行，全部 {total} 行见下载的表格。").format(shown=shown, total=total)


def column_of(one: Snapshot) -> str:
    """#12 第 48 批: heads a column."""
    return _("#{number} 第 {batch} 批").format(number=one.number, batch=one.watermark)


def compared_title(earlier: Snapshot, later: Snapshot) -> str:
    """Names the files, so without # and brackets."""
    return _("快照{earlier}与快照{later}对比").format(earlier=earlier.number, later=later.number)


def compared(earlier: Snapshot, later: Snapshot) -> str:
    return _("快照 #{earlier}（截至第 {then} 批）与 #{later}（截至第 {now} 批）对比").format(
        earlier=earlier.number, then=earlier.watermark, later=later.number, now=later.watermark
    )
