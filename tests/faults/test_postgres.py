"""A few rounds of each fault of PostgreSQL; and how one that does not answer is told to whoever asks."""

from pathlib import Path
from typing import Any

import pytest

from ecodash.errors import StoreUnreachable
from ecodash.store.engine import open_store
from ecodash.web.trouble import TroubleTold
from tests.faults import office, postgres
from tests.faults.test_store import held
from tests.web.apart import finish


def test_nothing_acknowledged_is_lost_and_an_unknown_outcome_is_told_as_unknown(tmp_path: Path) -> None:
    report = held(postgres.run(len(postgres.KINDS), 5, tmp_path))
    assert sum(report.messages.values()) == len(postgres.KINDS)
    assert any("不知道这次操作是否已经保存" in said for said in report.messages)


def test_a_server_that_is_not_there_is_named_with_what_to_do(tmp_path: Path) -> None:
    settings = office.settings_of(tmp_path, database_url="postgresql+psycopg://u:p@127.0.0.1:1/none")
    with pytest.raises(StoreUnreachable, match=r"127\.0\.0\.1:1.*检查数据库服务"):
        open_store(settings)


@pytest.mark.parametrize(("accept", "kind"), [("text/html", b"text/html"), ("*/*", b"application/json")])
def test_a_store_that_does_not_answer_is_told_by_the_web(accept: str, kind: bytes) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise StoreUnreachable("连不上数据库。", "请稍后再试。")

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "path": "/ranking", "headers": [(b"accept", accept.encode())]}
    finish(TroubleTold(broken)(scope, receive, send))
    headers = dict(sent[0]["headers"])
    assert sent[0]["status"] == 503
    assert headers[b"content-type"].startswith(kind)
    assert "连不上数据库" in sent[1]["body"].decode()
    assert headers[b"retry-after"].isdigit()
    sent.clear()
    finish(TroubleTold(broken)({"type": "websocket", "path": "/_stcore/stream", "headers": []}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1013, "reason": ""}]
