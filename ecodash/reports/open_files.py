"""Files of open data: Parquet and CSV of each table, the dictionary, a README, datapackage.json and SHA-256 of them all."""

import csv
import hashlib
import json
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import csv as arrow_csv

from ecodash.reports.open_fields import BY_NAME, TABLES, OpenTable
from ecodash.reports.tables import FORMULA_STARTS

PARQUET, CSV = "parquet", "csv"
SUMS, DICTIONARY, PACKAGE, README = "SHA256SUMS", "data-dictionary.csv", "datapackage.json", "README.md"
_BOM = b"\xef\xbb\xbf"
_FRICTIONLESS = {"text": "string", "integer": "integer", "number": "number", "moment": "datetime", "truth": "boolean"}
_MEDIA = {PARQUET: "application/vnd.apache.parquet", CSV: "text/csv"}


class Writer(Protocol):
    """Takes tables of one schema, one after the other."""

    def write_table(self, table: pa.Table) -> None: ...


@dataclass
class OpenFolder:
    """A folder that is being filled.

    Args:
        path: of the folder.
        formats: of PARQUET and CSV, which are written.
        files: table → its files, in their order, by format.
        rows: table → rows.
    """

    path: Path
    formats: Collection[str]
    files: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def table(self, name: str, month: str = "") -> Iterator["TableFiles"]:
        """The files of a table, or of one of its months, to be written into."""
        shape = BY_NAME[name]
        stem = f"{name}/{month[:4]}/{name}-{month}" if month else name
        with ExitStack() as opened:
            writers: list[Writer] = []
            for form in self.formats:
                relative = f"{stem}.{form}"
                self.files.setdefault(name, {}).setdefault(form, []).append(relative)
                file = self.path / relative
                file.parent.mkdir(parents=True, exist_ok=True)
                writers.append(opened.enter_context(_writer(file, form, shape)))
            made = TableFiles(shape, writers)
            yield made
        self.rows[name] = self.rows.get(name, 0) + made.rows

    def write_bytes(self, relative: str, content: bytes) -> None:
        """A file of its own."""
        file = self.path / relative
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


@dataclass
class TableFiles:
    """A table's files, in every format at once."""

    shape: OpenTable
    writers: list[Writer]
    rows: int = 0

    def write(self, table: pa.Table) -> None:
        """Append rows, whose columns are those of the dictionary."""
        fitting = table.select(self.shape.schema.names).cast(self.shape.schema)
        for one in self.writers:
            one.write_table(fitting)
        self.rows += len(fitting)


@contextmanager
def _writer(file: Path, form: str, shape: OpenTable) -> Iterator[Writer]:
    if form == PARQUET:
        with pq.ParquetWriter(file, shape.schema, compression="zstd") as writer:
            yield writer
        return
    schema = pa.schema([(one.name, _in_csv(one.type)) for one in shape.schema])
    with file.open("wb") as stream:
        # Excel and WPS need the mark to read Chinese.
        stream.write(_BOM)
        with arrow_csv.CSVWriter(stream, schema) as writer:
            yield _Neutral(writer, schema)


def _in_csv(kind: Any) -> Any:
    return pa.string() if pa.types.is_timestamp(kind) else kind


class _Neutral:
    """Writes CSV in which no text starts like a formula, by the rule of every other table (reports.tables)."""

    def __init__(self, writer: arrow_csv.CSVWriter, schema: Any) -> None:
        self._writer = writer
        self._schema = schema

    def write_table(self, table: pa.Table) -> None:
        columns = [_plain(table[name]) for name in self._schema.names]
        self._writer.write_table(pa.table(columns, schema=self._schema))


def _plain(values: Any) -> Any:
    if pa.types.is_timestamp(values.type):
        return pc.strftime(values, format="%Y-%m-%dT%H:%M:%SZ")
    if not pa.types.is_string(values.type):
        return values
    starts = pc.is_in(pc.utf8_slice_codeunits(values, 0, 1), pa.array(FORMULA_STARTS))
    return pc.if_else(starts, pc.binary_join_element_wise("'", values, ""), values)


# ── what is said about them ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class About:
    """What is said about a folder of open data.

    Args:
        watermark, digest: of the store it was read from.
        made_at: aware.
        software: version.
        demo_batches: how many batches hold invented figures.
    """

    watermark: int
    digest: str
    made_at: datetime
    software: str
    demo_batches: int


