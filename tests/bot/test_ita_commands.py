"""`sujarit measures import` and `sujarit scores import`, run as an administrator runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from bot.cli import main
from models.db import Database
from models.measure import Evidence, ItaScore, Measure

REPORT = (
    "มาตรการ,ผู้รับผิดชอบ,ระยะเวลา,ผลการดำเนินการ,งบประมาณ\n"
    "จัดทำคู่มือบริการ,สำนักปลัด,ต.ค. ๖๕ - มี.ค ๖๖,มีคู่มือแล้ว https://www.example.go.th/m,500\n"
    "ทบทวนขั้นตอน,กองช่าง,ตามเหมาะสม,,\n"
)
PUBLISHED = "91.59 80.48 85.64 77.01 76.47 87.70 84.67 91.27 100 100".split()
SCORES = "indicator,score\n" + "".join(f"{no},{score}\n" for no, score in enumerate(PUBLISHED, 1))
TYPED = "iit,82.24\neit,91.59\noit,100\ntotal,91.04\n"


@pytest.fixture
def data(data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the installation's folder "var" lies."""
    monkeypatch.setenv("SUJARIT_DATA", str(data))
    monkeypatch.delenv("SUJARIT_DATABASE_URL", raising=False)
    return data.parent


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def rows(data: Path, table: type) -> int:
    with Database(f"sqlite:///{data / 'var' / 'sujarit.sqlite3'}").read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def write(data: Path, name: str, text: str, encoding: str = "utf-8") -> str:
    path = data / name
    path.write_text(text, encoding)
    return str(path)


def test_a_report_comes_in_and_says_what_it_brought_as_json(data: Path) -> None:
    done = run("measures", "import", write(data, "r.csv", REPORT), "--fy", "2566", "--agency", "demo", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["imported"] == {"added": 2, "known": 0, "evidence": 1}
    assert [one["ends_on"] for one in said["measures"]] == ["2023-03-31", None]
    assert {one["column"] for one in said["unread"]} == {"งบประมาณ", "ระยะเวลา"}
    assert (rows(data, Measure), rows(data, Evidence)) == (2, 1)
    again = run("measures", "import", str(data / "r.csv"), "--fy", "2566", "--json")
    assert json.loads(again.stdout)["imported"] == {"added": 0, "known": 2, "evidence": 0}


def test_it_is_shown_first_and_nothing_comes_in_without_a_yes(data: Path) -> None:
    file = write(data, "r.csv", REPORT, "cp874")
    shown = run("measures", "import", file, "--fy", "2566")
    assert shown.exit_code != 0
    for words in ("จัดทำคู่มือบริการ", "ผลการดำเนินการ → ผลการดำเนินการ", "งบประมาณ", "--yes"):
        assert words in shown.output
    assert run("measures", "import", file, "--fy", "2566", "--dry-run").exit_code == 0
    assert rows(data, Measure) == 0
    done = run("measures", "import", file, "--fy", "2566", "--yes", "--map", "งบประมาณ=suggestion")
    assert "นำเข้าแล้ว 2 มาตรการ" in done.output
    with Database(f"sqlite:///{data / 'var' / 'sujarit.sqlite3'}").read() as session:
        assert session.scalars(select(Measure.suggestion).order_by(Measure.id)).all() == ["500", ""]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--fy", "2566", "--agency", "other"], "ไม่มีหน่วยงาน"),
        (["--fy", "2566", "--map", "งบประมาณ=money"], "ไม่รู้จักช่อง"),
        (["--fy", "2566", "--map", "ไม่มี=title"], "ไม่พบคอลัมน์"),
        (["--fy", "2023"], "Invalid value"),
    ],
)
def test_what_cannot_be_done_is_said(data: Path, arguments: list[str], said: str) -> None:
    done = run("measures", "import", write(data, "r.csv", REPORT), *arguments, "--yes")
    assert done.exit_code != 0
    assert said in done.output
    assert rows(data, Measure) == 0


def test_a_file_that_is_no_report_is_said_in_thai(data: Path) -> None:
    for command in ("measures", "scores"):
        done = run(command, "import", write(data, "x.csv", "\n"), "--fy", "2566")
        assert done.exit_code != 0
        assert "ไฟล์ว่าง" in done.output
        assert "Traceback" not in done.output
    as_json = run("measures", "import", str(data / "x.csv"), "--fy", "2566", "--json")
    assert as_json.exit_code != 0
    assert json.loads(as_json.stdout)["imported"] is None


def test_scores_are_recomputed_and_a_copied_figure_is_flagged(data: Path) -> None:
    file = write(data, "s.csv", SCORES + TYPED)
    said = json.loads(run("scores", "import", file, "--fy", "2566", "--agency", "demo", "--json").stdout)
    assert [said[what] for what in ("iit", "eit", "oit", "total", "level")] == [
        "82.24", "87.88", "100.00", "91.04", "ผ่าน",
    ]  # fmt: skip
    assert said["flags"] == [{"what": "eit", "typed": "91.59", "computed": "87.88", "same_as": [1]}]
    assert (said["changed"], rows(data, ItaScore)) == (14, 14)
    plain = run("scores", "import", file, "--fy", "2566")
    assert plain.exit_code == 0
    for words in ("คะแนนรวม: 91.04", "ระดับ: ผ่าน", "คัดลอกผิดช่อง"):
        assert words in plain.output


def test_scores_as_people_write_them(data: Path) -> None:
    text = "ตัวชี้วัด;คะแนน\nตัวชี้วัดที่ ๑;๙๑,๕๙\n๒. การใช้งบประมาณ;80.48\nการใช้อำนาจ;85.64\nข้อสี่;77\n5;เจ็ดสิบ\n1;50\n"
    done = run("scores", "import", write(data, "s.csv", text, "cp874"), "--fy", "2566")
    assert done.exit_code == 0, done.output
    assert rows(data, ItaScore) == 3
    for words in ("แถว 5", "แถว 6", "แถว 7", "ตัวชี้วัดที่ 4, 5, 6"):
        assert words in done.output
