"""The guided questions, declared once for the form and the chat.

An unsigned letter is taken up only when circumstances and evidence are clear (มติคณะรัฐมนตรี 22 ธ.ค. 2541), so the
questions lead a person from the story to what can be checked. Only the story itself is required.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Question:
    """`title`: how officers see the answer headed. `ask_web` stands over its field with `help` below; `ask_chat` is
    the whole message in chat. `longest`: characters. `rows`: height of the field."""

    key: str
    title: str
    ask_web: str
    ask_chat: str
    help: str
    required: bool = False
    longest: int = 5_000  # as long as a LINE message can be
    rows: int = 3


QUESTIONS = (
    Question(
        key="what",
        title="เหตุการณ์",
        ask_web="เกิดอะไรขึ้นคะ",
        ask_chat="เกิดอะไรขึ้นคะ\nเล่าตามลำดับได้เลยค่ะ ใครทำอะไร และคุณเห็นว่าไม่ถูกต้องตรงไหน",
        help="เล่าตามลำดับที่เกิด ใครทำอะไร ไม่ถูกต้องตรงไหน เขียนเฉพาะที่รู้จริง ส่วนที่เป็นการคาดเดาให้บอกไว้ว่าคาดเดาค่ะ",
        required=True,
        longest=10_000,
        rows=8,
    ),
    Question(
        key="who",
        title="ผู้ที่เกี่ยวข้อง",
        ask_web="ใครเกี่ยวข้องบ้างคะ",
        ask_chat="ใครเกี่ยวข้องบ้างคะ\nบอกชื่อ ตำแหน่ง หรือหน่วยงาน ถ้าไม่ทราบชื่อ บอกหน้าที่หรือลักษณะก็ได้ค่ะ",
        help="ชื่อ ตำแหน่ง หน่วยงาน หรือชื่อบริษัท ถ้าไม่ทราบชื่อ บอกหน้าที่หรือลักษณะก็ได้ค่ะ",
    ),
    Question(
        key="where",
        title="สถานที่",
        ask_web="เกิดที่ไหนคะ",
        ask_chat="เกิดที่ไหนคะ\nเช่น สำนักงาน โครงการ หมู่บ้าน หรือร้านค้า",
        help="เช่น ห้องหรือกองในสำนักงาน ชื่อโครงการ หมู่ที่ หรือร้านค้า",
        rows=2,
    ),
    Question(
        key="when",
        title="วันเวลา",
        ask_web="เกิดเมื่อไรคะ",
        ask_chat="เกิดเมื่อไรคะ\nเช่น ต้นเดือนตุลาคม หรือทุกครั้งที่มายื่นเรื่อง ประมาณก็ได้ค่ะ",
        help="วัน เดือน ปี หรือประมาณก็ได้ เช่น ต้นเดือนตุลาคม ถ้าเกิดหลายครั้งหรือยังเกิดอยู่ ให้บอกด้วยค่ะ",
        rows=2,
    ),
    Question(
        key="amount",
        title="จำนวนเงินหรือทรัพย์สิน",
        ask_web="เกี่ยวกับเงินหรือทรัพย์สินเท่าไรคะ",
        ask_chat="เกี่ยวกับเงินหรือทรัพย์สินเท่าไรคะ\nประมาณก็ได้ และจ่ายกันอย่างไร ถ้าทราบค่ะ",
        help="ประมาณก็ได้ค่ะ ถ้าทราบว่าจ่ายอย่างไร ให้ใคร หรือเลขที่โครงการหรือสัญญา ให้บอกด้วยค่ะ",
        rows=2,
    ),
    Question(
        key="evidence",
        title="หลักฐาน",
        ask_web="มีหลักฐานอะไรบ้างคะ",
        ask_chat="มีหลักฐานอะไรบ้างคะ และอยู่ที่ไหน\nบอกเท่าที่รู้ก็พอค่ะ ไม่ต้องเสี่ยงไปหาเพิ่ม\n"
        "อย่าส่งรูปหรือไฟล์ในแชตนะคะ ส่งภายหลังได้ทางหน้าเว็บค่ะ",
        help="เอกสาร ภาพ เสียง ใบเสร็จ หรือสิ่งที่เจ้าหน้าที่ไปตรวจเองได้ และอยู่ที่ไหน ไม่ต้องเสี่ยงไปหาเพิ่มค่ะ",
    ),
    Question(
        key="witnesses",
        title="พยาน",
        ask_web="มีใครเห็นหรือรู้เรื่องนี้อีกคะ",
        ask_chat="มีใครเห็นหรือรู้เรื่องนี้อีกคะ\nถ้าเกรงว่าเขาจะเดือดร้อน บอกเพียงตำแหน่งก็ได้ค่ะ",
        help="ถ้าเกรงว่าพยานจะเดือดร้อน บอกเพียงตำแหน่งหรือกลุ่มคนก็ได้ค่ะ",
    ),
    Question(
        key="how_known",
        title="ทราบเรื่องได้อย่างไร",
        ask_web="คุณทราบเรื่องนี้ได้อย่างไรคะ",
        ask_chat="คุณทราบเรื่องนี้ได้อย่างไรคะ เห็นเอง เห็นเอกสาร หรือมีคนเล่า\nถ้าคำตอบจะทำให้รู้ว่าคุณเป็นใคร ข้ามได้ค่ะ",
        help="เห็นเอง เห็นเอกสาร หรือมีคนเล่า ถ้ามีคนรู้เรื่องนี้น้อยจนคำตอบบอกได้ว่าคุณเป็นใคร เว้นว่างไว้ได้ค่ะ",
    ),
    Question(
        key="fears",
        title="สิ่งที่ผู้แจ้งกังวล",
        ask_web="มีอะไรที่คุณกังวล หรืออยากให้เราระวังไหมคะ",
        ask_chat="ข้อสุดท้ายค่ะ มีอะไรที่คุณกังวล หรืออยากให้เราระวังไหมคะ\nเช่น เรื่องที่ถ้าถามออกไปแล้วเขาจะรู้ว่าใครแจ้ง",
        help="เช่น เรื่องที่ถ้าเจ้าหน้าที่ถามออกไปแล้วจะรู้ว่าใครแจ้ง หรือเคยถูกข่มขู่ค่ะ",
    ),
)
BY_KEY = {question.key: question for question in QUESTIONS}
# Without these an unsigned report can hardly be followed up; the form says so once and lets the person go on.
NEEDED_TO_FOLLOW_UP = ("who", "where", "when")


class AnswersRefused(ValueError):
    """Answers that cannot be taken. `problems`: question key -> Thai sentence for the person; nothing they wrote."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("answers refused")
        self.problems = dict(problems)


