"""The log: one line for each thing that happened, as text for people or as JSON for programs, with the same fields.

Lines of ours, of Streamlit and of uvicorn go the same way. What is bound in the context (the request, the session of a
page) stands in every line written within it. Nothing somebody typed can look like a line of its own, or be longer than
LONGEST; fields named like a secret are not written.
"""

import contextlib
import contextvars
import json
import logging
import re
import secrets
import sys
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from datetime import datetime
from typing import Any, TextIO, TypeVar

import structlog
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars

LONGEST, LONGEST_TRACE = 500, 20_000
"""Characters of a field, and of a traceback."""
_SECRET = re.compile(r"passw|secret|token|cookie|authorization|\bpin\b|(?:^|_)key$|^key|totp|otp$", re.IGNORECASE)
_HIDDEN = "***"
_OURS = "_ecodash_number"
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""None that is taken for another when it is read out on the phone."""
_FIRST = ("time", "level", "logger", "event")
_LAST = ("exception",)

Fields = MutableMapping[str, Any]
_Done = TypeVar("_Done")
_sources: list[Callable[[], Mapping[str, object]]] = []


def get_logger(name: str) -> Any:
    """A logger whose methods take an event and its fields: log.info("committed", batch=12)."""
    return structlog.stdlib.get_logger(name)


def configure(*, is_json: bool, level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Have everything this process logs written to one stream, standard error where none is given.

    Args:
        is_json: whether lines are JSON objects.
        level: what is less is not written.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter(is_json=is_json))
    root = logging.getLogger()
    for old in [one for one in root.handlers if getattr(one, "is_ecodash", False)]:
        root.removeHandler(old)
    handler.is_ecodash = True  # type: ignore[attr-defined]
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(True)
    # Each of their requests for JWKS or a token would be a line with its whole address.
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)


def formatter(*, is_json: bool) -> logging.Formatter:
    """The formatter of every handler: for lines of structlog and of the standard library alike."""
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            _merge_sources,
            merge_contextvars,
            _stamp,
            _trace,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _harmless,
            _as_json if is_json else _as_text,
        ]
    )


def take_over(*names: str) -> None:
    """Have loggers that write by themselves hand their lines to the common handler."""
    for name in names:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True


# ── context ────────────────────────────────────────────────────────────────────────────────────────────────────────


def begin(**fields: object) -> None:
    """Forget what was bound before in this context, and bind these: at the head of a request or of a page's run."""
    clear_contextvars()
    bind_contextvars(**{name: value for name, value in fields.items() if value not in (None, "")})


def bind(**fields: object) -> None:
    """Bind more to this context."""
    bind_contextvars(**{name: value for name, value in fields.items() if value not in (None, "")})


def in_context(work: Callable[..., _Done]) -> Callable[..., _Done]:
    """A piece of work for another thread, whose lines carry what is bound here."""
    context = contextvars.copy_context()
    return lambda *given: context.run(work, *given)


def add_source(source: Callable[[], Mapping[str, object]]) -> None:
    """Ask for fields whenever a line is written; where none of its kind is to be said, the source gives nothing."""
    if source not in _sources:
        _sources.append(source)


def number_of(error: BaseException) -> str:
    """The number of a fault: shown to whoever met it, and in the log beside its traceback. Always the same for one
    fault."""
    number: str = getattr(error, _OURS, "")
    if not number:
        number = "".join(secrets.choice(_LETTERS) for _ in range(6))
        # An exception without room for it gets another number each time: that is all there is to lose.
        with contextlib.suppress(AttributeError):
            setattr(error, _OURS, number)
    return number


# ── processors ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _merge_sources(_logger: object, _method: str, fields: Fields) -> Fields:
    for source in _sources:
        # A line without a field is better than none.
        with contextlib.suppress(Exception):
            for name, value in source().items():
                fields.setdefault(name, value)
    return fields


def _stamp(_logger: object, _method: str, fields: Fields) -> Fields:
    record: logging.LogRecord = fields["_record"]
    fields["time"] = _local_time(record.created)
    fields["level"], fields["logger"] = record.levelname.lower(), record.name
    return fields


def _local_time(created: float) -> str:
    return datetime.fromtimestamp(created).astimezone().isoformat(timespec="milliseconds")


def _trace(_logger: object, _method: str, fields: Fields) -> Fields:
    """The traceback of a fault without the values of its variables, and the fault's number."""
    given = fields.pop("exc_info", None)
    fields.pop("stack_info", None)
    error = given if isinstance(given, BaseException) else given[1] if isinstance(given, tuple) else None
    if given is True:
        error = sys.exc_info()[1]
    if error is not None:
        fields["error"] = number_of(error)
        fields["exception"] = "".join(traceback.format_exception(error))[-LONGEST_TRACE:]
    return fields


def _harmless(_logger: object, _method: str, fields: Fields) -> Fields:
    """Texts of bounded length that break no line, and nothing under a name of a secret."""
    return {
        name: value if name in _LAST else _HIDDEN if _SECRET.search(name) else _plain(value)
        for name, value in fields.items()
    }


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else str(value)
    cut = text[:LONGEST] + "…" if len(text) > LONGEST else text
    return one_line(cut)


def one_line(text: str) -> str:
    """A text in which every character that ends a line, moves the cursor or turns the direction of writing is spelled
    out."""
    return "".join(char if char.isprintable() or char == "\u3000" else _spelled(char) for char in text)


def _spelled(char: str) -> str:
    return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(char) or f"\\u{ord(char):04x}"


def _as_json(_logger: object, _method: str, fields: Fields) -> str:
    exception = {"exception": _printable(fields["exception"])} if "exception" in fields else {}
    ordered = {name: fields[name] for name in _FIRST if name in fields}
    return json.dumps(ordered | dict(fields) | exception, ensure_ascii=False, default=str)


def _as_text(_logger: object, _method: str, fields: Fields) -> str:
    trace = fields.pop("exception", "")
    head = f"{fields.pop('time')} {str(fields.pop('level')).upper():<7} {fields.pop('logger')}: {fields.pop('event')}"
    line = " ".join((head, *(f"{name}={_quoted(value)}" for name, value in fields.items())))
    # Indented, so that no text within it looks like a line of the log.
    return "".join((line, *(f"\n    | {one_line(part)}" for part in str(trace).splitlines())))


def _printable(text: str) -> str:
    return "\n".join(one_line(line) for line in text.splitlines())


def _quoted(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if not text or re.search(r'[\s"=]', text) else text


# Lines go to the standard library's loggers from the first one on, whoever imports this and whether or not configure is called.
structlog.configure(
    processors=[
        structlog.stdlib.filter_by_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=False,
)
