"""Fixed replies of the question slice, in the bot's voice.

They are templates: names in braces are filled in from the agency's settings with ``str.format_map``. The
names are the ones of the FAQ pack, and the hotlines (national numbers, which an agency can edit):
hotline_fire, hotline_medical, hotline_police, hotline_disaster, hotline_mental, hotline_electric,
hotline_nacc; and integrity_url, the address of the sealed form.

None of them repeats what the person wrote: an insult, a name or an accusation must not stand in the chat a
second time.
"""

SMALLTALK: dict[str, str] = {
    "greeting": (
        'สวัสดีค่ะ ดิฉันผู้ช่วยของ {agency_short}\nถามได้เลยนะคะ พิมพ์แบบพูดคุยธรรมดาก็ได้\nหรือพิมพ์ "เมนู" เพื่อดูว่าช่วยอะไรได้บ้างค่ะ'
    ),
    "thanks": "ยินดีค่ะ\nมีอะไรให้ช่วยอีก พิมพ์มาได้ตลอดเลยนะคะ",
    "bye": "สวัสดีค่ะ เดินทางปลอดภัยนะคะ\nมีเรื่องเมื่อไร พิมพ์มาหาเราได้เสมอค่ะ",
    "who_are_you": (
        "ดิฉันเป็นผู้ช่วยตอบอัตโนมัติของ {agency_short} ค่ะ\n"
        "ตอบคำถาม รับเรื่อง และติดตามเรื่องให้คุณได้\n"
        'อยากคุยกับคนจริง พิมพ์ "คุยกับเจ้าหน้าที่" ได้เลยนะคะ'
    ),
    "ok": "ได้เลยค่ะ\nมีอะไรให้ช่วยต่อ พิมพ์มาได้นะคะ",
    "compliment": "ขอบคุณมากค่ะ ดีใจที่ช่วยคุณได้นะคะ\nมีอะไรอีก ถามได้เสมอค่ะ",
    "laugh": "ดีใจที่คุณยิ้มได้นะคะ\nมีอะไรให้ช่วย พิมพ์มาได้เลยค่ะ",
    "abuse": (
        "ขอโทษด้วยนะคะที่ทำให้คุณไม่พอใจ\n"
        "ช่วยเล่าสั้น ๆ ได้ไหมคะ ว่าติดขัดเรื่องอะไร\n"
        'หรือพิมพ์ "คุยกับเจ้าหน้าที่" จะให้คนมาดูแลค่ะ\n'
        "ถ้าด่วน โทร {office_phone}"
    ),
    "unhappy": (
        "ขอโทษที่ทำให้คุณต้องรอนะคะ\n"
        "เรื่องที่แจ้งไว้ กด “ติดตามเรื่อง” ดูได้ว่าถึงไหน\n"
        "หรือกด “คุยกับเจ้าหน้าที่” จะมีคนตอบในแชตนี้ค่ะ\n"
        "โทร {office_phone}"
    ),
    "worn": (
        "ฟังแล้วเป็นห่วงคุณนะคะ\n"
        "อยากมีคนรับฟัง โทรได้ตลอด 24 ชั่วโมงค่ะ\n"
        "{hotline_mental}\n"
        "หรือกด “คุยกับเจ้าหน้าที่” เล่าให้เราฟังได้\n"
        "เรื่องที่อยู่ เรื่องกิน เรื่องเงิน เราช่วยหาทางด้วยค่ะ"
    ),
    "hungry": (
        "ไม่ต้องเกรงใจนะคะ เราช่วยได้ค่ะ\n"
        "โทรตอนนี้ได้เลย ศูนย์ช่วยเหลือสังคม ตลอด 24 ชั่วโมง\n"
        "{hotline_social}\n"
        "และกด “คุยกับเจ้าหน้าที่” บอกว่าอยู่หมู่ไหน กี่คน\n"
        "จะได้มีคนไปดูแลถึงบ้านค่ะ"
    ),
    "violence": (
        "คุณไม่ผิดนะคะ และไม่ต้องทนอยู่คนเดียวค่ะ\n"
        "ศูนย์ช่วยเหลือสังคม โทรได้ตลอด 24 ชั่วโมง\n"
        "{hotline_social}\n"
        "ถ้ากำลังถูกทำร้าย โทรตำรวจ\n"
        "{hotline_police}\n"
        "หรือกด “คุยกับเจ้าหน้าที่”\n"
        "เราช่วยเรื่องที่พักและสิทธิให้ได้ค่ะ"
    ),
    "hotlines": (
        "เบอร์ด่วน โทรได้ตลอด 24 ชั่วโมงค่ะ\n"
        "ตำรวจ {hotline_police}\n"
        "ดับเพลิง กู้ภัย จับงู {hotline_fire}\n"
        "เจ็บป่วยฉุกเฉิน {hotline_medical}\n"
        "ไฟฟ้าขัดข้อง {hotline_electric}\n"
        "ในเวลาทำการ โทรหาเราได้ที่\n"
        "{office_phone}"
    ),
    "stop": (
        "ได้ค่ะ ข่าวที่เราส่ง คุณเลือกรับหรือเลิกรับได้\nกด “ไม่รับข่าวเลย” แล้วเราจะไม่ส่งข่าวอีก\nเรื่องที่คุณแจ้งไว้ ยังบอกความคืบหน้าเหมือนเดิมค่ะ"
    ),
    "slip": "ไม่เป็นไรค่ะ พิมพ์ใหม่ได้เลยนะคะ",
    "call_us": "โทรได้เลยค่ะ\n{office_phone}\n{office_hours}\nหรือกด “คุยกับเจ้าหน้าที่” พิมพ์เรื่องกับเบอร์ไว้ได้ค่ะ",
    "go_on": "ค่ะ เล่าต่อได้เลยนะคะ\nเกิดอะไรขึ้น หรืออยากทราบเรื่องอะไรคะ",
    "lost": ("ไม่เป็นไรค่ะ ค่อย ๆ ทำไปด้วยกันนะคะ\nอยากถามอะไร พิมพ์มาสั้น ๆ ได้เลย\nอยากแจ้งเรื่อง หรือคุยกับคน กดปุ่มด้านล่างค่ะ"),
    "hard_to_type": (
        "ไม่เป็นไรค่ะ ไม่ต้องพิมพ์ก็ได้\nกด “คุยกับเจ้าหน้าที่” แล้วอัดเสียงส่งมาได้เลย\nจะมีคนฟังและตอบค่ะ หรือโทรหาเราที่\n{office_phone}"
    ),
    "privacy": (
        'ข้อมูลของคนอื่น ดิฉันบอกให้ไม่ได้ค่ะ\nข้อมูลของคุณ เราก็ไม่บอกใครเหมือนกันนะคะ\nถ้าเป็นเรื่องของคุณเอง พิมพ์ "คุยกับเจ้าหน้าที่" ค่ะ'
    ),
    "injection": ('เรื่องนี้ดิฉันทำให้ไม่ได้ค่ะ\nช่วยได้เฉพาะงานของ {agency_short} นะคะ\nลองพิมพ์คำถามใหม่ หรือพิมพ์ "เมนู" ได้เลยค่ะ'),
}
"""Replies by topic. Every one ends the turn: no question of the search is asked for these."""

