"""People before open pages: websockets that speak Streamlit's protocol as its browser does, in a process of their own.

Each signs in by a cookie, reads a page, thinks, and chooses another month or another page; what the server sends is read
to the end of the run, and the next choice is made from the widgets it sent. Told what to do by lines of JSON, of which
each is answered by one:

    {"open": 20}                          so many people are there from now on
    {"act": 30, "think": 10}              they read for so many seconds
    {"close": true}                       all leave
"""

import asyncio
import json
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

_PAGES = ("", "ranking", "progress")
"""Addresses they go between; the first is the page an app opens with."""
_ANOTHER_PAGE = 0.3
"""So many of the clicks lead to another page; the others choose another month."""
_NEWEST = 0.35
"""The newest month is the one chosen most: three of ten times, nine of ten times one of the newest seven."""
_PATIENCE = 60.0
_SEED = 20261122
_AT_ONCE = 8
"""So many sign in at the same time."""


class Broken(Exception):
    """A run that did not end well."""


@dataclass
class Widget:
    """One widget as the browser holds it: what it may be set to, and what it is set to."""

    kind: str
    options: Sequence[str]
    value: str | None


@dataclass
class Tally:
    """What one phase took.

    Args:
        times: seconds from a click to the end of its run, by what was clicked.
        errors: what went wrong, counted.
        received: bytes.
    """

    times: dict[str, list[float]] = field(default_factory=lambda: {"month": [], "page": []})
    errors: Counter[str] = field(default_factory=Counter)
    received: int = 0


class Reader:
    """One person before one open page."""

    def __init__(self, url: str, cookie: str, number: int) -> None:
        self._url, self._cookie, self._number = url, cookie, number
        self._random = random.Random(_SEED + number)
        self._socket: ClientConnection
        self._widgets: dict[str, Widget] = {}
        self._pages: dict[str, str] = {}
        self._page, self._page_hash, self._query = "", "", ""
        self._kept: dict[str, ForwardMsg] = {}
        self.received = 0

    async def open(self) -> float:
        """Open the first page; seconds until it is there."""
        parts = urlsplit(self._url)
        # Each from an address of its own, as people have: the app limits what one address may open.
        here = f"127.{1 + self._number // 62500}.{1 + self._number // 250 % 250}.{1 + self._number % 250}"
        self._socket = await connect(
            f"ws://{parts.netloc}/_stcore/stream",
            origin=Origin(self._url),
            additional_headers={"Cookie": self._cookie},
            subprotocols=[Subprotocol("streamlit")],
            local_addr=(here, 0),
            max_size=None,
            open_timeout=_PATIENCE,
            ping_interval=None,
        )
        return await self._run()

    async def close(self) -> None:
        """Close the page."""
        await self._socket.close()

    async def act(self, until: float, think: float, tally: Tally) -> None:
        """Read, click and wait for the answer, until a moment on the clock of time.perf_counter."""
        await asyncio.sleep(self._random.uniform(0, think))
        while time.perf_counter() < until:
            is_page = self._random.random() < _ANOTHER_PAGE
            try:
                took = await (self._choose_page() if is_page else self._choose_month())
            except Exception as error:
                tally.errors[f"{type(error).__name__}: {error}"[:200]] += 1
                return
            tally.times["page" if is_page else "month"].append(took)
            await asyncio.sleep(self._random.uniform(0.5, 1.5) * think)

    async def _choose_month(self) -> float:
        box = next((one for name, one in self._widgets.items() if name.endswith("-month_box")), None)
        if box is None:
            raise Broken("no choice of months is on the page")
        others = [option for option in box.options if option != box.value]
        box.value = others[min(int(self._random.expovariate(_NEWEST)), len(others) - 1)]
        return await self._run(box.value)

    async def _choose_page(self) -> float:
        self._page = self._random.choice([page for page in _PAGES if page != self._page])
        self._page_hash, self._query = self._pages[self._page], ""
        self._widgets = {name: one for name, one in self._widgets.items() if name.endswith("-language_box")}
        return await self._run()

    async def _run(self, expected: str = "") -> float:
        """Send the state of the page and read its run to the end.

        Args:
            expected: a month the page is to say.
        """
        began = time.perf_counter()
        await self._socket.send(self._message())
        shown: dict[str, Widget] = {}
        is_said = not expected
        async with asyncio.timeout(_PATIENCE):
            while True:
                raw = await self._socket.recv()
                assert isinstance(raw, bytes)
                self.received += len(raw)
                message = self._whole(ForwardMsg.FromString(raw))
                kind = message.WhichOneof("type")
                if kind == "delta":
                    is_said = self._take(message.delta, shown, expected) or is_said
                elif kind == "navigation":
                    self._pages = {
                        "" if page.is_default else page.url_pathname: page.page_script_hash
                        for page in message.navigation.app_pages
                    }
                    self._page_hash = message.navigation.page_script_hash
                elif kind == "page_info_changed":
                    self._query = message.page_info_changed.query_string
                elif kind == "script_finished":
                    took = time.perf_counter() - began
                    if message.script_finished == ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY:
                        self._widgets |= shown
                    elif message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
                        self._widgets = shown
                    else:
                        raise Broken(ForwardMsg.ScriptFinishedStatus.Name(message.script_finished))
                    if not is_said:
                        raise Broken("the page does not show the month that was chosen")
                    return took

    def _whole(self, message: ForwardMsg) -> ForwardMsg:
        """A message, or the one kept under the hash it refers to."""
        if message.WhichOneof("type") == "ref_hash":
            return self._kept[message.ref_hash]
        if message.metadata.cacheable:
            self._kept[message.hash] = message
        return message

    def _take(self, delta: Any, shown: dict[str, Widget], expected: str) -> bool:
        """Note a widget; whether the element says the month that is waited for. A page that says something went wrong is
        no answer."""
        if delta.WhichOneof("type") != "new_element":
            return False
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "exception" or (kind == "alert" and ":material/error:" in element.alert.icon):
            raise Broken("the page shows an error")
        if kind in ("selectbox", "radio", "button_group"):
            one = getattr(element, kind)
            shown[one.id] = self._widget(kind, one)
        return kind == "html" and "as-of" in element.html.body and expected in element.html.body

    def _widget(self, kind: str, one: Any) -> Widget:
        """A widget as it came, which keeps what it was set to unless the server sets it."""
        options = [option.content for option in one.options] if kind == "button_group" else list(one.options)
        if one.set_value:
            value = one.raw_values[0] if kind == "button_group" and one.raw_values else getattr(one, "raw_value", None)
        elif one.id in self._widgets:
            value = self._widgets[one.id].value
        elif kind == "button_group":
            value = options[one.default[0]] if one.default else None
        else:
            value = options[one.default] if one.HasField("default") and options else None
        return Widget(kind, options, value or None)

    def _message(self) -> bytes:
        message = BackMsg()
        run = message.rerun_script
        run.query_string, run.page_script_hash = self._query, self._page_hash
        run.cached_message_hashes.extend(self._kept)
        context = run.context_info
        context.timezone, context.timezone_offset, context.locale = "Asia/Shanghai", -480, "zh-CN"
        context.url, context.color_scheme = f"{self._url}/{self._page}", "light"
        for name, widget in self._widgets.items():
            state = run.widget_states.widgets.add()
            state.id = name
            if widget.value is not None and widget.kind == "button_group":
                state.string_array_value.data.append(widget.value)
            elif widget.value is not None:
                state.string_value = widget.value
        # Where nothing was chosen yet, the browser still says that it has no widgets.
        run.widget_states.SetInParent()
        return bytes(message.SerializeToString())


