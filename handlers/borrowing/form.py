"""What is asked of somebody who wants to keep a loan longer: in chat one question at a time, on the web on one page."""

from __future__ import annotations

from handlers.borrowing.extensions import LONGEST_REASON
from handlers.forms import Form, TextField
from handlers.services.fields import DateField

UNTIL = DateField(
    name="until",
    label="คืนวันที่",
    ask="ขอคืนวันไหนแทนคะ",
    example="9 ธ.ค. 69",
    in_time="future",
)
REASON = TextField(
    name="reason",
    label="เหตุผล",
    ask="เพราะอะไรคะ เจ้าหน้าที่จะได้ช่วยพิจารณา",
    example="งานเลื่อนไปอีก 2 วัน",
    longest=LONGEST_REASON,
    optional=True,
    skip_label="ไม่ระบุ",
)
LONGER = Form("longer", "คำขอยืมต่อ", (UNTIL, REASON))
