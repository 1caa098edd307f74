"""The console's menu, in one place. A page joins by adding a line here."""

from __future__ import annotations

from dataclasses import dataclass

from models.agency import ROLES


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the menu. `endpoint`: "console.staff.index"; `icon`: a Bootstrap icon's name; `roles`: who sees it.

    On a phone the first `main` entries stand in the bar below, the others behind "เพิ่มเติม"."""

    label: str
    endpoint: str
    icon: str
    roles: tuple[str, ...] = ROLES
    main: bool = False

    @property
    def section(self) -> str:
        """All pages of the same blueprint light up the same line."""
        return self.endpoint.rpartition(".")[0]


ADMIN = ("admin",)

NAVIGATION: list[Entry] = [
    Entry("ภาพรวม", "console.dashboard.index", "graph-up", ("clerk", "mayor"), main=True),
    Entry("กล่องงาน", "console.inbox.index", "inbox", main=True),
    Entry("งานตามกำหนด", "console.duties.index", "calendar-check", main=True),
    Entry("คลังคำตอบ", "console.faq.index", "chat-left-text", main=True),
    Entry("มาตรการ", "console.measures.index", "list-check"),
    Entry("คะแนนและข้อ OIT", "console.ita.scores", "clipboard-check"),
    Entry("ทะเบียน", "console.registers.index", "journal-check"),
    Entry("เอกสารรายงาน", "console.documents.index", "file-earmark-text"),
    Entry("ภาพรวม", "console.dashboard.index", "graph-up", ("head", "admin")),
    Entry("แบบฟอร์ม", "console.form_builder.index", "ui-radios", ("admin", "clerk", "head", "officer")),
    Entry("ยืม-คืนพัสดุ", "console.assets.index", "box-seam"),
    Entry("นับผู้มาติดต่อ", "console.walkins.index", "person-plus", ("officer", "head", "clerk", "admin")),
    Entry("แบบประเมิน EIT", "console.eit.index", "ui-checks"),
    Entry("การมีส่วนร่วม", "console.participation.index", "people-fill"),
    Entry("ประกาศทาง LINE", "console.announcements.index", "megaphone", ("admin", "clerk", "mayor")),
    Entry("การส่งข้อความ", "console.deliveries.index", "send", ("admin", "clerk")),
    Entry("ข้อความสำเร็จรูป", "console.settings.replies", "chat-square-text", ("clerk", "head")),
    Entry("เจ้าหน้าที่", "console.staff.index", "people", ADMIN),
    Entry("ส่วนงาน", "console.units.index", "diagram-3", ADMIN),
    Entry("ประเภทเรื่อง", "console.categories.index", "tags", ADMIN),
    Entry("วันหยุด", "console.holidays.index", "calendar-event", ADMIN),
    Entry("ตั้งค่าหน่วยงาน", "console.settings.index", "gear", ADMIN),
    Entry("ประวัติการใช้งาน", "console.audit.index", "journal-text", ("admin", "clerk", "mayor")),
    Entry("บัญชีของฉัน", "console.account.index", "person-circle"),
]
