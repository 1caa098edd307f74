"""`sujarit doctor`: looks at everything that must be right for citizens to get answers; says in plain Thai what to do.

It changes nothing and creates nothing (but a temporary file in the data folder, to see that it can be written).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.channel import in_words, reserve
from bot.line_api import LineApi, LineFailure
from bot.settings import Settings
from migrations.upgrade import is_current
from models.agency import Agency
from models.db import Database
from models.outbox import ChannelState, OutboxMessage
from thai.dates import format_datetime

Level = Literal["ok", "warn", "bad"]

LOW_DISK, FULL_DISK = 1_000_000_000, 100_000_000  # bytes
WORKER_SILENT = timedelta(seconds=90)  # the worker reports every 15 s
STUCK = timedelta(minutes=10)
CLOCK_OFF = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` was looked at, what was seen (`words`), and what to do about it (`advice`, "" when all is well). Thai."""

    level: Level
    what: str
    words: str
    advice: str = ""


def examine(settings: Settings, now: datetime) -> Iterator[Finding]:
    """Every finding, as soon as it is known. `now`: UTC."""
    yield from _settings(settings)
    yield from _disk(settings.data)
    yield from _database(settings, now)
    yield from _line(settings, now)


def _settings(settings: Settings) -> Iterator[Finding]:
    if settings.live:
        yield Finding("ok", "การตั้งค่า", "ตั้งค่า LINE ไว้ครบ")
    else:
        yield Finding(
            "warn",
            "การตั้งค่า",
            "ยังไม่ได้ต่อ LINE จริง ใช้ LINE จำลองในเครื่องนี้",
            "เมื่อพร้อม ตั้ง SUJARIT_LINE_CHANNEL_SECRET และ SUJARIT_LINE_CHANNEL_ACCESS_TOKEN จาก LINE Developers",
        )
    if settings.live and urlsplit(settings.url).scheme != "https":
        yield Finding(
            "bad",
            "ที่อยู่เว็บ",
            f"SUJARIT_PUBLIC_URL เป็น {settings.url} ซึ่ง LINE เรียกไม่ได้",
            "ตั้ง SUJARIT_PUBLIC_URL เป็นที่อยู่ https ที่เปิดจากอินเทอร์เน็ตได้ เช่น https://line.example.go.th",
        )
    else:
        yield Finding("ok", "ที่อยู่เว็บ", settings.url)


def _disk(data: Path) -> Iterator[Finding]:
    what = "พื้นที่เก็บข้อมูล"
    place = data if data.exists() else data.absolute().parent
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
        free = shutil.disk_usage(place).free
    except OSError as error:
        yield Finding(
            "bad",
            what,
            f"เขียนไฟล์ใน {place} ไม่ได้ ({error.strerror})",
            "ให้สิทธิ์เขียนแก่ผู้ใช้ที่รันโปรแกรม หรือตั้ง SUJARIT_DATA ไปที่อื่น",
        )
        return
    level: Level = "bad" if free < FULL_DISK else "warn" if free < LOW_DISK else "ok"
    advice = "" if level == "ok" else "ลบไฟล์ที่ไม่ใช้ หรือย้าย SUJARIT_DATA ไปดิสก์ที่ใหญ่กว่า"
    yield Finding(level, what, f"{place} เหลือ {free / 1e9:,.1f} GB", advice)
    key = data / "secret_key"
    if key.exists() and key.stat().st_mode & 0o077:
        yield Finding("warn", "กุญแจลับ", f"ผู้ใช้อื่นในเครื่องอ่าน {key} ได้", f"รัน chmod 600 {key}")


