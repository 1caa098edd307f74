"""Office files do not tell when they were written."""

from __future__ import annotations

from datetime import datetime, timedelta

import time_machine

from reports.docx import to_docx
from reports.layouts.measures import layout
from reports.xlsx import to_xlsx
from tests.reports.layouts.sample import figures


def test_the_same_document_gives_the_same_bytes_at_any_time() -> None:
    document = layout(figures("003"), "003")
    start = datetime(2026, 11, 21, 9)
    for draw in (to_docx, to_xlsx):
        with time_machine.travel(start):
            first = draw(document)
        with time_machine.travel(start + timedelta(days=400)):
            assert draw(document) == first
