"""docs/reliability.md, from what the trials found and from nothing else."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from bench.results import bench_home, machine, versions
from ecodash.settings import PROJECT_ROOT
from tests.faults.report import FaultReport

DOCUMENT = PROJECT_ROOT / "docs" / "reliability.md"
TITLES = {
    "kill": ("随机时刻 kill -9", "kill -9 at random moments"),
    "disk_full": ("磁盘满", "A full disk at each stage"),
    "power_cut": ("断电（模拟）", "A power cut, imitated"),
    "corruption": ("数据文件损坏", "A damaged file"),
    "clock": ("时钟倒退", "A clock that goes back"),
    "two_processes": ("两个进程打开同一个文件", "Two processes on one file"),
    "postgres": ("PostgreSQL 重启、提交中途断线", "PostgreSQL restarted and cut off mid-commit"),
    "readers": ("导入一百万行时 20 人查看", "Twenty readers during a million-row import"),
    "memory": ("内存不足", "Little memory"),
    "page_error": ("页面抛出异常", "A page that raises an exception"),
    "long_session": ("页面开一整天", "A session open for a day"),
}
_HEADER = """# 可靠性 · Reliability

`make faults` 逐项制造故障并写成本文，文中每个数都是那次运行量出来的；`make test` 里同样的脚本各跑几轮。单独一项：
`make faults ARGS="--only kill --rounds 200"`。脚本在 `tests/faults/`，随机数有种子，可重复。

Made by `make faults`, which brings each fault about and writes down what it measured; `make test` runs the same scripts a
few times. Seeded and repeatable; one alone: `make faults ARGS="--only kill --rounds 200"`.

已确认：界面或命令已经给出回执。丢失：已确认而事后不在，或不是当时的样子。半成品可见：只看到一批的一部分，或汇总、审计与流水对不上。
Acknowledged: a receipt was given. Lost: acknowledged, and afterwards not there or not as it was. Half visible: a part of a
batch was seen, or roll-ups or the audit disagreed with the journal.
"""


def folder() -> Path:
    """Where the newest report of each fault is kept between runs."""
    found = bench_home() / "faults"
    found.mkdir(parents=True, exist_ok=True)
    return found


def keep(report: FaultReport) -> None:
    """Keep a report, with the machine and the versions it was made by."""
    values = vars(report) | {"messages": dict(report.messages), "machine": machine(), "versions": versions()}
    (folder() / f"{report.name}.json").write_text(json.dumps(values, ensure_ascii=False, indent=1), encoding="utf-8")


def write(path: Path = DOCUMENT) -> Path:
    """Write the document from the reports that are kept."""
    values = {}
    for name in TITLES:
        file = folder() / f"{name}.json"
        if file.exists():
            values[name] = json.loads(file.read_text(encoding="utf-8"))
    made_by = sorted({(one.pop("machine"), one.pop("versions")) for one in values.values()})
    reports = [FaultReport(**one) for one in values.values()]
    path.write_text(document(reports, made_by), encoding="utf-8")
    return path


def document(reports: Sequence[FaultReport], made_by: Iterable[tuple[str, str]]) -> str:
    """The whole text."""
    lines = [_HEADER, *(f"{machine}. {versions}.\n" for machine, versions in made_by)]
    lines += [
        "| 故障 · Fault | 次数 · rounds | 已确认 · acknowledged | 丢失 · lost | 半成品可见 · half visible | 其他问题 · other |"
    ]
    lines += ["| --- | ---: | ---: | ---: | ---: | ---: |"]
    for one in reports:
        chinese, english = TITLES[one.name]
        other = max(len(one.problems) - one.lost - one.half_visible, 0)
        lines.append(
            f"| {chinese} · {english} | {one.rounds:,} | {one.acknowledged:,} | {one.lost} | {one.half_visible} | {other} |"
        )
    for one in reports:
        lines += ["", *_section(one)]
    return "\n".join(lines) + "\n"


def _section(report: FaultReport) -> Iterator[str]:
    chinese, english = TITLES[report.name]
    yield f"## {chinese} · {english}"
    yield ""
    yield from _pairs("做法", "Done", report.done)
    yield f"**结果** {report.rounds:,} 次，已确认 {report.acknowledged:,} 项，丢失 {report.lost}，半成品可见 {report.half_visible}。"
    yield f"**Result** {report.rounds:,} rounds, {report.acknowledged:,} acknowledged, {report.lost} lost, {report.half_visible} half visible."
    yield ""
    yield from _pairs("", "", report.notes)
    if report.messages:
        yield "**提示与办法** · What people are told, and what to do:"
        yield ""
        for said, count in Counter(report.messages).most_common():
            yield f"- {said}（{count} 次）"
        yield ""
    for problem in report.problems[:20]:
        yield f"- ✕ {' '.join(problem.split())[:400]}"
    if report.problems:
        yield ""
    yield from _pairs("没有试过", "Not tried", report.not_tried)
    yield f"`python -m tests.faults --only {report.name}`，{report.seconds:.0f} s"


def _pairs(chinese: str, english: str, pairs: Iterable[Sequence[str]]) -> Iterator[str]:
    for said, told in pairs:
        yield f"**{chinese}** {said}" if chinese else said
        yield ""
        yield f"**{english}** {told}" if english else told
        yield ""
