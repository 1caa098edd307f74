"""What a person asks to see in the inbox, read from and written to the address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from handlers.complaints.labels import CHANNEL_LABEL

SCOPES = {"all": "ทั้งหมดที่ฉันดูได้", "unit": "ส่วนงานของฉัน", "mine": "ของฉัน"}
KINDS = {"": "ทุกชนิด", "case": "เรื่องร้องเรียน", "request": "คำขอรับบริการ", "question": "คำถาม"}
DUES = {"": "ทุกกำหนดเวลา", "late": "เกินกำหนด", "soon": "ใกล้ครบกำหนด", "paused": "หยุดนับเวลา"}
CHANNELS = {"": "ทุกช่องทาง", **CHANNEL_LABEL}
STATUS_CHOICES = {
    "open": "ที่ต้องทำ",
    "new": "รอรับเรื่อง / รอตอบ",
    "accepted": "รับเรื่องแล้ว",
    "in_progress": "กำลังดำเนินการ",
    "done": "รอผู้แจ้งยืนยัน / ตอบแล้ว",
    "closed": "จบแล้ว",
    "any": "ทุกสถานะ",
}
_STILL_OPEN = ("open", "new", "accepted", "in_progress")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person asked to see. `after` is the cursor of the row that the page before ended with."""

    scope: str = "all"
    kind: str = ""
    status: str = "open"
    due: str = ""
    category: int | None = None
    channel: str = ""
    words: str = ""
    after: str = ""

    @classmethod
    def read(cls, args: Mapping[str, str]) -> Filters:
        """From a query string; what is not understood falls back to the widest choice. A search looks at all states
        unless one was chosen."""
        words = " ".join(args.get("q", "").split())[:100]
        usual = "any" if words else "open"

        def known(name: str, choices: Mapping[str, str], otherwise: str) -> str:
            value = args.get(name, otherwise)
            return value if value in choices else otherwise

        category = args.get("category", "")
        return cls(
            scope=known("scope", SCOPES, "all"),
            kind=known("kind", KINDS, ""),
            status=known("status", STATUS_CHOICES, usual),
            due=known("due", DUES, ""),
            category=int(category) if category.isascii() and category.isdigit() else None,
            channel=known("channel", CHANNELS, ""),
            words=words,
            after=args.get("after", ""),
        )

    def query(self, **changes: Any) -> dict[str, str]:
        """The query string of these filters with some changed; always from the first page unless `after` is given."""
        new = replace(self, **{"after": "", **changes})
        pairs = {
            "scope": new.scope if new.scope != "all" else "",
            "kind": new.kind,
            "status": new.status if new.status != ("any" if new.words else "open") else "",
            "due": new.due,
            "category": str(new.category or ""),
            "channel": new.channel,
            "q": new.words,
            "after": new.after,
        }
        return {name: value for name, value in pairs.items() if value}

    @property
    def descending(self) -> bool:
        """What is still to be done shows the soonest first; what is past, the latest."""
        return self.status not in _STILL_OPEN
