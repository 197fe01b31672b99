"""The app as a process with a hand in it, and browser tabs that talk to it as Streamlit's page does."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from ecodash.sessions import SESSION_COOKIE
from ecodash.settings import PROJECT_ROOT


@dataclass
class App:
    """A running app.

    Args:
        hand: the folder that says what goes wrong (sabotaged_app).
    """

    url: str
    home: Path
    hand: Path
    log: Path
    process: "subprocess.Popen[bytes]"

    def set(self, name: str, said: str = "") -> None:
        """Put something wrong, or right again."""
        file = self.hand / name
        if not said:
            file.unlink(missing_ok=True)
            return
        fresh = file.with_suffix(".new")
        fresh.write_text(said, encoding="utf-8")
        fresh.replace(file)

    def ask(self, path: str, login: str = "", **more: str) -> httpx.Response:
        """One request of a browser."""
        cookies = {"Cookie": f"{SESSION_COOKIE}={login}"} if login else {}
        return httpx.get(
            self.url + path, headers={"Accept": "text/html", **cookies, **more}, follow_redirects=False, timeout=60
        )  # fmt: skip


@contextmanager
def running_app(home: Path, scratch: Path, **settings: str) -> Iterator[App]:
    """The app over a home with accounts; ended however it stands."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    hand = scratch / "hand"
    hand.mkdir(exist_ok=True)
    log = scratch / f"app-{port}.log"
    environment = os.environ | {
        "ECODASH_HOME": str(home), "ECODASH_OPEN": "", "SABOTAGE": str(hand), "PYTHONPATH": str(PROJECT_ROOT), **settings,
    }  # fmt: skip
    command = [sys.executable, str(Path(__file__).parent / "sabotaged_app.py"), "--server.port", str(port)]
    with log.open("wb") as written:
        process = subprocess.Popen(command, cwd=PROJECT_ROOT, env=environment, stdout=written, stderr=written)
    app = App(f"http://127.0.0.1:{port}", home, hand, log, process)
    try:
        for _ in range(480):
            assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
            try:
                httpx.get(f"{app.url}/healthz", timeout=10)
                break
            except httpx.TransportError:
                time.sleep(0.25)
        else:
            raise AssertionError("the app did not answer")
        yield app
    finally:
        process.kill()
        process.wait()


class Tab:
    """A browser's tab.

    Args:
        resumes: id of an open page to be taken up again.
    """

    def __init__(self, app: App, login: str, resumes: str = "") -> None:
        self._open = ExitStack()
        opening = connect(
            f"ws://{app.url.removeprefix('http://')}/_stcore/stream", origin=app.url, max_size=None,  # type: ignore[arg-type]
            additional_headers={"Cookie": f"{SESSION_COOKIE}={login}"}, open_timeout=60,
            subprotocols=["streamlit", "x", resumes] if resumes else ["streamlit"],  # type: ignore[list-item]
        )  # fmt: skip
        self._socket = self._open.enter_context(opening)
        self.page_id = ""

    def run(self, page: str, *states: WidgetState, query: str = "") -> str:
        """Have a page run: every text in what it answers."""
        asked = BackMsg()
        asked.rerun_script.page_name, asked.rerun_script.query_string = page, query
        asked.rerun_script.context_info.url = f"http://x/{page}"
        asked.rerun_script.widget_states.widgets.extend(states)
        self._socket.send(asked.SerializeToString())
        told: list[ForwardMsg] = []
        while not told or told[-1].WhichOneof("type") != "script_finished":
            told.append(ForwardMsg.FromString(self._socket.recv(timeout=120)))  # type: ignore[arg-type]
            if told[-1].WhichOneof("type") == "new_session":
                self.page_id = told[-1].new_session.initialize.session_id or self.page_id
        self.last = told
        return "".join(message.SerializeToString().decode("utf-8", "ignore") for message in told)

    def widget(self, key: str) -> str:
        """Id of a widget the last run drew, by the end of its id: its key."""
        for message in self.last:
            if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                found = str(getattr(getattr(element, str(element.WhichOneof("type"))), "id", ""))
                if found.endswith(f"-{key}"):
                    return found
        raise LookupError(key)

    def close(self) -> None:
        """Close the tab."""
        self._open.close()


def is_let_in(app: App, login: str, resumes: str = "") -> bool:
    """Whether a tab gets a connection at all."""
    try:
        Tab(app, login, resumes).close()
    except (InvalidHandshake, ConnectionClosed):
        return False
    return True
