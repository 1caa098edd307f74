"""Trouble on demand: what the network and LINE do on a bad day."""

import fnmatch
import threading
from dataclasses import asdict, dataclass
from typing import Any

# Before the request is looked at
STATUS = "status"  # answers `status`, nothing done
RATE_LIMIT = "rate_limit"  # 429, try again later
MONTHLY_LIMIT = "monthly_limit"  # 429 although the ledger may have room
TIMEOUT = "timeout"  # silence for `seconds`, nothing done
RESET = "reset"  # the connection breaks, nothing done
DELAY = "delay"  # slow by `seconds`, then as usual
# After it was carried out
ACCEPTED_STATUS = "accepted_status"  # done, yet answers `status`
ACCEPTED_TIMEOUT = "accepted_timeout"  # done, then silence
ACCEPTED_RESET = "accepted_reset"  # done, then the connection breaks
# On the way to the webhook (endpoint "webhook")
DROP = "drop"  # the post never arrives

KINDS = (
    STATUS,
    RATE_LIMIT,
    MONTHLY_LIMIT,
    TIMEOUT,
    RESET,
    DELAY,
    ACCEPTED_STATUS,
    ACCEPTED_TIMEOUT,
    ACCEPTED_RESET,
    DROP,
)


@dataclass
class Fault:
    """`endpoint`: a path, its last part ("push"), a glob ("*"), or "webhook". `times`: how many calls."""

    endpoint: str
    kind: str
    times: int = 1
    status: int = 500
    seconds: float = 5.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; known: {', '.join(KINDS)}")

    def hits(self, path: str) -> bool:
        if path == "webhook" or self.endpoint == "webhook":
            return path == self.endpoint
        return fnmatch.fnmatch(path, self.endpoint) or path.endswith("/" + self.endpoint)


class Faults:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queue: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._queue.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._queue.clear()

    def waiting(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._queue]

    def next(self, path: str) -> Fault | None:
        """The fault that strikes this call, if one waits for it; each strikes `times` calls."""
        with self._lock:
            for fault in self._queue:
                if fault.hits(path):
                    fault.times -= 1
                    if fault.times <= 0:
                        self._queue.remove(fault)
                    return fault
        return None
