"""A browser's tab without the browser: it talks to a running app as Streamlit's page does, and says what it likes."""

from contextlib import ExitStack

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from ecodash.sessions import SESSION_COOKIE


class Tab:
    """A tab of somebody who is signed in.

    Args:
        url: of the app.
        login: their session.
        resumes: id of an open page to be taken up again.
    """

    def __init__(self, url: str, login: str, resumes: str = "") -> None:
        self._open = ExitStack()
        opening = connect(
            f"ws://{url.removeprefix('http://')}/_stcore/stream", origin=url, max_size=None,  # type: ignore[arg-type]
            additional_headers={"Cookie": f"{SESSION_COOKIE}={login}"}, open_timeout=60,
            subprotocols=["streamlit", "x", resumes] if resumes else ["streamlit"],  # type: ignore[list-item]
        )  # fmt: skip
        self._socket = self._open.enter_context(opening)
        self.page_id = ""

    def run(self, page: str, *states: WidgetState, query: str = "") -> list[ForwardMsg]:
        """Have a page run, with widgets as somebody wants them; everything it answers."""
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
        return told

    def read(self, page: str, *states: WidgetState, query: str = "") -> str:
        """Have a page run: every text in what it answers."""
        return texts(self.run(page, *states, query=query))

    def widget(self, key: str) -> str:
        """Id of a widget the last run drew, by the end of its id: its key."""
        return next(found for found in widgets(self.last) if found.endswith(f"-{key}"))

    def close(self) -> None:
        """Close the tab."""
        self._open.close()


def texts(told: list[ForwardMsg]) -> str:
    """Every text in some messages."""
    return "".join(message.SerializeToString().decode("utf-8", "ignore") for message in told)


def widgets(told: list[ForwardMsg]) -> dict[str, str]:
    """Ids of the widgets a page drew → their kinds."""
    found = {}
    for message in told:
        if message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            kind = message.delta.new_element.WhichOneof("type")
            identity = getattr(getattr(message.delta.new_element, str(kind)), "id", "")
            if identity:
                found[identity] = str(kind)
    return found


def is_let_in(url: str, login: str, resumes: str = "") -> bool:
    """Whether a tab gets a connection at all."""
    try:
        Tab(url, login, resumes).close()
    except (InvalidHandshake, ConnectionClosed):
        return False
    return True
