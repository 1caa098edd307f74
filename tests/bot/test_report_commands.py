"""`sujarit report`, run as an administrator runs it."""

from __future__ import annotations

import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models.document import OfficialDocument
from models.measure import Evidence, ItaScore, Measure
from models.participation import Activity
from tests.bot.commands import database, run

VECTOR = (9159, 8048, 8564, 7701, 7647, 8770, 8467, 9127, 10000, 10000)


@pytest.fixture
def data(data: Path) -> Path:
    """An agency with a measure and the scores of 2566, the EIT sum typed wrongly."""
    with database(data).write(1) as session:
        session.add(
            Measure(
                fiscal_year=2566,
                instrument="EIT",
                item_code="E11",
                indicator=7,
                title="ทบทวนขั้นตอน",
                responsible_units=["กองช่าง"],
                period_text="ต.ค. 65 - มี.ค. 66",
                starts_on=date(2022, 10, 1),
                ends_on=date(2023, 3, 31),
            )
        )
        session.flush()
        session.add(Evidence(kind="url", title="ข่าว", url="http://127.0.0.1:9/", dated=date(2023, 1, 9), measure_id=1))
        session.add_all(
            ItaScore(fiscal_year=2566, what=str(no), hundredths=score) for no, score in enumerate(VECTOR, 1)
        )
        session.add(ItaScore(fiscal_year=2566, what="eit", hundredths=9159))
    return data


def test_each_layout_becomes_a_pdf(data: Path, tmp_path: Path) -> None:
    for layout in ("000", "001", "002", "003", "004", "own"):
        out = tmp_path / f"{layout}.pdf"
        done = run(
            data, "report", "measures", "--agency", "demo", "--fy", "2566", "--layout", layout, "--out", str(out)
        )
        assert done.returncode == 0, done.stderr
        assert out.read_bytes().startswith(b"%PDF-")
        assert "E11 ทบทวนขั้นตอน: ข้อ E11 อยู่ในตัวชี้วัดที่ 8" in done.stderr


def test_links_are_looked_at_when_asked_for(data: Path, tmp_path: Path) -> None:
    arguments = ("report", "measures", "--fy", "2566", "--layout", "003", "--out", str(tmp_path / "m.pdf"))
    assert "ยังไม่ได้ตรวจลิงก์ http://127.0.0.1:9/" in run(data, *arguments).stderr
    done = run(data, *arguments, "--check-links")
    assert done.returncode == 0, done.stderr
    assert "ลิงก์เปิดไม่ได้ http://127.0.0.1:9/ (เป็นที่อยู่ภายในเครือข่าย ประชาชนเปิดไม่ได้)" in done.stderr


def test_the_memo_as_docx_by_its_ending_flags_the_typed_figure(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "memo.docx"
    done = run(data, "report", "memo", "--fy", "2566", "--dated", "๔ เม.ย. ๒๕๖๖", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "EIT ที่กรอก 91.59 ไม่ตรงกับที่คำนวณได้ 87.88" in done.stderr
    with zipfile.ZipFile(out) as archive:
        text = archive.read("word/document.xml").decode()
    for figure in ("๘๒.๒๔", "๘๗.๘๘", "๑๐๐.๐๐", "๙๑.๐๔", "๔ เมษายน ๒๕๖๖"):
        assert figure in text


def test_a_year_of_elements_is_begun(data: Path, tmp_path: Path) -> None:
    for said in ("เริ่มรายการองค์ประกอบ OIT ปีงบประมาณ 2566 แล้ว (129 รายการ)", ""):
        done = run(data, "report", "elements", "--fy", "2566", "--out", str(tmp_path / "e.pdf"))
        assert done.returncode == 0, done.stderr
        assert said in done.stderr
    assert "เริ่มรายการ" not in done.stderr


def test_options_that_a_document_has_no_use_for_do_not_stop_it(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "memo.pdf"
    done = run(
        data, "report", "memo", "--agency", "demo", "--fy", "2566", "--period", "12m", "--layout", "001",
        "--format", "pdf", "--out", str(out),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert out.read_bytes().startswith(b"%PDF-")
    assert "--period 12m" in done.stderr
    assert "--layout 001" in done.stderr


def test_an_announcement_of_twelve_months_as_workbook(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.xlsx"
    arguments = ("report", "announcement", "--fy", "2566", "--period", "12m", "--format", "xlsx", "--out", str(out))
    assert run(data, *arguments).returncode == 0
    assert zipfile.is_zipfile(out)


def test_keep_makes_a_version(data: Path, tmp_path: Path) -> None:
    for version in (1, 2):
        done = run(data, "report", "memo", "--fy", "2566", "--keep", "--out", str(tmp_path / "m.pdf"))
        assert f"ฉบับที่ {version}" in done.stdout, done.stderr
    assert run(data, "report", "memo", "--fy", "2566", "--out", str(tmp_path / "m.pdf")).returncode == 0
    with database(data).read(1) as session:
        assert list(session.scalars(select(OfficialDocument.version).order_by(OfficialDocument.id))) == [1, 2]


WRONG = (
    (("novel",), "ไม่มีเอกสารชนิด novel"),
    (("measures", "--fy", "2570"), "ยังไม่มีมาตรการของปีงบประมาณ 2570"),
    (("measures", "--fy", "2566", "--period", "q2"), "ทำรอบ"),
    (("measures", "--fy", "2566", "--layout", "777"), "ไม่มีแบบ 777"),
    (("memo", "--fy", "2566", "--dated", "เมื่อไรก็ได้"), "ขอวันที่อีกครั้ง"),
    (("memo", "--fy", "2566", "--agency", "nobody"), "ไม่มีหน่วยงานรหัส nobody"),
)


def test_what_cannot_be_made_is_said_in_thai(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.pdf"
    for arguments, words in WRONG:
        done = run(data, "report", *arguments, "--out", str(out))
        assert done.returncode == 1, arguments
        assert words in done.stderr
        assert not out.exists()


def test_the_report_on_one_activity_is_asked_for_by_its_number(data: Path, tmp_path: Path) -> None:
    began = datetime(2023, 2, 1, 2, tzinfo=UTC)
    with database(data).write(1) as session:
        row = Activity(code="abcd2345", title="ประชาคมหมู่ 3", kind="forum", status="done", starts_at=began,
                       ends_at=began + timedelta(hours=3), attended=57, who="ชาวบ้าน", result="ได้แผน")  # fmt: skip
        session.add(row)
        session.flush()
        number = str(row.id)
    out = tmp_path / "one.docx"
    done = run(data, "report", "activity", "--fy", "2566", "--layout", number, "--keep", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "ประชาคมหมู่ 3: ไม่มีภาพกิจกรรม" in done.stderr
    assert "“ประชาคมหมู่ 3” ปีงบประมาณ 2566 ฉบับที่ 1" in done.stdout
    assert zipfile.is_zipfile(out)
