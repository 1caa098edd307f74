"""One service on one A4 sheet for the counter's wall: its steps as a flow chart, papers, fee, time, and a QR code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from reports import qr
from reports.typeset import compile_pdf


@dataclass(frozen=True, slots=True)
class ServiceSheet:
    """What stands on the sheet. `address` is what the code holds, `call` the words beside it; empty texts are left
    out. `law` is the legal note, `contact` e.g. "กองคลัง โทร 02-000-1202"."""

    agency: str
    name: str
    steps: tuple[str, ...]
    documents: tuple[str, ...]
    fee: str
    days: str
    contact: str
    law: str
    address: str
    call: str
    note: str = ""


def draw(sheets: Sequence[ServiceSheet]) -> bytes:
    """One PDF, a page each (a long service runs on to the next). Raises ValueError without sheets."""
    if not sheets:
        raise ValueError("a service sheet needs a service")
    files, rows = {}, []
    for number, sheet in enumerate(sheets):
        files[f"qr{number}.svg"] = qr.draw(sheet.address, "svg", "Q")
        shown = sheet.address.removeprefix("https://").removeprefix("http://").rstrip("/")
        rows.append(asdict(sheet) | {"qr": f"qr{number}.svg", "shown": shown})
    return compile_pdf("service.typ", {"sheets": rows}, files)