def _database(settings: Settings, now: datetime) -> Iterator[Finding]:
    what = "ฐานข้อมูล"
    upgrade = "รัน sujarit db upgrade"
    file = settings.database.removeprefix("sqlite:///")
    if settings.database.startswith("sqlite:") and not Path(file).exists():
        yield Finding("bad", what, f"ยังไม่มีฐานข้อมูลที่ {file}", f"{upgrade} หรือ sujarit serve")
        return
    database = Database(settings.database)
    try:
        if not is_current(database):
            yield Finding("bad", what, "ตารางยังเป็นรุ่นเก่า", f"หยุดโปรแกรมก่อน แล้ว{upgrade}")
            return
        yield Finding("ok", what, "ต่อได้ และเป็นรุ่นล่าสุด")
        yield from _rows(database, settings, now)
    except SQLAlchemyError as error:
        yield Finding(
            "bad",
            what,
            f"ต่อฐานข้อมูลไม่ได้ ({type(error).__name__})",
            "ตรวจว่าเครื่องฐานข้อมูลเปิดอยู่ และ SUJARIT_DATABASE_URL ถูกต้อง",
        )
    finally:
        database.close()


def _rows(database: Database, settings: Settings, now: datetime) -> Iterator[Finding]:
    """The agency, the worker's sign of life and what the outbox could not send."""
    with database.read() as session:
        agency = session.scalars(select(Agency).where(Agency.code == settings.agency)).first()
        if agency is None:
            yield Finding(
                "bad",
                "หน่วยงาน",
                f"ไม่มีหน่วยงานรหัส {settings.agency}",
                f'รัน sujarit agency add {settings.agency} "ชื่อหน่วยงาน" หรือแก้ SUJARIT_AGENCY',
            )
            return
        yield Finding("ok", "หน่วยงาน", f"{agency.name} ({agency.code})")
        seen = session.scalars(select(ChannelState.worker_seen_at).where(ChannelState.agency_id == agency.id)).first()
        if seen is None or now - seen > WORKER_SILENT:
            last = f"เห็นครั้งสุดท้าย {format_datetime(seen)}" if seen else "ยังไม่เคยทำงาน"
            yield Finding("bad", "ตัวส่งข้อความ", f"ไม่ได้ทำงานอยู่ ({last})", "รัน sujarit serve หรือ sujarit worker")
        else:
            yield Finding("ok", "ตัวส่งข้อความ", "ทำงานอยู่")
        row = OutboxMessage
        open_rows = select(func.count()).where(row.agency_id == agency.id)
        failed = session.scalar(open_rows.where(row.status == "failed", row.created_at > now - timedelta(days=7))) or 0
        stuck = (
            session.scalar(open_rows.where(row.status.in_(("pending", "sending")), row.created_at < now - STUCK)) or 0
        )
        if failed or stuck:
            yield Finding(
                "warn",
                "ข้อความถึงประชาชน",
                f"7 วันนี้ส่งไม่สำเร็จ {failed} ข้อความ ค้างส่งนานเกิน 10 นาที {stuck} ข้อความ",
                "เปิดหน้าเว็บเจ้าหน้าที่ ดูสาเหตุแล้วกดส่งอีกครั้ง หรือโทรหาผู้แจ้ง",
            )
        else:
            yield Finding("ok", "ข้อความถึงประชาชน", "ไม่มีค้าง")


def _line(settings: Settings, now: datetime) -> Iterator[Finding]:
    try:
        api = LineApi(settings.channel_access_token, settings.api_base, connections=1)
    except OSError:  # the key of the stand-in cannot be kept: told above
        return
    try:
        name = api.bot_info().get("displayName", "")
        yield Finding("ok", "LINE", f"ต่อได้ บัญชี {name}")
        yield from _webhook(api, settings, now)
        yield from _quota(api)
    except LineFailure as failure:
        yield Finding("bad", "LINE", in_words(failure), _advice(failure, settings))
    finally:
        api.close()