EMERGENCY: dict[str, str] = {
    "fire": (
        "{hotline_fire}\n"
        "โทรดับเพลิงเดี๋ยวนี้เลยค่ะ\n"
        "พาทุกคนออกมาก่อน อย่ากลับเข้าไปเอาของนะคะ\n"
        "ปลอดภัยแล้ว โทรบอกเราด้วยค่ะ {office_phone}"
    ),
    "medical": (
        "{hotline_medical}\n"
        "โทรเรียกรถพยาบาลเดี๋ยวนี้เลยค่ะ\n"
        "บอกว่าอยู่ที่ไหน เกิดอะไร หายใจไหม แล้วอย่าเพิ่งวางสาย\n"
        "มีคนอื่นอยู่ ให้ไปรอรับรถที่ปากทางนะคะ"
    ),
    "police": (
        "{hotline_police}\nโทรตำรวจเดี๋ยวนี้เลยค่ะ\nไปอยู่ที่ปลอดภัยก่อน อย่าเข้าไปห้ามเองนะคะ\nมีคนเจ็บ โทร {hotline_medical} ด้วยค่ะ"
    ),
    "missing": (
        "{hotline_police}\n"
        "โทรตำรวจเดี๋ยวนี้เลยค่ะ ไม่ต้องรอให้ครบวัน\n"
        "บอกชื่อ อายุ เสื้อผ้า และที่เห็นครั้งสุดท้าย\n"
        "แล้วโทรหาเรา จะช่วยประกาศตามหาด้วยค่ะ\n"
        "{office_phone}"
    ),
    "disaster": (
        "{hotline_disaster}\n"
        "โทรสายด่วนช่วยภัยพิบัติเดี๋ยวนี้เลยค่ะ\n"
        "แล้วโทร {agency_short} ได้ที่\n"
        "{office_phone}\n"
        "ขึ้นที่สูง อย่าเดินหรือขับรถลุยน้ำเชี่ยวนะคะ"
    ),
    "rescue": (
        "{hotline_fire}\n"
        "โทรเรียกกู้ภัยเดี๋ยวนี้เลยค่ะ\n"
        "อยู่ให้ห่าง คอยดูว่าอยู่ตรงไหน อย่าจับเองนะคะ\n"
        "ถูกกัดหรือต่อยแล้ว โทร {hotline_medical} ทันที\n"
        "โทรหาเราได้ด้วยค่ะ {office_phone}"
    ),
    "electric": (
        "{hotline_electric}\n"
        "โทรการไฟฟ้าให้ตัดไฟเดี๋ยวนี้เลยค่ะ\n"
        "อยู่ให้ห่าง อย่าแตะสายหรือน้ำที่สายตกอยู่นะคะ\n"
        "มีคนถูกไฟดูด อย่าจับตัว โทร {hotline_medical} ค่ะ\n"
        "ไฟลุกไหม้ โทร {hotline_fire}"
    ),
    "crisis": (
        "ดิฉันเป็นห่วงคุณนะคะ ขอบคุณที่บอกค่ะ\n"
        "{hotline_mental}\n"
        "โทรเบอร์นี้ มีคนพร้อมรับฟังตลอด 24 ชั่วโมงค่ะ\n"
        "ตอนนี้ขอให้อยู่ใกล้ใครสักคนที่คุณไว้ใจนะคะ\n"
        "ถ้ากำลังจะเกิดอันตราย โทร {hotline_medical} เลยค่ะ"
    ),
}
"""Replies by kind of danger: the number first and alone on its line, so that one tap dials it. In a crisis a
warm line comes before it; no menu and no form is offered (the voice guide of the project)."""

