"""The packet opens with age, and holds what was chosen, no identity and no id of ours."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import pyrage
import pytest

from integrity import casework, forwarding, reports
from integrity.config import Config
from integrity.database import Database
from tests.integrity.conftest import NOW
from tests.integrity.test_casework import Clean, House
from tests.integrity.vault_costs import quick_vault  # noqa: F401

WHO = {"name": "สมชาย ใจกล้า", "phone": "081-234-5678"}
PASSPHRASE = "ต้นตาล นกกระจาบ ผักบุ้ง ทุ่งนา"


@pytest.fixture
def house(desk_database: Database, config: Config) -> Iterator[House]:
    with desk_database.writing() as session:
        yield House(session, config)


def opened(packet: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packet)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        return {info.filename: archive.read(info) for info in archive.infolist()}


def test_what_was_chosen_and_nothing_else(house: House) -> None:
    files = [Clean(b"jpeg one"), Clean(b"jpeg two"), Clean(b"kept back", name="../../etc/ลับ.pdf")]
    receipt, report_id = house.tell(identity=WHO, files=files)
    casework.note(house.session, house.open(house.one, report_id), "เทียบราคากลางแล้ว", NOW)
    casework.note(house.session, house.open(house.one, report_id), "ความเห็นภายใน", NOW)
    reports.add_message(house.session, house.reporter(receipt), "มีพยานสองคน", NOW)
    view = house.open(house.one, report_id)
    chosen = [entry.id for entry in view.entries if entry.content.get("text") in ("เทียบราคากลางแล้ว", "มีพยานสองคน")]
    pictures = [file.id for file in view.files if file.name == "ภาพถ่าย.jpg"]

    authority = pyrage.x25519.Identity.generate()
    packet = forwarding.forward_packet(
        house.session, view, f" {authority.to_public()}\n", [*chosen, "none of ours"], pictures, NOW
    )
    assert packet.startswith(b"age-encryption.org/v1")
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(packet, [pyrage.x25519.Identity.generate()])
    contents = opened(pyrage.decrypt(packet, [authority]))

    assert sorted(contents) == ["files/01 ภาพถ่าย.jpg", "files/02 ภาพถ่าย.jpg", "report.txt"]
    assert {contents["files/01 ภาพถ่าย.jpg"], contents["files/02 ภาพถ่าย.jpg"]} == {b"jpeg one", b"jpeg two"}
    text = contents["report.txt"].decode("utf-8-sig")
    for expected in ("นายกเรียกเงินทอนโครงการถนน", "เทียบราคากลางแล้ว", "มีพยานสองคน", "20 พฤศจิกายน 2569", "อบต.ตัวอย่าง"):
        assert expected in text
    everything = packet + b"".join(name.encode() + data for name, data in contents.items())
    ids = [report_id, receipt, *(entry.id for entry in view.entries), *(file.id for file in view.files)]
    people = ["สมชาย", "081-234", "คุณmalee", "malee", "officer:"]
    for secret in [*ids, *people, "ความเห็นภายใน", "kept back", "ลับ.pdf"]:
        assert secret.encode() not in everything
    assert house.actions()[-1] == "report.packed"
    assert view.report.status == "received"  # forwarding is another step


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_a_passphrase_will_do(house: House) -> None:
    """Once only: age's own derivation takes seconds."""
    _, report_id = house.tell()
    packet = forwarding.forward_packet(house.session, house.open(house.one, report_id), PASSPHRASE, [], [], NOW)
    assert list(opened(pyrage.passphrase.decrypt(packet, PASSPHRASE))) == ["report.txt"]


def test_answers_come_once_and_states_never(house: House) -> None:
    _, report_id = house.tell()
    casework.set_status(house.session, house.open(house.one, report_id), "screening", "เริ่มตรวจ", NOW)
    view = house.open(house.one, report_id)
    everything = [entry.id for entry in view.entries]
    authority = pyrage.x25519.Identity.generate()
    packet = forwarding.forward_packet(house.session, view, str(authority.to_public()), everything, [], NOW)
    text = opened(pyrage.decrypt(packet, [authority]))["report.txt"].decode("utf-8-sig")
    assert text.count("นายกเรียกเงินทอน") == 1
    assert "เริ่มตรวจ" not in text


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
def test_recipients_that_cannot_be(house: House) -> None:
    _, report_id = house.tell()
    view = house.open(house.one, report_id)
    for recipient in ("", "age1", "age1" + 58 * "q", "สั้นไป"):
        with pytest.raises(ValueError, match=r"age1|ตัวอักษร"):
            forwarding.forward_packet(house.session, view, recipient, [], [], NOW)
    assert house.actions()[-1] == "report.read"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.pdf", "a.pdf"),
        ("ใบเสร็จ ๒๕๖๙.pdf", "ใบเสร็จ ๒๕๖๙.pdf"),
        ("a\nb\u202e.pdf", "ab.pdf"),
        ("..", "file"),
        ("", "file"),
    ],
)
def test_names_stay_in_their_folder(name: str, plain: str) -> None:
    assert forwarding._plain_name(name) == plain
