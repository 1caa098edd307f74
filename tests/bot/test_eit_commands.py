"""`sujarit eit`, run as an administrator runs it; every code it makes is read again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.db import Database
from tests import codes
from tests.bot.commands import run
from thai.dates import bangkok_date
from thai.fiscal import fiscal_year

URL = "https://itas.nacc.go.th/go/eit/u4gpi2"
TODAY = bangkok_date(datetime.now(UTC))
YEAR = str(fiscal_year(TODAY))
PUBLIC = "https://line.example.go.th"


def window(opens: int, closes: int) -> tuple[str, ...]:
    """Options for a window that many days from today."""
    first, last = TODAY + timedelta(days=opens), TODAY + timedelta(days=closes)
    return ("--opens", first.isoformat(), "--closes", last.isoformat())


def put(folder: Path, *more: str, url: str = URL) -> None:
    done = run(folder, "eit", "set", "--agency", "demo", "--fy", YEAR, "--url", url, *more, SUJARIT_PUBLIC_URL=PUBLIC)
    assert done.returncode == 0, done.stderr


def test_from_the_link_to_posters_that_can_be_read(data: Path) -> None:
    put(data, *window(-1, 60), "--target", "400")
    addresses = []
    for name in ("เคาน์เตอร์กองคลัง", "รถกู้ชีพ 1"):
        added = run(data, "eit", "point", "add", "--agency", "demo", "--name", name, SUJARIT_PUBLIC_URL=PUBLIC)
        assert added.returncode == 0, added.stderr
        addresses.append(added.stdout.splitlines()[-1])
    out = data / "out"
    made = run(data, "eit", "qr", "--agency", "demo", "--fy", YEAR, "--out", str(out), SUJARIT_PUBLIC_URL=PUBLIC)
    assert made.returncode == 0, made.stderr
    assert len(list(out.glob("*.png"))) == len(list(out.glob("*.svg"))) == 2
    assert sorted(codes.read(path.read_bytes())[0] for path in out.glob("*.png")) == sorted(addresses)
    assert sorted(codes.read(codes.drawn(path.read_bytes()))[0] for path in out.glob("*.svg")) == sorted(addresses)
    assert [codes.read(page) for page in codes.printed((out / "posters.pdf").read_bytes())] == [[a] for a in addresses]
    assert all(address.startswith(f"{PUBLIC}/e/") for address in addresses)
    kept = data.parent / "static/qr/demo" / YEAR  # as the plan of the house has it
    assert {codes.read(path.read_bytes())[0] for path in kept.glob("*.png")} >= set(addresses)
    reach = json.loads(run(data, "eit", "reach", "--agency", "demo", "--fy", YEAR, "--json").stdout)
    assert (reach["target"], reach["state"], reach["days_left"], reach["scans"]["total"]) == (400, "open", 61, 0)
    assert [point["name"] for point in reach["scans"]["by_point"] if point["kind"] == "counter"] == [
        "เคาน์เตอร์กองคลัง",
        "รถกู้ชีพ 1",
    ]


@pytest.mark.parametrize(("opens", "closes", "word"), [(-60, -1, "ปิดรับแล้ว"), (0, 0, ""), (1, 60, "")])
def test_no_code_once_the_window_is_over(data: Path, opens: int, closes: int, word: str) -> None:
    put(data, *window(opens, closes))
    made = run(data, "eit", "qr", "--agency", "demo", "--fy", YEAR, "--out", str(data / "out"))
    assert (made.returncode, word in made.stderr) == (1 if word else 0, True)
    assert bool(list((data / "out").glob("*"))) is not bool(word)


def test_no_code_without_a_link(data: Path) -> None:
    made = run(data, "eit", "qr", "--agency", "demo", "--fy", YEAR, "--out", str(data / "out"))
    assert made.returncode == 1
    assert "ยังไม่มีลิงก์ EIT" in made.stderr
    assert not (data / "out").exists()


def test_an_unusual_link_is_kept_with_a_warning_and_nonsense_refused(data: Path) -> None:
    link = ("eit", "set", "--agency", "demo", "--fy", YEAR, "--url")
    odd = run(data, *link, "https://forms.example.com/eit", *window(0, 9))
    assert (odd.returncode, "ไม่เหมือนที่ระบบ ITAS" in odd.stderr) == (0, True)
    assert run(data, *link, "u4gpi2").returncode == 1
    assert run(data, *link, URL, "--opens", "วันนี้ก็ได้", "--closes", "30 มิ.ย. 2570").returncode == 1
    with Database(f"sqlite:///{data / 'sujarit.sqlite3'}").engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT url FROM eit_round").scalars().all() == [
            "https://forms.example.com/eit"
        ]


def test_a_folder_that_cannot_be_written_is_named(data: Path) -> None:
    (data / "taken").write_text("a file where the folder should be")
    put_with = run(
        data,
        "eit",
        "set",
        "--agency",
        "demo",
        "--fy",
        YEAR,
        "--url",
        URL,
        *window(0, 9),
        SUJARIT_QR=str(data / "taken"),
    )
    assert put_with.returncode == 0
    assert "SUJARIT_QR" in put_with.stderr
    made = run(data, "eit", "qr", "--agency", "demo", "--fy", YEAR, "--out", str(data / "taken/out"))
    assert (made.returncode, str(data / "taken") in made.stderr) == (1, True)


def test_the_points_are_listed(data: Path) -> None:
    put(data, *window(0, 9))
    run(data, "eit", "point", "add", "--name", "ศาลาประชาคมหมู่ 3", "--kind", "hall", "--unit", "สำนักปลัด")
    assert [line.split("\t")[1] for line in run(data, "eit", "point", "list").stdout.splitlines()] == [
        "เว็บไซต์หน่วยงาน",
        "แชต LINE",
        "ศาลาประชาคมหมู่ 3",
    ]
    assert run(data, "eit", "point", "add", "--name", "x", "--unit", "กองผี").returncode == 1
    assert run(data, "eit", "point", "add", "--name", "ศาลาประชาคมหมู่ 3").returncode == 1