def _advice(failure: LineFailure, settings: Settings) -> str:
    if not settings.live:
        return "รัน sujarit serve (หรือ sujarit simulator) แล้วตรวจใหม่"
    if failure.kind == "unauthorized":
        return "ออก channel access token ใหม่ใน LINE Developers แล้วตั้ง SUJARIT_LINE_CHANNEL_ACCESS_TOKEN"
    if failure.kind == "network":
        return "ตรวจอินเทอร์เน็ตและไฟร์วอลล์ ต้องออกไปที่ api.line.me พอร์ต 443 ได้"
    return "รอสักครู่แล้วตรวจใหม่ ถ้ายังเป็นอยู่ดูสถานะที่ LINE Developers"


def _webhook(api: LineApi, settings: Settings, now: datetime) -> Iterator[Finding]:
    what = "webhook"
    base = settings.url if settings.live else f"http://127.0.0.1:{settings.port}"
    ours = f"{base}/line/{settings.agency}/webhook"
    fix = f"ใน LINE Developers ตั้ง Webhook URL เป็น\n{ours}\nแล้วเปิด Use webhook"
    try:
        known = api.webhook_endpoint()
    except LineFailure as failure:
        if failure.kind != "gone":
            raise
        yield Finding("bad", what, "LINE ยังไม่มีที่อยู่ webhook", fix)
        return
    if known.get("endpoint") != ours:
        yield Finding("bad", what, f"LINE ส่งไปที่ {known.get('endpoint', '')} ไม่ใช่ที่นี่", fix)
        return
    if not known.get("active"):
        yield Finding("bad", what, "LINE ปิด webhook ไว้", fix)
        return
    answer = api.test_webhook_endpoint()
    if answer.get("success"):
        yield Finding("ok", what, "LINE เรียกได้")
    else:
        yield Finding("bad", what, f"LINE เรียก webhook แล้วไม่สำเร็จ ({_outcome(answer)})", _webhook_advice(answer))
    yield from _clock(answer, now)


def _outcome(answer: dict[str, object]) -> str:
    return f"{answer.get('reason', '')} {answer.get('statusCode', '')}".strip()


def _webhook_advice(answer: dict[str, object]) -> str:
    if answer.get("statusCode") == 403:
        return "SUJARIT_LINE_CHANNEL_SECRET ไม่ตรงกับ Channel secret ใน LINE Developers"
    if answer.get("statusCode") == 404:
        return "ตรวจ SUJARIT_AGENCY และการส่งต่อของ reverse proxy"
    return "ตรวจว่าโปรแกรมเปิดอยู่ ที่อยู่ https เปิดจากอินเทอร์เน็ตได้ และใบรับรอง TLS ยังไม่หมดอายุ"


def _clock(answer: dict[str, object], now: datetime) -> Iterator[Finding]:
    try:
        theirs = datetime.fromisoformat(str(answer.get("timestamp", "")))
        off = abs(now - theirs)
    except (ValueError, TypeError):  # no time, or one without a zone
        return
    if off > CLOCK_OFF:
        yield Finding(
            "warn", "นาฬิกา", f"เวลาของเครื่องต่างจาก LINE {off.total_seconds():.0f} วินาที", "เปิดการตั้งเวลาอัตโนมัติ (NTP)"
        )
    else:
        yield Finding("ok", "นาฬิกา", "ตรงกับ LINE")


def _quota(api: LineApi) -> Iterator[Finding]:
    quota = api.quota()
    if quota.limit is None or quota.left is None:
        yield Finding("ok", "โควตาข้อความ", f"ไม่จำกัด ใช้ไป {quota.used:,} ข้อความในเดือนนี้")
        return
    words = f"เหลือ {quota.left:,} จาก {quota.limit:,} ข้อความในเดือนนี้ (การตอบกลับไม่นับ)"
    advice = "เพิ่มแพ็กเกจใน LINE Official Account Manager"
    if quota.left == 0:
        yield Finding("bad", "โควตาข้อความ", words, advice)
    elif quota.left <= reserve(quota.limit):
        yield Finding("warn", "โควตาข้อความ", f"{words} ส่วนที่เหลือเก็บไว้ให้เรื่องด่วน", advice)
    else:
        yield Finding("ok", "โควตาข้อความ", words)
