"""How every process of ours writes its log: one line an event, and never what a person wrote.

An exception's own message may hold a citizen's words (a database error quotes the row it refused), so tracebacks are
written with places and class names only.
"""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType

import structlog


class _PlacesOnly(logging.Formatter):
    """Tracebacks without the exceptions' messages."""

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        lines: list[str] = []
        error: BaseException | None = ei[1]
        while error is not None:
            lines.append(type(error).__name__)
            lines += [f"  {f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(error.__traceback__)]
            error = error.__cause__ or error.__context__
        return "\n".join(lines)


def configure(level: int = logging.INFO) -> None:
    """Send our logs, and those of the libraries from warnings on, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_PlacesOnly("%(asctime)s %(name)s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("sujarit").setLevel(level)
    structlog.configure(
        processors=[structlog.processors.TimeStamper(fmt="iso"), structlog.processors.LogfmtRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
