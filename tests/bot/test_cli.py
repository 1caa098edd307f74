"""The command line, run as an administrator runs it."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest
from sqlalchemy import select

from handlers.people.operations import verify_login
from models.agency import LinkCode, Staff
from tests.bot.commands import database, run


def test_agencies_are_listed_and_codes_are_taken_once(data: Path) -> None:
    assert run(data, "agency", "list").stdout == "demo\tอบต.ทดลอง\n"
    again = run(data, "agency", "add", "demo", "อบต.อื่น")
    assert (again.returncode, "อยู่แล้ว" in again.stderr) == (1, True)


def test_a_person_is_added_with_a_password_shown_once(data: Path) -> None:
    done = run(data, "staff", "add", "chang", "--name", "นายช่าง", "--unit", "กองช่าง")
    assert done.returncode == 0, done.stderr
    shown = re.search(r"แสดงครั้งเดียว\): (\S+)", done.stdout)
    assert shown
    with database(data).read(1) as session:
        person = verify_login(session, "chang", shown[1])
        assert person is not None
        assert (person.role, person.must_change_password) == ("officer", True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["staff", "add", "x1", "--name", "ก", "--unit", "กองที่ไม่มี"], "กองช่าง"),
        (["staff", "add", "x1", "--name", "ก"], "ต้องสังกัดส่วนงาน"),
        (["staff", "add", "x1", "--name", "ก", "--role", "king"], "Invalid value"),
        (["staff", "add", "x1", "--name", "ก", "--agency", "other"], "ไม่มีหน่วยงาน"),
        (["staff", "link", "nobody"], "ไม่พบเจ้าหน้าที่"),
        (["rich-menu", "upload"], "ติดต่อ LINE ไม่ได้"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_kept(data: Path, arguments: list[str], said: str) -> None:
    done = run(data, *arguments)
    assert done.returncode != 0
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    with database(data).read() as session:
        assert session.scalars(select(Staff)).all() == []


def test_a_person_links_a_line_account_with_six_digits(data: Path) -> None:
    run(data, "staff", "add", "palad", "--name", "นางปลัด", "--role", "clerk")
    done = run(data, "staff", "link", "palad")
    assert re.search(r"^เชื่อมต่อ \d{6}$", done.stdout, re.MULTILINE)
    with database(data).read() as session:
        assert len(session.scalars(select(LinkCode)).all()) == 1


def test_a_wrong_setting_is_named(data: Path) -> None:
    done = run(data, "doctor", SUJARIT_PUBLIC_URL="line.example.go.th")
    assert done.returncode == 1
    assert "SUJARIT_PUBLIC_URL" in done.stderr
    half = run(data, "doctor", SUJARIT_LINE_CHANNEL_SECRET="x")
    assert "SUJARIT_LINE_CHANNEL_ACCESS_TOKEN" in half.stderr


def test_the_doctor_ends_with_1_when_something_must_be_done(data: Path) -> None:
    done = run(data, "doctor")
    assert done.returncode == 1
    assert "✓ ฐานข้อมูล" in done.stdout
    assert "✗ ตัวส่งข้อความ" in done.stdout
    assert "→" in done.stdout
    assert done.stderr == ""


def test_a_port_that_is_taken_is_said_before_anything_starts(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run(data, "serve", PORT=port)
    assert done.returncode == 1
    assert f"พอร์ต {port}" in done.stderr
    assert "Traceback" not in done.stderr
