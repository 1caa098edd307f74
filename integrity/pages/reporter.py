"""What a reporter sees: tell, keep the receipt, come back with it. No cookie, no script, nothing in an address.

The receipt travels in POST bodies only; between the steps of a report everything typed travels in the form.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, abort, render_template, request
from sqlalchemy.orm import Session

from integrity import drafts, officers, questions, reports, sealing, setup
from integrity.pages import forms
from integrity.pages.context import enter, house, keys_of, now, this_desk, today
from integrity.questions import QUESTIONS
from integrity.reports import NewReport
from integrity.uploads import CleanFile, Refused
from integrity.vault import receipt
from integrity.vault.receipt import ReceiptError
from thai.digits import to_arabic

pages = Blueprint("reporter", __name__, url_prefix="/<code>/integrity")
pages.url_value_preprocessor(enter)
pages.before_request(forms.check)
STEPS = {"story": "เล่าเรื่อง", "people": "ใครต้องไม่เห็น", "send": "ตรวจและส่ง"}


# --- tell ---


@pages.get("/report")
def start(code: str) -> str:
    """The first step, or why the desk does not take reports yet."""
    del code
    with house().database.reading() as session:
        if officers.readiness(session, this_desk()):
            return render_template("integrity/reporter/closed.html", phones=setup.text(this_desk(), "phones"))
    return _step("story")


@pages.post("/report")
def report(code: str) -> str:
    """Forward, back or send; `go` is the step to show, or "file" to send."""
    del code
    answers = _answers()
    go = request.form.get("go", "story")
    if go == "story":
        return _step("story")
    try:
        questions.check(answers)
    except questions.AnswersRefused as refused:
        return _step("story", refused.problems)
    if go == "people" or not _ids("shown"):
        return _step("people")
    with house().database.reading() as session:
        problems = _people_problems(session)
    if problems:
        return _step("people", problems)
    return _file_report(answers) if go == "file" else _step("send")


def _file_report(answers: dict[str, str]) -> str:
    try:
        files = forms.clean_files()
    except Refused as refused:
        return _step("send", {"files": str(refused)})
    identity = forms.identity()
    new = NewReport(answers, _ids("excluded"), identity or None, files, shown=_ids("shown"))
    texts = [sorted(answers.items()), sorted(new.excluded), sorted(identity.items())]
    number = receipt.from_seed(forms.receipt_seed(texts))
    keys = keys_of(number)
    with house().database.writing() as session:
        reports.submit(session, house().config, this_desk(), new, now(), number, keys)
    return _receipt_page(number, files)


def _step(name: str, problems: dict[str, str] | None = None) -> str:
    with house().database.reading() as session:
        readers = officers.active(session, this_desk())
        identity_kept = reports.can_take_identity(session, this_desk(), set())
    answers = _answers()
    return render_template(
        "integrity/reporter/report.html",
        step=name,
        steps=STEPS,
        questions=QUESTIONS,
        answers=answers,
        missing=questions.still_missing(answers) if name == "send" else [],
        readers=readers,
        excluded=_ids("excluded"),
        shown={reader.id for reader in readers} if name == "people" else _ids("shown"),
        identity=forms.identity(),
        identity_kept=identity_kept,
        identity_labels=forms.IDENTITY,
        problems=problems or {},
        token=request.form.get(forms.TOKEN) or forms.new_token("reporter.report"),
    )


def _answers() -> dict[str, str]:
    given = {question.key: request.form.get(f"q_{question.key}", "") for question in QUESTIONS}
    return {key: questions.tidy(answer) for key, answer in given.items()}


def _ids(field: str) -> set[int]:
    """Of officers: those whom the reporter "excluded", those who were "shown" to choose from."""
    return {int(value) for value in request.form.getlist(field) if value.isascii() and value.isdigit()}


def _people_problems(session: Session) -> dict[str, str]:
    try:
        sealing.allowed_officers(session, this_desk(), _ids("excluded"), _ids("shown"))
    except sealing.NobodyLeft as nobody:
        return {"excluded": str(nobody)}
    if forms.identity() and not reports.can_take_identity(session, this_desk(), _ids("excluded"), _ids("shown")):
        return {"identity": "คนที่รักษาข้อมูลชื่อผู้แจ้งอยู่ในรายชื่อที่คุณไม่ให้เห็นค่ะ กรุณาลบชื่อและที่ติดต่อออก แล้วส่งเรื่องโดยไม่บอกชื่อ"}
    return {}


# --- the receipt ---


@pages.post("/report/kept")
def kept(code: str) -> str:
    """Was the receipt written down? Its last group typed back says so."""
    del code
    try:
        number = receipt.parse(request.form.get("receipt", ""))
    except ReceiptError:
        abort(400)
    typed = "".join(c for c in to_arabic(request.form.get("last_group", "")) if c.isdigit())
    if typed not in (receipt.last_group(number), number):
        return _receipt_page(number, [], "ยังไม่ตรงค่ะ กรุณาดูกลุ่มสุดท้ายที่จดไว้อีกครั้ง")
    due_on = today() + timedelta(days=setup.setting(this_desk(), "answer_days"))
    return render_template("integrity/reporter/kept.html", due_on=due_on)


def _receipt_page(number: str, files: list[CleanFile], problem: str = "") -> str:
    return render_template(
        "integrity/reporter/receipt.html", receipt=receipt.show(number), number=number, files=files, problem=problem
    )


@pages.get("/claim/<token>")
def claim_page(code: str, token: str) -> str:
    """Where the one-time link from the chat leads; looking at it takes nothing."""
    del code
    return render_template("integrity/reporter/claim.html", token=token)


@pages.post("/claim")
def claim(code: str) -> str:
    """The receipt of a report told in chat, made now and shown once."""
    del code
    token = request.form.get("claim", "")
    number = receipt.from_seed(forms.receipt_seed([token]))
    keys = keys_of(number)
    with house().database.writing() as session:
        claimed = drafts.claim(session, house().config, token, now(), number, keys)
    if claimed is None:
        with house().database.reading() as session:
            twice = reports.find(session, house().config, this_desk(), number, keys)  # this very form?
        if twice is None:
            return render_template("integrity/reporter/claim.html", token=None)
    return _receipt_page(number, [])
