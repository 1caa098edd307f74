"""What an agency has on its papers: its name in full, where it lies, who signs as what, the Garuda, Thai digits.

Kept in Agency.settings["documents"]; what is not set there comes from Agency.fields and the staff.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import audit
from handlers.agencies import AgencyView, content_changed
from models.agency import Agency, Staff
from thai.organisation import organisation

SETTINGS = "documents"
GARUDA_PIXELS = 600
GARUDA_BYTES = 300_000
LONGEST = 200  # characters of a typed name or place


class OfficeError(ValueError):
    """What was typed cannot be kept; Thai words for the person. `field`: the input."""

    def __init__(self, field: str, words: str) -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True)
class Office:
    """As it is typed on the settings page. Acting: the person signs under `..._own_position` (รองปลัด ...) and
    รักษาราชการแทน / ปฏิบัติหน้าที่ the other."""

    district: str = ""
    province: str = ""
    memo_unit: str = ""  # ส่วนราชการ of a memo
    memo_phone: str = ""
    memo_code: str = ""  # "พบ 12345", what stands before the running number
    mayor_name: str = ""
    mayor_acting: bool = False
    mayor_own_position: str = ""
    clerk_name: str = ""
    clerk_acting: bool = False
    clerk_own_position: str = ""
    proposer_name: str = ""
    proposer_position: str = ""
    thai_digits: bool = True
    garuda: str = ""  # PNG, base64


def office_of(session: Session, agency: AgencyView) -> Office:
    """The settings, with the agency's own fields and staff where nothing is set."""
    stored: Mapping[str, Any] = agency.settings.get(SETTINGS, {})
    known = {field.name for field in fields(Office)}
    office = Office(**{name: value for name, value in stored.items() if name in known})
    usual = {
        "memo_unit": "สำนักปลัด",
        "memo_phone": agency.fields.get("office_phone", ""),
        "mayor_name": agency.fields.get("mayor_name", "") or _named(session, "mayor"),
        "clerk_name": agency.fields.get("clerk_name", "") or _named(session, "clerk"),
    }
    return Office(**{**asdict(office), **{name: asdict(office)[name] or value for name, value in usual.items()}})


def _named(session: Session, role: str) -> str:
    return session.scalar(select(Staff.name).where(Staff.role == role, Staff.active).order_by(Staff.id).limit(1)) or ""


def save_office(session: Session, office: Office, actor: str) -> None:
    """Keep what an admin typed. Raises OfficeError."""
    typed = {name: value.strip() if isinstance(value, str) else value for name, value in asdict(office).items()}
    for name, value in typed.items():
        if isinstance(value, str) and name != "garuda" and len(value) > LONGEST:
            raise OfficeError(name, f"ยาวเกิน {LONGEST} ตัวอักษร")
    for who in ("mayor", "clerk"):
        if typed[f"{who}_acting"] and not typed[f"{who}_own_position"]:
            raise OfficeError(f"{who}_own_position", "ผู้รักษาราชการแทนต้องมีตำแหน่งของตนเอง เช่น รองปลัด")
    change_settings(session, typed, actor)


def change_settings(session: Session, changes: Mapping[str, Any], actor: str) -> None:
    """Put `changes` into the agency's document settings."""
    agency = session.get_one(Agency, session.info["agency_id"])
    agency.settings = {**agency.settings, SETTINGS: {**agency.settings.get(SETTINGS, {}), **changes}}
    session.flush()
    audit.record(session, actor, "document_settings_saved", f"agency:{agency.id}", fields=sorted(changes))
    content_changed(session, agency.id)


def garuda_of(data: bytes) -> str:
    """A picture as a small PNG in base64. Raises OfficeError for what is no picture."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP")) as opened:
            if opened.width * opened.height > 40_000_000:
                raise OfficeError("garuda", "รูปใหญ่เกินไป กรุณาย่อรูปก่อน")
            picture = opened.convert("RGBA")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        if isinstance(error, OfficeError):
            raise
        raise OfficeError("garuda", "เปิดรูปนี้ไม่ได้ กรุณาใช้ PNG หรือ JPEG") from error
    picture.thumbnail((GARUDA_PIXELS, GARUDA_PIXELS))
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    if out.tell() > GARUDA_BYTES:
        raise OfficeError("garuda", "รูปนี้ละเอียดเกินไป กรุณาใช้ภาพลายเส้นครุฑพื้นขาว")
    return base64.b64encode(out.getvalue()).decode()


def on_paper(session: Session, agency: AgencyView) -> dict[str, Any]:
    """The office as figures, with every name in full."""
    office = office_of(session, agency)
    body = organisation(agency.kind, agency.name)
    place = " ".join(
        words
        for words in (office.district and f"อำเภอ{office.district}", office.province and f"จังหวัด{office.province}")
        if words
    )
    return {
        **{name: value for name, value in asdict(office).items() if name not in ("thai_digits", "garuda")},
        "kind": agency.kind,
        "name": body.name,
        "full": body.full,
        "head": body.head,
        "clerk": body.clerk,
        "place": place,
        "signers": {
            "mayor": _signer(office.mayor_name, body.head, office.mayor_acting, office.mayor_own_position, "ปฏิบัติหน้าที่"),
            "clerk": _signer(
                office.clerk_name, body.clerk, office.clerk_acting, office.clerk_own_position, "รักษาราชการแทน"
            ),
            "proposer": _signer(office.proposer_name, office.proposer_position, False, "", ""),
        },
    }


def _signer(name: str, position: str, acting: bool, own_position: str, how: str) -> list[str]:
    """The lines below a signature; an unknown name is left to be written in."""
    lines = [f"({name})" if name else "(.....................................................)"]
    return [*lines, own_position, f"{how}{position}"] if acting else [*lines, *([position] if position else [])]