class Crowd:
    """Everybody, as told by whoever started this process."""

    def __init__(self, url: str, cookies: Sequence[str]) -> None:
        self._url, self._cookies = url, cookies
        self._readers: list[Reader] = []

    async def do(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """One line of what to do, and what it took."""
        if "open" in told:
            return await self._open(int(told["open"]))
        if "act" in told:
            return await self._act(float(told["act"]), float(told["think"]))
        await asyncio.gather(*(reader.close() for reader in self._readers))
        self._readers.clear()
        return {}

    async def _open(self, count: int) -> dict[str, Any]:
        gate, errors = asyncio.Semaphore(_AT_ONCE), Counter[str]()

        async def enter(number: int) -> float | None:
            reader = Reader(self._url, self._cookies[number % len(self._cookies)], number)
            async with gate:
                try:
                    took = await reader.open()
                except Exception as error:
                    errors[f"{type(error).__name__}: {error}"[:200]] += 1
                    return None
            self._readers.append(reader)
            return took

        times = [took for took in await asyncio.gather(*map(enter, range(len(self._readers), count))) if took]
        return {"opened": len(self._readers), "errors": dict(errors), **_percentiles("open", times)}

    async def _act(self, seconds: float, think: float) -> dict[str, Any]:
        tally, before = Tally(), sum(reader.received for reader in self._readers)
        began = time.perf_counter()
        await asyncio.gather(*(reader.act(began + seconds, think, tally) for reader in self._readers))
        taken = time.perf_counter() - began
        times = [*tally.times["month"], *tally.times["page"]]
        received = sum(reader.received for reader in self._readers) - before
        return {
            "reruns": len(times),
            "per_second": len(times) / taken,
            "bytes": received / max(len(times), 1),
            "errors": dict(tally.errors),
            **_percentiles("all", times),
            **_percentiles("month", tally.times["month"]),
            **_percentiles("page", tally.times["page"]),
        }


def _percentiles(name: str, times: Sequence[float]) -> dict[str, float]:
    """Milliseconds."""
    if len(times) < 2:
        return {}
    cuts = [1000 * cut for cut in statistics.quantiles(times, n=100, method="inclusive")]
    return {f"{name}_p50": cuts[49], f"{name}_p95": cuts[94], f"{name}_most": 1000 * max(times)}


async def _serve() -> None:
    loop = asyncio.get_running_loop()
    first = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    crowd = Crowd(first["url"], first["cookies"])
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps(await crowd.do(json.loads(line)), ensure_ascii=False), flush=True)


if __name__ == "__main__":
    asyncio.run(_serve())
