"""Reading what was typed into the console's forms."""

from __future__ import annotations

from datetime import time

from flask import request

from handlers.people.operations import PeopleError
from thai.digits import to_arabic
from web.console import access


def number(name: str) -> int | None:
    """A whole number, Thai or Arabic digits; None for anything else."""
    typed = to_arabic(request.form.get(name, "")).strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 9 else None


def query_id(name: str) -> int | None:
    """A row's id in the address's query; None for anything else."""
    typed = request.args.get(name, "")
    return (
        int(typed)
        if typed.isascii() and typed.isdigit() and len(typed) <= 10 and int(typed) <= access.LARGEST_ID
        else None
    )


def ticked(name: str) -> bool:
    return request.form.get(name) == "1"


def clock(name: str) -> time:
    """A time such as 08:30 or ๘.๓๐ (Bangkok's clock). Raises PeopleError."""
    try:
        return time.fromisoformat(to_arabic(request.form.get(name, "")).strip().replace(".", ":").zfill(5))
    except ValueError:
        raise PeopleError(name, "กรุณากรอกเวลา เช่น 08.30") from None


def lines(name: str) -> tuple[str, ...]:
    """Words of a text area, one a line or parted by commas, without repeats."""
    typed = request.form.get(name, "").replace(",", "\n").splitlines()
    return tuple(dict.fromkeys(word.strip() for word in typed if word.strip()))
