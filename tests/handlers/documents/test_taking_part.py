"""The report on taking part: a period's activities or one of them, with photos, from rows to paper."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import files
from handlers.documents import operations, pictures
from handlers.documents.operations import DocumentError
from handlers.participation import results
from models.agency import Staff
from models.measure import Evidence
from models.participation import Activity, ActivityOpinion, Proposal
from reports.document import Document, Photos, Table
from tests.handlers.documents.conftest import NOW, Place
from tests.reports.papers import text_pages
from thai.dates import at_bangkok


def _activity(session: Session, day: date, **changes: object) -> Activity:
    row: dict[str, object] = {
        "code": f"code{day:%m%d}",
        "title": "ประชาคมหมู่ 3",
        "kind": "forum",
        "status": "open",
        "starts_at": at_bangkok(day),
        "ends_at": at_bangkok(day.replace(day=day.day + 1)),
        "place": "ศาลาประชาคม",
    }
    activity = Activity(**{**row, **changes})
    session.add(activity)
    session.flush()
    return activity


def _report(session: Session, place: Place, activity: Activity, people: str = "๕๗") -> None:
    results.report(
        session,
        activity,
        place.clerk(session),
        NOW,
        attended=people,
        who="ชาวบ้านหมู่ 3",
        said="ขอไฟทาง 4 จุด",
        result="บรรจุในแผนพัฒนาท้องถิ่น",
    )


def _photo(session: Session, place: Place, activity: Activity, folder: Path, title: str, approved: bool = True) -> str:
    raw = io.BytesIO()
    Image.new("RGB", (1600, 1200), (30, 120, 200)).save(raw, "JPEG")
    kept = files.store_upload(session, folder, place.agency_id, raw.getvalue(), "x.jpg", images_only=True)
    session.add(
        Evidence(
            kind="photo",
            title=title,
            entry_id=activity.register_entry_id,
            attachment_id=kept.id,
            dated=date(2023, 2, 1),
            added_by_id=place.clerk_id,
            approved_by_id=place.other_id if approved else None,
            approved_at=NOW if approved else None,
        )
    )
    session.flush()
    return kept.path


@pytest.fixture
def held(place: Place, tmp_path: Path) -> tuple[int, str]:
    """A forum of the second quarter with its report, an approved and a waiting photo; one whose report is owed, one
    called off, a draft, and one of the quarter before. The forum's id, and its photo's path."""
    with place.database.write(place.agency_id) as session:
        forum = _activity(session, date(2023, 2, 1))
        _report(session, place, forum)
        session.add_all(
            ActivityOpinion(activity_id=forum.id, phase="after", rating=rating, text="ความลับ") for rating in (4, 5)
        )
        path = _photo(session, place, forum, tmp_path, "ลงมติ")
        _photo(session, place, forum, tmp_path, "ยังไม่ตรวจ", approved=False)
        _activity(session, date(2023, 2, 10), title="ปลูกต้นไม้", kind="activity")
        _activity(session, date(2023, 3, 1), title="ออกหน่วย", kind="mobile", status="cancelled", reason="ฝนตก")
        _activity(session, date(2023, 3, 5), title="ยังเป็นร่าง", status="draft")
        _activity(session, date(2022, 12, 1), title="ของไตรมาสก่อน")
        session.add(Proposal(number="P66-1", fiscal_year=2566, text="ลับ", at=datetime(2023, 2, 2, tzinfo=UTC)))
        session.flush()
        return forum.id, path


def _rows(document: Document, width: int) -> list[list[str]]:
    """The rows of the first table so wide."""
    table = next(one for one in document.blocks if isinstance(one, Table) and len(one.columns) == width)
    return [["|".join(line.text for line in cell.lines) for cell in row] for row in table.rows]


def test_a_quarter_lists_what_was_held_owed_and_called_off(place: Place, held: tuple[int, str], tmp_path: Path) -> None:
    with place.database.write(place.agency_id) as session:
        staff = session.scalars(select(Staff).where(Staff.username == "palad")).one()
        issued = operations.issue(session, place.view(session), "participation", 2566, "q2", "", staff, NOW)
        drawn = operations.drawn(issued, tmp_path)
        first = {one: operations.rendered(issued, one, tmp_path) for one in ("pdf", "docx", "xlsx")}
        _report(session, place, session.get_one(Activity, held[0]), "99")
        assert operations.rendered(issued, "pdf", tmp_path) == first["pdf"]  # kept as it was
    rows = _rows(drawn, 8)
    assert [row[1].split("|")[0] for row in rows] == ["ประชาคมหมู่ 3", "ปลูกต้นไม้", "ออกหน่วย"]
    assert [row[3] for row in rows] == ["57", "-", "-"]
    assert "ขอไฟทาง 4 จุด" in rows[0][5]
    assert "คะแนนเฉลี่ยหลังร่วม 4.5 จาก 5" in rows[0][5]
    assert rows[0][7] == "1"
    assert [row[6] for row in rows[1:]] == ["ยังไม่ได้รายงานผล", "ยกเลิก: ฝนตก"]
    assert issued.title == "รายงานผลการเปิดโอกาสให้ประชาชนมีส่วนร่วม ไตรมาส 2 (ม.ค. - มี.ค.) ปีงบประมาณ 2566"
    codes = {(one["row"].get("label"), one["code"]) for one in issued.findings}
    assert {("ปลูกต้นไม้", "no_report"), ("ประชาคมหมู่ 3", "not_approved")} <= codes
    (shown,) = [one for one in drawn.blocks if isinstance(one, Photos)]
    assert [photo.caption for photo in shown.photos] == ["ลงมติ"]
    with Image.open(io.BytesIO(shown.photos[0].data)) as picture:
        assert max(picture.size) == pictures.SIDE
    assert "ภาคผนวก๑ภาพประชาคมหมู่๓" in text_pages(first["pdf"], tmp_path)[-1]
    with zipfile.ZipFile(io.BytesIO(first["docx"])) as word:
        assert [name for name in word.namelist() if name.startswith("word/media/")] == ["word/media/image1.jpg"]
    sheet = load_workbook(io.BytesIO(first["xlsx"])).worksheets[0]
    assert 57 in [cell.value for row in sheet.iter_rows() for cell in row]
    for words in ("ความลับ", "ยังเป็นร่าง", "ของไตรมาสก่อน"):
        assert words not in str(issued.figures)


def test_a_quarter_without_activities_says_so(place: Place) -> None:
    with place.database.read(place.agency_id) as session:
        figures, findings = operations.prepare(session, place.view(session), "participation", 2566, "q1", "", NOW)
    assert "nothing_recorded" in {one["code"] for one in findings}
    assert _rows(operations.KINDS["participation"].draw(figures, ""), 8) == [["ไม่มี (0)"]]


def test_one_activity_is_a_memo_with_its_photos(place: Place, held: tuple[int, str], tmp_path: Path) -> None:
    with place.database.write(place.agency_id) as session:
        agency = place.view(session)
        staff = place.clerk(session)
        issued = operations.issue(session, agency, "activity", 2566, "", str(held[0]), staff, NOW)
        assert issued.title == "รายงานผลการจัดกิจกรรม “ประชาคมหมู่ 3” ปีงบประมาณ 2566"
        assert operations.file_name(issued, "pdf") == f"activity-2566-{held[0]}-v1.pdf"
        facts = dict(_rows(operations.drawn(issued), 2))
        assert facts["จำนวนผู้เข้าร่วม"] == "57 คน"
        assert facts["ผลที่ได้และการนำไปใช้"] == "บรรจุในแผนพัฒนาท้องถิ่น"
        # A photo that is lost from the disk leaves its place and its caption.
        files.remove(tmp_path, held[1])
        (shown,) = [one for one in operations.drawn(issued, tmp_path).blocks if isinstance(one, Photos)]
        assert [(photo.caption, photo.data) for photo in shown.photos] == [("ลงมติ", b"")]
        assert "ไม่พบไฟล์ภาพ" in text_pages(operations.rendered(issued, "pdf", tmp_path), tmp_path)[-1]
        for layout, year, words in (
            ("", 2566, "เลือกกิจกรรมก่อน"),
            ("๑", 2566, "เลือกกิจกรรมก่อน"),
            ("99999999999", 2566, "ไม่พบกิจกรรมนี้"),
            (str(held[0] + 2), 2566, "ยกเลิก"),
            (str(held[0]), 2567, "ปีงบประมาณ 2566"),
        ):
            with pytest.raises(DocumentError, match=words):
                operations.prepare(session, agency, "activity", year, "", layout, NOW)
