"""kill -9 while a process commits: no acknowledged batch is lost, and none is half there."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import sqlalchemy as sa

from ecodash.settings import PROJECT_ROOT
from ecodash.store import check
from ecodash.store.engine import open_store
from ecodash.store.tables import batch
from tests.builders import new_store, settings_in

ROUNDS = 10


def killed_run(folder: Path, round_number: int) -> dict[int, int]:
    """Start the committer, kill it at a random moment after none to three batches; batch → cells, as acknowledged."""
    command = [sys.executable, "-m", "tests.store.committer", str(folder), str(round_number)]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        # Waited for, so that a busy machine too has batches to lose.
        lines = [process.stdout.readline() for _ in range(round_number % 4)]
        time.sleep(random.Random(round_number).uniform(0.05, 0.6))
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.read().splitlines()
    assert process.returncode == -signal.SIGKILL, "the committer ended by itself"
    # A line cut short by the kill was not an acknowledgement.
    return {int(line.split()[0]): int(line.split()[1]) for line in lines if len(line.split()) == 2}


def test_no_acknowledged_batch_is_lost_and_none_is_half_there(tmp_path: Path) -> None:
    new_store(tmp_path).close()
    acknowledged: dict[int, int] = {}
    for number in range(ROUNDS):
        fresh = killed_run(tmp_path, number)
        assert not fresh.keys() & acknowledged.keys()
        acknowledged |= fresh
        store = open_store(settings_in(tmp_path))
        with store.reading() as connection:
            stored = {row.seq: row.cell_count for row in connection.execute(sa.select(batch.c.seq, batch.c.cell_count))}
            assert check.problems(connection) == [], f"round {number}"
        store.close()
        lost = {seq: count for seq, count in acknowledged.items() if stored.get(seq) != count}
        assert not lost, f"round {number}: {lost}"
        # At most the commit under way when it was killed may stand unacknowledged.
        assert len(stored) - len(acknowledged) <= number + 1
    assert len(acknowledged) >= ROUNDS
