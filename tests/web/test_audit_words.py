"""Whatever the program logs has words in the audit page."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from web.console import audit_details
from web.console.audit_words import ACTIONS

ROOT = Path(__file__).resolve().parents[2]
LOGGED = re.compile(r"audit\.record\(\s*[^,]+,\s*[^,]+,\s*\"([a-z_]+)\"|_changed\(\s*session,\s*actor,\s*\"([a-z_]+)\"")


def test_every_act_has_thai_words() -> None:
    code = "\n".join(
        path.read_text() for folder in ("handlers", "scheduler", "web", "bot") for path in (ROOT / folder).rglob("*.py")
    )
    logged = {first or second for first, second in LOGGED.findall(code)}
    assert len(logged) > 100
    assert logged - set(ACTIONS) == set()


def _calls() -> list[ast.Call]:
    """All that writes the log: audit.record and the steps that pass their detail on to it."""
    writers = {"record", "clock_entry", "step", "case_step", "desk_step", "_step", "_changed"}
    return [
        node
        for folder in ("handlers", "scheduler", "web", "bot")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and (getattr(node.func, "attr", "") in writers or getattr(node.func, "id", "") in writers)
    ]


def test_every_key_and_every_row_has_thai_words() -> None:
    calls = _calls()
    keys = {keyword.arg for call in calls for keyword in call.keywords if keyword.arg} - {"detail", "note", "now"}
    assert len(keys) > 50
    assert keys - set(audit_details.KEYS) == set()
    begun = {
        value.value
        for call in calls
        for arg in call.args
        if isinstance(arg, ast.JoinedStr) and isinstance(value := arg.values[0], ast.Constant)
    }
    kinds = {str(text).partition(":")[0] for text in begun if re.match(r"[a-z_]+:", str(text))}
    assert len(kinds) > 25
    assert kinds - set(audit_details.NOUNS) == set()


@pytest.mark.parametrize(
    ("subject", "detail", "words"),
    [
        ("staff:5", {"role": "officer", "unit": 2}, [("บทบาท", "เจ้าหน้าที่"), ("ส่วนงาน", "กองคลัง")]),
        ("measure:3", {"status": "done", "was": "not_started"}, [("สถานะ", "ดำเนินการแล้ว"), ("จากเดิม", "ยังไม่ดำเนินการ")]),
        ("case:3", {"status": "new"}, [("สถานะ", "รอรับเรื่อง")]),
        ("case:3", {"assignee": 7, "unit": None}, [("ผู้รับผิดชอบ", "นายช่าง"), ("ส่วนงาน", "ไม่กำหนด")]),
        ("register_entry:1", {"register": "procurement"}, [("ทะเบียน", "จัดซื้อจัดจ้าง")]),
        ("asset:1", {"active": True}, [("ใช้งาน", "ใช่")]),
        ("loan:1", {"until": "2026-12-04", "loans": [3, 4]}, [("ถึงวันที่", "4 ธ.ค. 69"), ("รายการยืม", "3, 4")]),
        ("agency:1", {"names": ["open311", "public_map"]}, [("ค่าที่แก้", "Open311, หน้าเรื่องในแต่ละหมู่")]),
        ("staff:5", {"unheard": "of"}, [("unheard", "of")]),
    ],
)
def test_a_detail_is_told_in_words(subject: str, detail: dict[str, object], words: list[tuple[str, str]]) -> None:
    assert audit_details.in_words(subject, detail, {"staff:7": "นายช่าง"}, {2: "กองคลัง"}) == words


def test_a_row_s_words_lead_back_to_it() -> None:
    assert audit_details.about("measure:3") == "มาตรการ 3"
    assert audit_details.subject_of("มาตรการ 3") == "measure:3"
    assert audit_details.about("agency:1") == "หน่วยงาน"
    assert audit_details.about("web:0f08f22f0a527f36") == "แบบฟอร์มบนเว็บ"
    assert audit_details.subject_of("C70-000012") is None
    assert audit_details.subject_of("มาตรการ สาม") is None