def finish(folder: OpenFolder, about: About) -> None:
    """Write the dictionary, the README, datapackage.json, and last the SHA-256 of every file."""
    _write_dictionary(folder)
    package = json.dumps(_package(folder, about), ensure_ascii=False, indent=2)
    (folder.path / PACKAGE).write_text(package + "\n", encoding="utf-8")
    (folder.path / README).write_text(_readme(folder, about), encoding="utf-8")
    files = sorted(one for one in folder.path.rglob("*") if one.is_file() and one.name != SUMS)
    lines = [f"{_sha256(one)}  {one.relative_to(folder.path).as_posix()}\n" for one in files]
    (folder.path / SUMS).write_text("".join(lines), encoding="utf-8")


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _write_dictionary(folder: OpenFolder) -> None:
    with (folder.path / DICTIONARY).open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["table", "column", "type", "unit", "meaning", "english", "missing"])
        for table in TABLES:
            for one in table.fields:
                writer.writerow(
                    [table.name, one.name, _FRICTIONLESS[one.kind], one.unit, one.meaning, one.english, one.may_miss]
                )


def _package(folder: OpenFolder, about: About) -> dict[str, Any]:
    resources = [
        _resource(table, form, folder.files[table.name][form], suffix=f"-{form}" if place else "")
        for table in TABLES
        for place, form in enumerate(one for one in (CSV, PARQUET) if one in folder.formats)
        if folder.files.get(table.name, {}).get(form)
    ]
    return {
        "profile": "data-package",
        "name": "ecodash",
        "title": "EcoDash",
        "created": about.made_at.isoformat(timespec="seconds"),
        "ecodash": {"watermark": about.watermark, "digest": about.digest, "software": about.software},
        "resources": resources,
    }


def _resource(table: OpenTable, form: str, paths: list[str], suffix: str) -> dict[str, Any]:
    fields = [
        {
            "name": one.name,
            "type": _FRICTIONLESS[one.kind],
            "description": f"{one.meaning} / {one.english}" + (f" [{one.unit}]" if one.unit else ""),
            "constraints": {"required": not one.may_miss and one.kind != "text"},
        }
        for one in table.fields
    ]
    return {
        "name": f"{table.name.replace('_', '-')}{suffix}",
        "title": table.title,
        "path": paths if len(paths) > 1 else paths[0],
        "profile": "tabular-data-resource" if form == CSV else "data-resource",
        "format": form,
        "mediatype": _MEDIA[form],
        "encoding": "utf-8",
        "schema": {"fields": fields, "missingValues": [""]},
    }


def _readme(folder: OpenFolder, about: About) -> str:
    listed = "\n".join(
        f"| {one.name} | {folder.rows.get(one.name, 0):,} | {one.title} / {one.english} |" for one in TABLES
    )
    demo = (
        f"\n**其中有 {about.demo_batches} 批演示数据，是虚构的（batches.is_demo 为 true）。 "
        f"{about.demo_batches} batches hold invented figures (batches.is_demo is true).**\n"
        if about.demo_batches
        else ""
    )
    return f"""# EcoDash 数据 / data

截至第 {about.watermark} 批，{about.made_at.isoformat(timespec="seconds")} 由 EcoDash {about.software} 导出。
As of batch {about.watermark}, exported by EcoDash {about.software}.

数据摘要 / digest (`python -m ecodash digest --watermark {about.watermark}`): `{about.digest}`
{demo}
| 表 table | 行 rows | 内容 content |
|---|---:|---|
{listed}

- 每一列的类型、单位和含义见 {DICTIONARY}；机器可读的说明见 {PACKAGE}（Frictionless）。
  Every column is described in {DICTIONARY}, and for programs in {PACKAGE}.
- 没有上报的没有行，不是零。CSV 中的空格表示缺少，UTF-8 带 BOM；以 = + - @ 等开头的文字前加了一个撇号，以免表格软件当作公式，Parquet
  中是原文。时间都是 UTC。
  What was not reported has no row and is not zero. In CSV an empty cell is missing; text that a spreadsheet would take for a
  formula is led by an apostrophe, Parquet has it as it is. Times are UTC.
- 地区、指标、规则、封账和期限是导出时的；流水、目标、批次和快照截至上面这一批。
  Regions, indicators, rules, closings and deadlines are those of the moment; journal, targets, batches and snapshots are as of
  the batch above.
- 不含：账号、密码、登录、动态验证码、链接、审计日志、原文件、待审的报送件。批次和快照中有填报人姓名，公开前请按规定处理。
  Left out: accounts, passwords, sessions, second factors, links, the audit, files as sent, reports not accepted yet. Batches and
  snapshots name who reported: mind that before publishing.
- 核对文件：`sha256sum -c {SUMS}`。 Check the files by the same command.
"""
