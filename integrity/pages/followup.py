"""The reporter comes back: with the receipt alone they read, answer, add files, say who they are, withdraw.

The receipt is carried from page to page in forms only, never in an address or a cookie.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, render_template, request
from sqlalchemy.orm import Session

from integrity import questions, reports, sealing, setup
from integrity.pages import forms
from integrity.pages.context import enter, house, keys_of, now, this_desk, today
from integrity.questions import QUESTIONS
from integrity.reports import Opened
from integrity.tables import DONE, SealedFile
from integrity.uploads import CleanFile, Refused
from integrity.vault import receipt
from integrity.vault.receipt import ReceiptError

pages = Blueprint("followup", __name__, url_prefix="/<code>/integrity")
pages.url_value_preprocessor(enter)
pages.before_request(forms.check)
STATUS_WORDS = {
    "received": "รับเรื่องไว้แล้ว เจ้าหน้าที่จะเปิดอ่านและตรวจเบื้องต้น",
    "screening": "กำลังตรวจสอบเบื้องต้น",
    "investigating": "กำลังสอบสวน",
    "closed": "ยุติเรื่องแล้ว",
    "forwarded": "ส่งต่อให้ ป.ป.ช. หรือ ป.ป.ท. แล้ว",
    "withdrawn": "คุณขอถอนเรื่องแล้ว",
}
SEEN_NEXT = "เจ้าหน้าที่จะเห็นเมื่อเข้ามาเปิดระบบ กลับมาดูคำตอบได้ด้วยรหัสเดิมค่ะ"
WITHDRAWN_NEXT = "คุณไม่ต้องทำอะไรอีกค่ะ ถ้าเปลี่ยนใจ เขียนถึงเจ้าหน้าที่ได้ด้วยรหัสเดิม"
NOT_FOUND = "ไม่พบเรื่องของรหัสนี้ค่ะ กรุณาเทียบกับที่จดไว้ทีละกลุ่ม"


@pages.get("/follow")
def come_back(code: str) -> str:
    """Ask for the receipt."""
    del code
    return _ask_receipt()


@pages.post("/follow")
def follow(code: str) -> str:
    """What officers wrote, and everything that the reporter may do."""
    del code
    typed = request.form.get("receipt", "")
    try:
        number = receipt.parse(typed)
    except ReceiptError as wrong:
        return _ask_receipt(str(wrong), typed)
    keys = keys_of(number)
    with house().database.reading() as session:
        opened = reports.find(session, house().config, this_desk(), number, keys)
        identity_kept = opened is not None and reports.can_reveal_identity(session, opened.report)
    if opened is None:
        return _ask_receipt(NOT_FOUND, typed)
    return render_template(
        "integrity/reporter/follow.html",
        number=number,
        opened=opened,
        answers={
            key: answer
            for entry in opened.entries
            if entry.kind == "answers"  # one of the form, several of the chat
            for key, answer in entry.content["answers"].items()
        },
        status=STATUS_WORDS[opened.status],
        status_words=STATUS_WORDS,
        titles={question.key: question.title for question in QUESTIONS},
        identity_labels=forms.IDENTITY,
        identity_kept=identity_kept,
        late=opened.status not in DONE and opened.report.due_on < today(),
        phones=setup.text(this_desk(), "phones"),
    )


@pages.post("/follow/message")
def message(code: str) -> str:
    """Write to the officers, add files, or both."""
    del code
    try:
        files = forms.clean_files()
    except Refused as refused:
        return forms.again("ไฟล์นี้รับไม่ได้ค่ะ", str(refused))
    text = questions.tidy(request.form.get("text", ""))
    if len(text) > reports.LONGEST_MESSAGE:
        return forms.again("ข้อความยาวเกินไปค่ะ", f"ครั้งหนึ่งส่งได้ {reports.LONGEST_MESSAGE:,} ตัวอักษร กรุณาแบ่งส่งค่ะ")

    def write(session: Session, opened: Opened) -> None:
        if text and not _said_already(opened, text):
            reports.add_message(session, opened, text, now())
        fresh = [file for file in files if not _sent_already(session, opened, file)]
        if fresh:
            reports.add_files(session, opened, fresh, now())

    if not text and not files:
        return _act("ยังไม่มีข้อความหรือไฟล์ค่ะ", write)
    return _act("ส่งแล้วค่ะ", write, files, then=SEEN_NEXT)


@pages.post("/follow/identity")
def identity(code: str) -> str:
    """Say who one is, at last or anew."""
    del code
    told = forms.identity()
    if not told:
        return _act("ยังไม่ได้พิมพ์ชื่อหรือที่ติดต่อค่ะ", lambda session, opened: None)

    def tell(session: Session, opened: Opened) -> None:
        reports.reveal_identity(session, opened, told, now())

    return _act("ปิดผนึกชื่อและที่ติดต่อแล้วค่ะ", tell)


@pages.post("/follow/withdraw")
def withdraw(code: str) -> str:
    """Ask once more, then take the report back."""
    del code
    if request.form.get("sure") != "yes":
        return render_template("integrity/reporter/withdraw.html", number=request.form.get("receipt", ""))
    return _act("ถอนเรื่องแล้วค่ะ", lambda session, opened: reports.withdraw(session, opened, now()), then=WITHDRAWN_NEXT)


def _act(
    done: str, act: Callable[[Session, Opened], None], files: list[CleanFile] | None = None, then: str = ""
) -> str:
    """Open the report by the receipt in the form, change it, and say `done` and what happens `then`; a way back to the
    report comes along."""
    typed = request.form.get("receipt", "")
    try:
        number = receipt.parse(typed)
        keys = keys_of(number)
        with house().database.writing() as session:
            opened = reports.find(session, house().config, this_desk(), number, keys)
            if opened is None:
                return _ask_receipt(NOT_FOUND, typed)
            act(session, opened)
    except ReceiptError as wrong:
        return _ask_receipt(str(wrong), typed)
    except sealing.NobodyLeft as nobody:
        done = str(nobody)
    return render_template("integrity/reporter/done.html", number=number, done=done, then=then, files=files or [])


def _said_already(opened: Opened, text: str) -> bool:
    """A form sent twice is one message."""
    said = [entry for entry in opened.entries if entry.kind == "message"]
    return bool(said) and said[-1].author == sealing.REPORTER and said[-1].content["text"] == text


def _sent_already(session: Session, opened: Opened, file: CleanFile) -> bool:
    """So is a file; while the report cannot be read yet nobody can tell."""
    alike = [known for known in opened.files if (known.name, known.size) == (file.name, len(file.data))]
    return opened.data_key is not None and any(
        sealing.open_file(opened.data_key, session.get_one(SealedFile, known.id)) == file.data for known in alike
    )


def _ask_receipt(problem: str = "", typed: str = "") -> str:
    return render_template("integrity/reporter/ask_receipt.html", problem=problem, typed=typed)
