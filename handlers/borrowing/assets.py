"""The assets that a unit lends (R68, R72): saved by its head, the clerk or the admin; seen by all staff."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers import audit
from models.agency import Staff, Unit
from models.asset import CONDITIONS, Asset

WHOLE_AGENCY = ("admin", "clerk")
CONDITION_LABELS = {"good": "ใช้ได้ปกติ", "damaged": "ชำรุด", "lost": "สูญหาย"}
# The options of the ready-made form (handlers/services/packs/borrow.toml) that an asset can stand for.
KIND_LABELS = {"": "อื่น ๆ", "tent": "เต็นท์", "table": "โต๊ะ", "chair": "เก้าอี้", "sound": "เครื่องเสียง"}
MOST = 100_000


class BorrowingError(ValueError):
    """Not possible; str() says why in Thai."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetDetails:
    """What staff type of an asset (models/asset.py)."""

    name: str
    number: str
    quantity: int
    kind: str = ""
    counter: str = "ชิ้น"
    unit_id: int | None = None
    condition: str = "good"
    note: str = ""
    active: bool = True


def keeps(staff: Staff, unit_id: int | None) -> bool:
    """True for who decides about this unit's assets: its head, the clerk, the admin."""
    return staff.role in WHOLE_AGENCY or (staff.role == "head" and unit_id is not None and staff.unit_id == unit_id)


def save_asset(session: Session, asset: Asset | None, details: AssetDetails, staff: Staff) -> Asset:
    """A new asset (None) or a change. Raises BorrowingError."""
    name, number = details.name.strip(), details.number.strip()
    if not keeps(staff, details.unit_id) or (asset is not None and not keeps(staff, asset.unit_id)):
        raise BorrowingError("บันทึกได้เฉพาะพัสดุของส่วนงานท่าน")
    if not name or len(name) > 100 or not number or len(number) > 60:
        raise BorrowingError("กรุณากรอกชื่อและเลขพัสดุ")
    if not 0 <= details.quantity <= MOST:
        raise BorrowingError("จำนวนต้องเป็นตัวเลข 0 ถึง 100,000")
    if details.condition not in CONDITIONS or details.kind not in KIND_LABELS:
        raise BorrowingError("สภาพหรือชนิดไม่ถูกต้อง")
    if details.unit_id is not None and session.scalar(select(Unit.id).where(Unit.id == details.unit_id)) is None:
        raise BorrowingError("ไม่พบส่วนงานนี้")
    same = session.scalar(select(Asset.id).where(Asset.number == number))
    if same is not None and (asset is None or same != asset.id):
        raise BorrowingError("มีพัสดุเลขนี้แล้ว")
    asset = asset or Asset()
    asset.name, asset.number, asset.quantity, asset.kind = name, number, details.quantity, details.kind
    asset.counter, asset.unit_id = details.counter.strip()[:20] or "ชิ้น", details.unit_id
    asset.condition, asset.note, asset.active = details.condition, details.note.strip()[:1000], details.active
    session.add(asset)
    session.flush()
    audit.record(session, f"staff:{staff.id}", "asset_saved", f"asset:{asset.id}", active=asset.active)
    return asset
