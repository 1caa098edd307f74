"""Time that a test can move."""

import time
from datetime import UTC, datetime, timedelta


class Clock:
    """The wall clock plus an offset; every expiry in the stand-in is judged by it."""

    def __init__(self) -> None:
        self.offset = 0.0  # seconds

    def seconds(self) -> float:
        return time.time() + self.offset

    def milliseconds(self) -> int:
        return int(self.seconds() * 1000)

    def day(self) -> str:
        """Today as yyyymmdd in UTC+9, the time zone of LINE's own statistics."""
        return (datetime.fromtimestamp(self.seconds(), UTC) + timedelta(hours=9)).strftime("%Y%m%d")

    def iso(self) -> str:
        return datetime.fromtimestamp(self.seconds(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