_INTEGRITY_OPENING = (
    "ขอบคุณที่ห่วงใยส่วนรวมค่ะ\n"
    "ขอบอกตามตรง แชตนี้ไม่ใช่ที่ปลอดภัยสำหรับเรื่องนี้\n"
    "LINE และแอดมินของบัญชีนี้อาจเห็นสิ่งที่พิมพ์ได้\n"
    "ดิฉันไม่ได้เก็บข้อความเมื่อครู่ไว้ในระบบของเราค่ะ\n"
    "แต่ในแชตยังอยู่ และลบแล้วก็อาจมีคนเห็นไปก่อน\n"
    "อย่าเพิ่งพิมพ์ชื่อหรือรายละเอียดเพิ่มนะคะ\n"
    "\n"
)

_INTEGRITY_OUTSIDE = (
    "โทร ป.ป.ช. ได้โดยไม่ผ่านเรา\n"
    "{hotline_nacc}\n"
    "หรือส่งจดหมาย หรือไปเอง ที่สำนักงาน ป.ป.ช. จังหวัดค่ะ\n"
    "ใช้โทรศัพท์ส่วนตัว อย่าใช้เครื่องของที่ทำงานนะคะ"
)

FOREIGN = (
    "Hello. I understand only Thai, so I have passed your message to our staff.\n"
    "They will answer here during office hours.\n"
    "Call us: {office_phone}\n"
    "Emergency: police {hotline_police}, fire {hotline_fire}, ambulance {hotline_medical}"
)
"""Before the Thai words of a hand-off, to somebody who wrote no Thai: the bot's only English, with the next."""

FOREIGN_ASKED = "Hello. Please write your question here. Our staff will answer in this chat."
"""The same, when they asked for a person."""

LINK = "ดิฉันเปิดลิงก์เองไม่ได้ค่ะ\nพิมพ์บอกสั้น ๆ ว่าเรื่องอะไร\nหรือกด “คุยกับเจ้าหน้าที่” ให้คนช่วยดูได้ค่ะ"
PHONE = "อยากให้โทรกลับเรื่องอะไรคะ\nกด “คุยกับเจ้าหน้าที่” แล้วพิมพ์เรื่องกับเบอร์มาด้วยกัน\nหรือโทรหาเราที่\n{office_phone}"
NATIONAL_ID = "เลขบัตรประชาชน อย่าเพิ่งส่งในแชตนะคะ\nกดค้างที่ข้อความ แล้วเลือก “ยกเลิกการส่ง” ได้ค่ะ\nมีเรื่องอะไรให้ช่วย พิมพ์บอกได้เลยค่ะ"
"""Answers to messages that are only an address, a telephone number, the number of an identity card."""

DIALS: dict[str, tuple[tuple[str, str], ...]] = {
    "worn": (("โทร", "hotline_mental"),),
    "hungry": (("โทร", "hotline_social"),),
    "violence": (("โทร", "hotline_social"), ("ตำรวจ", "hotline_police")),
    "hotlines": (
        ("ตำรวจ", "hotline_police"),
        ("ดับเพลิง", "hotline_fire"),
        ("เจ็บป่วย", "hotline_medical"),
        ("การไฟฟ้า", "hotline_electric"),
    ),
}
"""The buttons that dial below a fixed reply: a word and the name of the number."""

INTEGRITY_NOTICE = (
    _INTEGRITY_OPENING
    + "ทางที่ปลอดภัยกว่า คือแบบฟอร์มปิดผนึก\n"
    + "ไม่ต้องบอกชื่อ และเราไม่รู้ว่าบัญชี LINE ไหนส่งมาค่ะ\n"
    + "{integrity_url}\n"
    + _INTEGRITY_OUTSIDE
)
"""Answer to words about corruption when the agency's sealed form is open. Fixed: it never quotes."""

INTEGRITY_NOTICE_NO_DOOR = _INTEGRITY_OPENING + "ตอนนี้แบบฟอร์มปิดผนึกของเรายังไม่เปิดค่ะ\n" + _INTEGRITY_OUTSIDE
"""The same when the agency has not opened its sealed form: only ways that do not pass through it."""
