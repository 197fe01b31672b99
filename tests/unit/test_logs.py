"""The log: what a line says, what it never says, and that nobody can write lines of it by what they type."""

import io
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecodash import logs


class Log:
    """A logger of its own with a handler of ours."""

    def __init__(self, *, is_json: bool) -> None:
        self.stream = io.StringIO()
        self._handler = logging.StreamHandler(self.stream)
        self._handler.setFormatter(logs.formatter(is_json=is_json))
        self.plain = logging.getLogger("ecodash.test")
        self.plain.propagate = False
        self.plain.setLevel(logging.INFO)
        self.plain.addHandler(self._handler)
        self.ours = logs.get_logger("ecodash.test")

    def close(self) -> None:
        self.plain.removeHandler(self._handler)
        self.plain.propagate = True
        logs.begin()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@pytest.fixture
def as_json() -> Iterator[Log]:
    found = Log(is_json=True)
    yield found
    found.close()


@pytest.fixture
def as_text() -> Iterator[Log]:
    found = Log(is_json=False)
    yield found
    found.close()


def test_lines_of_ours_and_of_libraries_have_the_same_fields(as_json: Log) -> None:
    as_json.ours.info("committed", batch=12, file="上报.csv")
    as_json.plain.warning("told by %s", "a library")
    first, second = as_json.objects
    assert {name: first[name] for name in ("level", "logger", "event", "batch", "file")} == {
        "level": "info", "logger": "ecodash.test", "event": "committed", "batch": 12, "file": "上报.csv",
    }  # fmt: skip
    assert (second["level"], second["logger"], second["event"]) == ("warning", "ecodash.test", "told by a library")
    assert list(first)[:4] == list(second)[:4] == ["time", "level", "logger", "event"]
    assert "+" in first["time"] or "Z" in first["time"], "with its offset from UTC"


def test_what_is_bound_is_in_every_line_also_of_threads_that_take_it_along(as_json: Log) -> None:
    logs.begin(request="r1", by=None, page="")
    work = logs.in_context(lambda: as_json.plain.info("taken along"))
    for one in (work, lambda: as_json.plain.info("by itself")):
        thread = threading.Thread(target=one)
        thread.start()
        thread.join()
    logs.begin(request="r2")
    as_json.ours.info("next")
    assert [line.get("request") for line in as_json.objects] == ["r1", None, "r2"]
    assert "by" not in as_json.objects[0]


def test_a_source_is_asked_at_each_line_and_a_broken_one_takes_no_line_along(
    as_json: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "_sources", [])
    logs.add_source(lambda: {"session": "a1", "batch": 1})
    logs.add_source(lambda: {"x": 1 / 0})
    as_json.ours.info("run", batch=2)
    assert (as_json.objects[0]["session"], as_json.objects[0]["batch"]) == ("a1", 2)


def test_a_fault_has_one_number_whoever_tells_of_it(as_json: Log) -> None:
    try:
        raise ValueError("一行\n另一行")
    except ValueError as error:
        shown = logs.number_of(error)
        as_json.plain.exception("broken")
        as_json.ours.error("told again", exc_info=True)
    first, second = as_json.objects
    assert first["error"] == second["error"] == shown
    assert len(shown) == 6
    assert "ValueError" in first["exception"]
    assert logs.number_of(ValueError()) != shown


@pytest.mark.parametrize(
    "name", ["password", "new_password", "token", "cookie", "metrics_key", "secret", "pin", "totp"]
)
def test_a_field_named_like_a_secret_is_not_written(as_json: Log, name: str) -> None:
    as_json.ours.info("event", **{name: "geheim-4711"})
    assert "geheim" not in as_json.text
    assert as_json.objects[0][name] == "***"


@pytest.mark.parametrize("name", ["page", "region", "ping", "opinion", "monkey"])
def test_other_fields_are(as_json: Log, name: str) -> None:
    as_json.ours.info("event", **{name: "shown"})
    assert as_json.objects[0][name] == "shown"


def test_a_long_text_is_cut(as_json: Log) -> None:
    as_json.ours.info("x" * 5_000, file="长" * 5_000)
    (line,) = as_json.objects
    assert len(line["event"]) == len(line["file"]) == logs.LONGEST + 1


FORGED = "a\n2026-11-22T00:00:00+08:00 INFO    ecodash.store.telling: committed batch=99\r\u2028\u202e\x1b[2J"


def test_nobody_forges_a_line(as_text: Log) -> None:
    as_text.ours.info("request", file=FORGED)
    as_text.plain.info("plain %s", FORGED)
    try:
        raise ValueError(FORGED)
    except ValueError:
        as_text.ours.exception(FORGED)
    lines = as_text.text.splitlines()
    begun = [line for line in lines if not line.startswith("    | ")]
    assert len(begun) == 3
    assert not any(line.startswith("2026-11-22T00:00:00") for line in lines)
    assert not set("\r\u2028\u202e\x1b") & set(as_text.text)


@given(st.text(), st.text())
def test_whatever_is_typed_a_line_of_text_stays_one_line_and_an_object_one_object(event: str, value: str) -> None:
    for is_json in (False, True):
        log = Log(is_json=is_json)
        try:
            log.ours.info(event.replace("%", ""), value=value)
        finally:
            log.close()
        written = log.text.removesuffix("\n")
        assert len(written.splitlines()) == 1
        written.encode()
        if is_json:
            assert json.loads(written)["level"] == "info"


def test_configured_twice_a_line_is_written_once() -> None:
    root, stream = logging.getLogger(), io.StringIO()
    kept, level = root.handlers[:], root.level
    try:
        logs.configure(is_json=False, stream=io.StringIO())
        logs.configure(is_json=True, stream=stream)
        logs.get_logger("ecodash.other").info("once")
        assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["once"]
    finally:
        root.handlers[:], root.level = kept, level
        root.setLevel(level)
        logging.captureWarnings(False)
