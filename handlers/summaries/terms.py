"""Every number's name, its definition in plain Thai, and the address of the list that holds exactly its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

LISTS = "/console/dashboard/list"
DASHBOARD = "/console/dashboard/"
EVIDENCE_DAYS = 7  # evidence that a second person has not looked at for longer needs a decision


@dataclass(frozen=True, slots=True)
class Term:
    title: str
    text: str
    now: bool = False  # counted at this moment, whatever the period


TERMS: dict[str, Term] = {
    "cases.received": Term("รับเรื่อง", "เรื่องร้องเรียนที่แจ้งเข้ามาในช่วงนี้ ทุกช่องทาง"),
    "cases.closed": Term(
        "ปิดเรื่อง",
        "เรื่องที่ดำเนินการแล้ว ไม่รับ ยกเลิก รวมกับเรื่องเดิม หรือส่งต่อหน่วยงานอื่น ในช่วงนี้ (ไม่ว่าแจ้งเข้ามาเมื่อใด)",
    ),
    "cases.finished": Term("ดำเนินการแล้ว", "เรื่องที่ปิดในช่วงนี้เพราะดำเนินการแล้ว ไม่นับที่ไม่รับ ยกเลิก รวม หรือส่งต่อ"),
    "cases.confirmed": Term("ผู้แจ้งยืนยันว่าเรียบร้อย", "เรื่องที่ผู้แจ้งยืนยันในช่วงนี้ว่าเรียบร้อยแล้ว"),
    "cases.open": Term("ยังไม่เสร็จ", "เรื่องที่ยังเปิดอยู่เมื่อสิ้นช่วง (หรือขณะนี้ ถ้าช่วงยังไม่สิ้นสุด) รวมที่ค้างจากช่วงก่อน"),
    "cases.late": Term(
        "เกินกำหนด",
        "เรื่องที่ยังไม่เสร็จเมื่อสิ้นช่วงและเลยวันที่สัญญาไว้แล้ว ไม่นับเรื่องที่หยุดนับเวลาไว้ก่อนครบกำหนด (รองบประมาณ จัดซื้อ กฎหมาย หรือหน่วยงานอื่น)",
    ),
    "cases.paused": Term("หยุดนับเวลา", "เรื่องที่ยังไม่เสร็จเมื่อสิ้นช่วง และหยุดนับเวลาไว้ก่อนครบกำหนด"),
    "cases.in_time": Term("เสร็จตามเวลาที่สัญญา", "เรื่องที่ดำเนินการแล้วในช่วงนี้ ไม่เกินวันที่สัญญาไว้กับผู้แจ้ง"),
    "cases.in_time_share": Term(
        "ร้อยละที่เสร็จตามเวลา",
        "เรื่องที่เสร็จตามเวลา หารด้วย เรื่องที่ดำเนินการแล้วรวมกับเรื่องที่เกินกำหนดและยังไม่เสร็จ (งานที่ค้างเกินกำหนดนับว่าไม่ทัน)",
    ),
    "cases.median_days": Term(
        "เวลาดำเนินการ (ค่ากลาง)",
        "ครึ่งหนึ่งของเรื่องที่ดำเนินการแล้วในช่วงนี้ใช้เวลาไม่เกินเท่านี้ นับจากแจ้งเรื่องจนดำเนินการแล้ว เป็นวันตามปฏิทิน",
    ),
    "cases.reopened": Term("เปิดใหม่", "เรื่องที่ผู้แจ้งบอกในช่วงนี้ว่ายังไม่เรียบร้อย นับเรื่องละครั้ง"),
    "cases.rated": Term("คะแนนจากผู้แจ้ง", "คะแนนเฉลี่ย 1 ถึง 5 ของเรื่องที่ปิดในช่วงนี้และผู้แจ้งให้คะแนนไว้"),
    "questions.asked": Term("คำถามที่ได้รับ", "คำถามทั้งหมดที่ถามเข้ามาในช่วงนี้ ทั้งที่ระบบตอบและที่ส่งให้เจ้าหน้าที่"),
    "questions.bot": Term("ระบบตอบ", "คำถามของช่วงนี้ที่ระบบตอบจากคลังคำตอบ และผู้ถามไม่ได้บอกว่ายังไม่ใช่"),
    "questions.person": Term("เจ้าหน้าที่ตอบ", "คำถามของช่วงนี้ที่ส่งให้เจ้าหน้าที่ และเจ้าหน้าที่ตอบอย่างน้อยหนึ่งครั้งก่อนสิ้นช่วง"),
    "questions.unanswered": Term("ยังไม่ได้ตอบ", "คำถามของช่วงนี้ที่ส่งให้เจ้าหน้าที่แล้ว ยังไม่มีคำตอบ และยังไม่จบ เมื่อสิ้นช่วง"),
    "questions.ended": Term("จบโดยไม่ต้องตอบ", "คำถามของช่วงนี้ที่ส่งให้เจ้าหน้าที่ แล้วจบลงก่อนมีคำตอบ เช่น ผู้ถามได้คำตอบเองแล้ว"),
    "questions.missed": Term("ระบบตอบไม่ตรง", "คำถามของช่วงนี้ที่ระบบมีแต่ตัวเลือกให้ หรือผู้ถามบอกว่ายังไม่ใช่ และไม่ได้ส่งต่อให้เจ้าหน้าที่"),
    "questions.bot_share": Term("ร้อยละที่ระบบตอบ", "คำถามที่ระบบตอบ หารด้วย คำถามที่ระบบหรือเจ้าหน้าที่ตอบแล้ว"),
    "questions.median_minutes": Term(
        "เวลาตอบ (ค่ากลาง)", "ครึ่งหนึ่งของคำถามที่เจ้าหน้าที่ตอบ ได้คำตอบแรกภายในเวลานี้ นับเฉพาะเวลาทำการ เป็นนาที"
    ),
    "duties.due": Term("งานที่ครบกำหนด", "งานตามมาตรการและหน้าที่ซึ่งมีกำหนดเสร็จในช่วงนี้ ไม่นับที่ยกเลิก"),
    "duties.on_time": Term("ทันเวลา", "งานที่ส่งหลักฐานไม่เกินวันครบกำหนด และบุคคลที่สองตรวจรับแล้ว"),
    "duties.late": Term("ไม่ทันเวลา", "งานที่ส่งหลักฐานหลังวันครบกำหนด หรือเลยกำหนดแล้วยังไม่ได้ตรวจรับ"),
    "duties.pending": Term("ยังไม่ถึงกำหนด", "งานของช่วงนี้ที่ยังไม่เสร็จและยังไม่เลยวันครบกำหนด"),
    "duties.on_time_share": Term(
        "ร้อยละที่ทันเวลา", "งานที่ทันเวลา หารด้วย งานที่ทันเวลารวมกับงานที่ไม่ทันเวลา งานที่ค้างเกินกำหนดนับว่าไม่ทัน"
    ),
    "measures.not_started": Term("ยังไม่ดำเนินการ", "มาตรการของปีงบประมาณนี้ที่ยังไม่ดำเนินการ", now=True),
    "measures.in_progress": Term("อยู่ระหว่างดำเนินการ", "มาตรการของปีงบประมาณนี้ที่อยู่ระหว่างดำเนินการ", now=True),
    "measures.done": Term("ดำเนินการแล้ว", "มาตรการของปีงบประมาณนี้ที่ดำเนินการแล้ว", now=True),
    "channels.count": Term("ช่องทางการติดต่อ", "ช่องทางที่ขึ้นทะเบียนไว้ของปีงบประมาณนี้", now=True),
    "decide.waiting": Term("เรื่องรองบประมาณ จัดซื้อ หรือกฎหมาย", "เรื่องร้องเรียนที่เปิดอยู่ขณะนี้และรอขั้นตอนเหล่านี้", now=True),
    "decide.escalated": Term("เรื่องเกินกำหนดที่ถึงปลัด", "เรื่องร้องเรียนที่เปิดอยู่ขณะนี้ ซึ่งเลยกำหนดจนระบบแจ้งถึงปลัดแล้ว", now=True),
    "decide.questions": Term("คำถามค้างที่ถึงปลัด", "คำถามที่รอคำตอบอยู่ขณะนี้ ซึ่งเลยเวลาตอบจนแจ้งถึงปลัดแล้ว", now=True),
    "decide.duties": Term("งานตามมาตรการที่ถึงนายก", "งานที่เลยกำหนดและแจ้งขึ้นไปจนถึงขั้นสุดท้ายแล้ว", now=True),
    "decide.evidence": Term("หลักฐานรอตรวจรับนาน", f"หลักฐานที่ยังไม่มีบุคคลที่สองตรวจรับ เกิน {EVIDENCE_DAYS} วันแล้ว", now=True),
}


# Shares and middles lead to the rows that they are made from.
_MADE_FROM = {
    "cases.in_time_share": "cases.in_time",
    "cases.median_days": "cases.finished",
    "questions.bot_share": "questions.bot",
    "questions.median_minutes": "questions.person",
    "duties.on_time_share": "duties.on_time",
}


def rows_of(key: str) -> str:
    """The key whose rows a number's list shows."""
    return _MADE_FROM.get(key, key)


def address(key: str, first: date, last: date, **narrow: str | int | None) -> str:
    """The path of the list of a number's rows in the console; `narrow`: unit, category, moo."""
    query = {"first": first.isoformat(), "last": last.isoformat(), **{k: v for k, v in narrow.items() if v is not None}}
    return f"{LISTS}/{rows_of(key)}?{urlencode(query)}"


def definitions(first: date, last: date) -> dict[str, dict[str, str]]:
    """key → title, text, address: goes into the figures, so that each number is kept with what it meant."""
    return {
        key: {"title": term.title, "text": term.text, "address": address(key, first, last)}
        for key, term in TERMS.items()
    }
