"""The sample store: the published figures of data/samples and the demonstration county, through the upload path."""

import hashlib
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ecodash import actions, queries
from ecodash.actions import Choices
from ecodash.demo.county import demo_files
from ecodash.domain.access import Actor
from ecodash.domain.periods import Month
from ecodash.errors import SubmissionRejected, TransitionRefused
from ecodash.workspace import Workspace

DEMO_COUNTY = "500230"
_DEMO_REASON = "演示数据，按模拟结果提交。"
_PUBLISHED_REASON = "与公开来源核对一致。"


@dataclass(frozen=True)
class SampleFile:
    """One file of the sample, as it would be uploaded.

    Args:
        month: the month chosen at upload, where the file does not say.
        received_at: when it counts as received; None is now.
        is_demo: whether its figures are invented.
    """

    name: str
    data: bytes
    month: Month | None
    received_at: datetime | None
    is_demo: bool


def load_sample(
    workspace: Workspace, *, actor: Actor, progress: Callable[[int, int, str], None] = lambda done, total, name: None
) -> int:
    """Add the sample's regions and commit its files in order; returns how many batches were committed.

    A file is read with the clock at its own time of receipt, so that the sample loads the same on any day. A load that
    was cut short is taken up where it ended: files that are there already are passed over.

    Args:
        progress: called before each file with the number done, the number of files and the file's name.
    Raises:
        SubmissionRejected: a file has a fault; what was committed before it stays.
        TransitionRefused: another process of the same store is loading it.
    """
    with workspace.store.alone("sample") as is_alone:
        if not is_alone:
            raise TransitionRefused("另一个进程正在装入示例。", "请等它装完，再刷新页面。")
        return _load(workspace, actor, progress)


def _load(workspace: Workspace, actor: Actor, progress: Callable[[int, int, str], None]) -> int:
    marker = workspace.settings.sample_marker
    marker.touch()
    known = set(queries.list_batches(workspace, queries.newest_watermark(workspace))["file_sha256"])
    real = list(_published_files(workspace.settings.data_dir / "samples"))
    codes = list(dict.fromkeys([DEMO_COUNTY, *(code for _, regions in real for code in regions)]))
    progress(0, 1, "行政区划")
    actions.add_regions(workspace, codes, actor=actor, now=datetime.now(UTC))
    demo = [
        SampleFile(file.name, file.data, file.month, file.received_at, is_demo=True)
        for file in demo_files(workspace.tree, workspace.catalog)
    ]
    files = [*(file for file, _ in real), *demo]
    missing = [file for file in files if hashlib.sha256(file.data).hexdigest() not in known]
    for number, file in enumerate(missing):
        progress(number, len(missing), file.name)
        _commit(workspace, file, actor)
    marker.unlink()
    return len(missing)


def _commit(workspace: Workspace, file: SampleFile, actor: Actor) -> None:
    now = datetime.now(UTC)
    upload = actions.read_file(
        workspace,
        file.data,
        file.name,
        actor=actor,
        now=max(now, file.received_at or now),
        choices=Choices(month=file.month),
    )
    if upload.intake.faults:
        fault = upload.intake.faults[0]
        raise SubmissionRejected(
            f"示例文件 {file.name} 第 {fault.row} 行“{fault.column}”有问题：{fault.hint}", "请核对 data 目录是否完整。"
        )
    actions.commit_upload(
        workspace,
        upload,
        actor=actor,
        now=now,
        reasons={"": _DEMO_REASON if file.is_demo else _PUBLISHED_REASON},
        received_at=file.received_at,
        is_demo=file.is_demo,
    )


def _published_files(folder: Path) -> Iterator[tuple[SampleFile, list[str]]]:
    with (folder / "manifest.toml").open("rb") as stream:
        entries = tomllib.load(stream)["file"]
    for entry in entries:
        month = Month.parse(entry["month"]) if "month" in entry else None
        data = (folder / entry["file"]).read_bytes()
        yield SampleFile(entry["file"], data, month, None, is_demo=False), list(entry["regions"])