def tidy(text: str) -> str:
    """What a person typed, without what nobody sees: control characters, other kinds of line ends, outer spaces."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c == "\n" or unicodedata.category(c) != "Cc").strip()


def check_answer(key: str, text: str) -> str:
    """The tidied answer to one question. Raises AnswersRefused; KeyError for no question of ours."""
    question, answer = BY_KEY[key], tidy(text)
    if question.required and not answer:
        raise AnswersRefused({key: "ข้อนี้จำเป็นค่ะ เล่าสั้น ๆ ก็ได้"})
    if len(answer) > question.longest:
        raise AnswersRefused({key: f"ยาวเกินไปค่ะ ข้อนี้รับได้ {question.longest:,} ตัวอักษร ส่วนที่เหลือส่งเพิ่มภายหลังได้ค่ะ"})
    return answer


def check(answers: Mapping[str, str]) -> dict[str, str]:
    """The tidied answers in the questions' order, without empty ones. Raises AnswersRefused with every problem at
    once; KeyError for a key that is no question of ours."""
    checked, problems = {}, {}
    for key in answers:
        BY_KEY[key]
    for question in QUESTIONS:
        try:
            checked[question.key] = check_answer(question.key, answers.get(question.key, ""))
        except AnswersRefused as refused:
            problems.update(refused.problems)
    if problems:
        raise AnswersRefused(problems)
    return {key: answer for key, answer in checked.items() if answer}


def still_missing(answers: Mapping[str, str]) -> list[Question]:
    """What would make the report easier to follow up and was not answered."""
    missing = [BY_KEY[key] for key in NEEDED_TO_FOLLOW_UP if not tidy(answers.get(key, ""))]
    if not any(tidy(answers.get(key, "")) for key in ("evidence", "witnesses")):
        missing.append(BY_KEY["evidence"])
    return missing
