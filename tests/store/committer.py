"""A process that commits without pause and says each batch it was acknowledged: killed by test_kill.py."""

import random
import sys
from pathlib import Path

from ecodash.store.engine import open_store
from tests.builders import VILLAGES, commit, settings_in


def main(folder: str, seed: int) -> None:
    draw = random.Random(seed)
    store = open_store(settings_in(Path(folder)))
    print("open", flush=True)
    while True:
        rows = [
            (village, code, f"2026-{month:02d}", draw.randint(0, 10**6))
            for village in VILLAGES
            for code in ("garbage", "toilets", "households", "toilet_rate")
            for month in range(1, draw.randint(2, 7))
        ]
        receipt = commit(store, *rows)
        print(receipt.batch, receipt.cells, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
