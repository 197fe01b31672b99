"""Answers that were given before, kept in this process. st.cache_data would copy each through pickle at every use, which
takes longer than most of a page."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

import pandas as pd

from ecodash.meters import CACHE
from ecodash.workspace import forget_views

_HIT, _MISS = (CACHE.labels("answers", result) for result in ("hit", "miss"))
_OBJECT_BYTES = 400
"""What a cell that is a list or a text weighs, about."""
_FRAME_BYTES = 8_000
"""What a frame weighs beside its values, about: of a few rows it is nearly all."""


class AnswerMemory:
    """Answers by a key that names immutable data; those not used longest go first.

    Args:
        most_answers, most_bytes: kept at most; bytes by estimate.
    """

    def __init__(self, most_answers: int = 20_000, most_bytes: int = 80_000_000) -> None:
        self._limits = (most_answers, most_bytes)
        self._bytes = 0
        self._answers: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def answer(self, key: Hashable, work: Callable[[], Any]) -> Any:
        """The answer under a key, worked out where it is not kept. A frame is the asker's own to change."""
        with self._lock:
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
        (_MISS if found is None else _HIT).inc()
        if found is not None:
            return _own(found[0])
        answer = work()
        weight = _weight(answer)
        most_answers, most_bytes = self._limits
        with self._lock:
            self._bytes += weight - self._answers.pop(key, (None, 0))[1]
            self._answers[key] = (answer, weight)
            while len(self._answers) > most_answers or (self._bytes > most_bytes and len(self._answers) > 1):
                self._bytes -= self._answers.popitem(last=False)[1][1]
        return _own(answer)


def _own(answer: Any) -> Any:
    """Frames share their values until one is written to."""
    if isinstance(answer, pd.DataFrame):
        forget_views(answer)
        return answer.copy(deep=False)
    if isinstance(answer, list):
        return list(answer)
    if isinstance(answer, dict):
        return dict(answer)
    return tuple(map(_own, answer)) if type(answer) is tuple else answer


def _weight(answer: Any) -> int:
    if isinstance(answer, pd.DataFrame):
        objects = sum(pd.api.types.is_object_dtype(kind) for kind in answer.dtypes)
        return _FRAME_BYTES + int(answer.memory_usage().sum()) + objects * len(answer) * _OBJECT_BYTES
    return sum(map(_weight, answer)) if isinstance(answer, tuple | list) else _OBJECT_BYTES
