"""What is asked for a proposal: in chat one question at a time, on the web on one page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.agencies import AgencyView
from handlers.forms import Answers, ConsentField, FieldError, Form, Given, TextField
from thai.place import parse_moo


@dataclass(frozen=True, kw_only=True)
class MooField(TextField):
    """The number of a village; stored as a number."""

    def read(self, given: Given, agency: AgencyView, answers: Answers) -> Any:
        if self.skipped(given) or not (given.text or given.value).strip():
            return None
        moo = parse_moo(given.text or given.value)
        if moo is None:
            raise FieldError("ขอเป็นเลขหมู่นะคะ เช่น หมู่ 3")
        return moo

    def show(self, value: Any, agency: AgencyView) -> str:
        return f"หมู่ {value}" if value else "ไม่ระบุ"


CONSENT = ConsentField(
    name="consent", label="ความยินยอม", ask="ยินยอมให้เก็บข้อเสนอนี้ไว้พิจารณาและตอบคุณไหมคะ\nเวลาเผยแพร่จะไม่มีชื่อคุณค่ะ"
)
WORDS = TextField(
    name="words",
    label="ข้อเสนอ",
    ask="อยากให้เราทำอะไรคะ",
    example="อยากให้มีลานออกกำลังกายที่หมู่ 3",
    shortest=5,
)
MOO = MooField(name="moo", label="หมู่", ask="เป็นเรื่องของหมู่ไหนคะ", example="หมู่ 3", optional=True, skip_label="ไม่เจาะจงหมู่")
CONTACT = TextField(
    name="contact",
    label="ชื่อหรือเบอร์ติดต่อ",
    ask="ให้ติดต่อกลับทางไหนได้อีกคะ\nไม่บอกก็ได้ค่ะ เราตอบทางแชตนี้",
    optional=True,
    longest=200,
    skip_label="ไม่ระบุ",
)
PROPOSAL = Form("proposal", "ข้อเสนอ", (CONSENT, WORDS, MOO, CONTACT))


def words_of(answers: Mapping[str, Any]) -> str:
    """What was proposed, with what LINE delivered late."""
    return "\n".join([answers["words"], *answers.get("late", ())])
