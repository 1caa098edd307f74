"""What the agency says on the public pages, and how the desk works: texts, periods of the figures, the year's items."""

from __future__ import annotations

from flask import Response, render_template, request

from integrity import audit, setup
from integrity.pages import access
from integrity.pages.context import today
from integrity.pages.officers import pages, to
from integrity.sealing import officer_reader
from thai.fiscal import fiscal_year

TEXTS = {
    "how": "วิธีแจ้งเรื่องของบุคคลภายนอก",
    "steps": "ขั้นตอนการจัดการเรื่อง (บรรทัดละขั้น)",
    "unit": "ส่วนงานที่รับผิดชอบ",
    "days": "ระยะเวลาดำเนินการ ({answer_days} คือจำนวนวันที่ตั้งไว้ด้านล่าง)",
    "law": "ความคุ้มครองตามกฎหมาย",
    "phones": "สายด่วน (บรรทัดละหมายเลข)",
}
ITEMS = {"guideline": "แนวปฏิบัติการจัดการเรื่องร้องเรียนการทุจริต", "channel": "ช่องทางแจ้งเรื่อง", "statistics": "ข้อมูลเชิงสถิติ"}
LONGEST = 4000


@pages.get("/settings")
@access.policy(*access.INSIDE)
def settings() -> str:
    """The agency's own words; an empty one brings the default back."""
    return _page()


@pages.post("/settings")
@access.policy(*access.INSIDE)
def save_settings() -> Response | str:
    typed = request.form.to_dict()
    words = {key: typed.get(key, "").replace("\r\n", "\n")[:LONGEST] for key in TEXTS}
    year = fiscal_year(today())
    try:
        chosen = setup.read_settings(typed)
    except setup.BadSetting as wrong:
        return _page(str(wrong))
    with access.writing() as work:
        own = {key: "" if text.strip() == setup.DEFAULT_TEXTS[key].strip() else text for key, text in words.items()}
        setup.change(work.desk, texts=own, settings=chosen)
        numbers = {name: typed.get(name, "")[:20] for name in ITEMS}
        setup.set_year_number(work.session, work.desk, year, **numbers)
        audit.append(work.session, work.desk, officer_reader(work.me.id), "desk.changed", b"", now=work.now)
    return to("settings", done="settings")


def _page(problem: str = "") -> str:
    with access.reading() as work:
        year = fiscal_year(today())
        numbers = setup.year_number(work.session, work.desk, year)
        present = {
            **{key: work.desk.texts.get(key) or setup.DEFAULT_TEXTS[key] for key in TEXTS},
            **{name: getattr(numbers, name) if numbers else "" for name in ITEMS},
            "period": setup.setting(work.desk, "period"),
            "answer_days": setup.setting(work.desk, "answer_days"),
            "retention_years": setup.setting(work.desk, "retention_days") // 365,
            "chat_door": "yes" if setup.setting(work.desk, "chat_door") else "",
        }
        if problem:
            present |= {"chat_door": ""} | request.form.to_dict()
        return render_template(
            "integrity/desk/settings.html",
            problem=problem,
            present=present,
            texts=TEXTS,
            items=ITEMS,
            periods=setup.PERIODS,
            year=year,
            longest=LONGEST,
        )
