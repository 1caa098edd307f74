"""What several threads bring while one is at work, one of them does in one go: they share a transaction."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class _Waiter(Generic[T]):
    __slots__ = ("done", "item", "wake")

    def __init__(self, item: T) -> None:
        self.item = item
        self.done = False
        self.wake = threading.Lock()
        self.wake.acquire()


class Together(Generic[T]):
    """`do` returns once `work` has had the item. `work` gets at most `most` items at a time, in the order in which
    they came, and never raises: how it went for an item stands in the item. Thread-safe."""

    def __init__(self, work: Callable[[list[T]], None], most: int) -> None:
        self._work = work
        self._most = most
        self._lock = threading.Lock()
        self._busy = False
        self._waiting: deque[_Waiter[T]] = deque()

    def do(self, item: T) -> None:
        mine = _Waiter(item)
        with self._lock:
            self._waiting.append(mine)
            wait, self._busy = self._busy, True
        if wait:
            mine.wake.acquire()  # released when another has done it, or when it is our turn to work
            if mine.done:
                return
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            self._work([waiter.item for waiter in batch])
        finally:
            with self._lock:
                self._busy = bool(self._waiting)
                if self._busy:
                    self._waiting[0].wake.release()
            for waiter in batch:
                waiter.done = True
                if waiter is not mine:
                    waiter.wake.release()
