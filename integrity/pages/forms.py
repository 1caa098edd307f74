"""Forms without a cookie: a signed token says which page made the form; what was typed travels in the form itself.

Nothing is kept on the server between two steps, so a page that asks for something first (a sum during a flood, one
more press because the page stood open for a day) carries every word along.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence

from flask import g, render_template, request
from itsdangerous import BadData, URLSafeTimedSerializer

from integrity.gate import Challenge
from integrity.pages.context import House, house, now
from integrity.questions import tidy
from integrity.uploads import CleanFile, Refused, clean

MOST_FILES = 5
LONGEST_LINE = 500  # characters of a name or a way to be reached
IDENTITY = {"name": "ชื่อ", "phone": "โทรศัพท์หรือช่องทางติดต่อที่ปลอดภัย", "other": "อื่น ๆ ที่อยากให้รู้"}
OPEN_FOR = 24 * 3600  # seconds; somebody may need a day to find the words
# What costs a derivation, and so may ask for a sum while very many come at once.
EXPENSIVE = {
    "followup.follow", "followup.message", "followup.identity", "followup.withdraw", "reporter.claim",
}  # fmt: skip
TOKEN, CHALLENGE, ANSWER = "form_token", "challenge", "challenge_answer"


def check() -> str | None:
    """Every form comes from a page of ours; in a flood some are asked for a sum. Nothing typed is lost by either."""
    if request.method != "POST":
        return None
    g.nonce = nonce()
    if g.nonce is None:
        return again("กดส่งอีกครั้งค่ะ", "หน้านี้เปิดไว้นานแล้ว สิ่งที่พิมพ์ยังอยู่ครบ กดส่งอีกครั้งได้เลยค่ะ")
    sending = request.endpoint == "reporter.report" and request.form.get("go") == "file"
    if not sending and request.endpoint not in EXPENSIVE:
        return None
    challenge = house().door.ask(request.form.get(CHALLENGE, ""), request.form.get(ANSWER, ""), now())
    if challenge is None:
        return None
    return again("ขอคำตอบหนึ่งข้อก่อนส่งค่ะ", "ตอนนี้มีการส่งเข้ามามากผิดปกติ คำถามนี้กันโปรแกรมอัตโนมัติ สิ่งที่พิมพ์ไว้ยังอยู่ครบค่ะ", challenge)


def new_token(page: str) -> str:
    """A token for the form that is sent to the endpoint `page` of this agency."""
    return _signer(house(), page).dumps(secrets.token_hex(16))


def nonce() -> str | None:
    """The random part of the token that came with this form; None when it is not for this page or too old."""
    try:
        found = _signer(house(), request.endpoint or "").loads(request.form.get(TOKEN, ""), max_age=OPEN_FOR)
    except BadData:
        return None
    return str(found)


def receipt_seed(texts: Sequence[object]) -> bytes:
    """32 bytes out of which one form with one content always makes the same receipt: a form that was sent twice is
    one report, and the second answer shows the receipt that the first one did. Only the form holds its nonce."""
    digests = []
    for file in request.files.getlist("files"):
        file.stream.seek(0)
        digests.append(hashlib.file_digest(file.stream, "sha256").hexdigest())  # type: ignore[arg-type]
    content = json.dumps([g.nonce, g.code, texts, digests])
    return hmac.digest(house().config.cookie_key, b"receipt|" + content.encode(), "sha256")


def again(title: str, text: str, challenge: Challenge | None = None) -> str:
    """A page that sends the same form once more; files have to be chosen again."""
    g.works = challenge is not None  # lets the page run the script that does the proof of work
    ours = TOKEN, CHALLENGE, ANSWER
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in ours]
    return render_template(
        "integrity/again.html",
        title=title,
        words=text,
        typed=typed,
        token=request.form[TOKEN] if g.get("nonce") else new_token(request.endpoint or ""),
        challenge=challenge,
        files=any(file.filename for file in request.files.getlist("files")),
    )


def identity() -> dict[str, str]:
    """What the reporter tells about who they are, by IDENTITY, without the empty fields."""
    told = {name: tidy(request.form.get(f"id_{name}", ""))[:LONGEST_LINE] for name in IDENTITY}
    return {name: value for name, value in told.items() if value}


def clean_files() -> list[CleanFile]:
    """The files that came, cleaned. Raises Refused with a message that names the file."""
    sent = [(file.filename, file) for file in request.files.getlist("files") if file.filename]
    if len(sent) > MOST_FILES:
        raise Refused(f"แนบได้ครั้งละไม่เกิน {MOST_FILES} ไฟล์ค่ะ ที่เหลือส่งเพิ่มทีหลังได้ด้วยรหัสติดตาม")
    cleaned = []
    for name, file in sent:
        try:
            cleaned.append(clean(file.stream.read(), name))
        except Refused as refused:
            raise Refused(f"{name}: {refused} (ยังไม่ได้ส่งอะไรค่ะ กรุณาเลือกไฟล์ใหม่)") from None
    return cleaned


def _signer(at: House, page: str) -> URLSafeTimedSerializer:
    key = base64.b64encode(at.config.cookie_key)
    return URLSafeTimedSerializer(key, salt=f"form|{g.code}|{page}", signer_kwargs={"digest_method": hashlib.sha256})
