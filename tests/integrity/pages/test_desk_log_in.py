"""Officers come in, go out, set up, and recover what they lost, through the pages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from integrity import audit, invitations, officers, setup
from integrity.config import Config
from integrity.database import Database
from integrity.invitations import Invitation
from integrity.pages import access
from tests.integrity.conftest import NOW
from tests.integrity.pages.desk import AT, Desktop, Filled, World, build, scrubbed
from tests.integrity.pages.visitor import BOTH, forms_of, words
from tests.integrity.people import Person

NEW = "ตลาด นาฬิกา กระดาษ ลำธาร ดอกไม้"


def shown_paper(page: str) -> tuple[str, str]:
    """Recovery code and TOTP secret on the page that shows them once; "" for what it does not."""
    code = re.search(r"[A-Z2-7]{4}(?:-[A-Z2-7]{4}){7}", page)
    secret = re.search(r'class="code">([A-Z2-7 ]{39})<', page)
    return code[0] if code else "", secret[1].replace(" ", "") if secret else ""


# -- log-in -------------------------------------------------------------------------------------------------


def test_cookies_are_for_the_desk_alone(world: World) -> None:
    browser, malee = world.browser(), world.people["malee"]
    browser.log_in("malee", malee.passphrase, malee.code(world.moment))
    for name in (access.COOKIE, access.BROWSER_COOKIE):
        cookie = browser.get_cookie(name, path=AT)
        assert cookie is not None
        assert (cookie.secure, cookie.http_only, cookie.same_site) == (True, True, "Strict")
        assert cookie.path == AT
        assert malee.passphrase not in cookie.value
    session = browser.get_cookie(access.COOKIE, path=AT)
    assert session is not None
    assert session.max_age is None, "a session ends with the browser"


def test_without_https_the_cookie_still_arrives(world: World) -> None:
    plain = replace(world.config, public_url="http://localhost:5000")
    world = build(plain, world.database, Filled(world.people, world.theirs))
    cookie = world.logged_in("malee").get_cookie(access.COOKIE, path=AT)
    assert cookie is not None
    assert not cookie.secure


def test_no_cookie_before_the_log_in(world: World) -> None:
    for page in ("log-in", "recover", "telephone", ""):
        assert "Set-Cookie" not in world.browser().get(f"{AT}/{page}").headers


def test_whatever_is_wrong_the_answer_is_the_same(world: World) -> None:
    malee, nit, boon = (world.people[name] for name in ("malee", "nit", "boon"))
    code = malee.code(world.moment)
    tries = [
        ("nobody", malee.passphrase, code),
        ("malee", "ผิด ผิด ผิด ผิด ผิด", code),
        ("malee", malee.passphrase, "000000"),
        ("malee", "", ""),
        ("nit", nit.passphrase, nit.code(world.moment)),
        ("boon", boon.passphrase, boon.code(world.moment)),
        ("stranger", world.people["stranger"].passphrase, code),
    ]
    tries += [("malee", "ผิด ผิด ผิด ผิด ผิด", code)] * 4 + [("malee", malee.passphrase, code)]  # has to wait by now
    answers = {scrubbed(world.browser().log_in(*typed), typed[0]) for typed in tries}
    assert len(answers) == 1
    assert "เข้าสู่ระบบไม่ได้" in answers.pop().decode()


def test_a_stranger_cannot_keep_an_officer_out(world: World) -> None:
    malee, known = world.people["malee"], world.logged_in("malee")
    for _ in range(20):
        assert world.browser().log_in("malee", "ผิด ผิด ผิด ผิด ผิด", "000000").status_code == 403
    world.later(seconds=30)
    elsewhere = world.browser()
    assert elsewhere.log_in("malee", malee.passphrase, malee.code(world.moment)).status_code == 303
    for _ in range(20):
        world.browser().log_in("malee", "ผิด ผิด ผิด ผิด ผิด", "000000")
    world.later(seconds=25)
    world.later(seconds=30 - world.moment.timestamp() % 30)
    assert known.log_in("malee", malee.passphrase, malee.code(world.moment)).status_code == 303, "own browser, no wait"


def test_a_flood_is_asked_a_sum_before_the_slow_work(world: World) -> None:
    door = world.app.extensions["integrity"].door
    for _ in range(door.calm):
        door.ask("", "", world.moment)
    malee, browser = world.people["malee"], world.browser()
    asked = browser.log_in("malee", malee.passphrase, malee.code(world.moment))
    assert "บวก" in asked.text
    assert malee.passphrase not in asked.text
    tens, ones = re.findall(r"(\S+) บวก (\S+) ได้", asked.text.replace(">", " "))[0]
    from integrity import gate

    answer = {v: k for k, v in gate._THAI_TENS.items()}[tens] * 10 + {v: k for k, v in gate._THAI_ONES.items()}[ones]
    world.later(seconds=5)
    answered = browser.press(
        asked, "เข้าสู่ระบบ", username="malee", passphrase=malee.passphrase, code=malee.code(world.moment),
        challenge_answer=str(answer),
    )  # fmt: skip
    assert answered.status_code == 303


def test_nothing_typed_comes_back_on_the_page(world: World) -> None:
    page = world.browser().log_in("malee", "ความลับ ของ ฉัน ที่ ผิด", "123456").text
    assert "ความลับ" not in page
    assert "123456" not in page


# -- the end of a session -----------------------------------------------------------------------------------


def is_out(browser: Desktop) -> bool:
    return browser.get(f"{AT}/").status_code == 401


def test_a_session_ends_on_log_out_also_for_a_copied_cookie(world: World) -> None:
    malee, thief = world.logged_in("malee"), world.browser()
    thief.set_cookie(access.COOKIE, malee.cookie(), path=AT)
    assert not is_out(thief)
    assert malee.send("/log-out").status_code == 303
    assert is_out(thief)
    assert malee.cookie() == ""


def test_a_session_ends_after_four_hours(world: World) -> None:
    malee = world.logged_in("malee")
    world.later(hours=3, minutes=59)
    assert not is_out(malee)
    world.later(minutes=1)
    assert is_out(malee)


def test_a_session_ends_when_the_officer_leaves(world: World) -> None:
    prasit, malee = world.logged_in("prasit"), world.logged_in("malee")
    assert malee.send(f"/people/{world.people['prasit'].id}/leave", sure="yes").status_code == 303
    assert is_out(prasit)
    answer = prasit.log_in("prasit", world.people["prasit"].passphrase, "000000")
    assert answer.status_code == 403


def test_every_session_ends_when_the_passphrase_changes(world: World) -> None:
    here, there, malee = world.logged_in("malee"), world.logged_in("malee"), world.people["malee"]
    wrong = here.send("/account/passphrase", old="ผิด", passphrase=NEW, again=NEW)
    assert "วลีรหัสผ่านปัจจุบันไม่ถูกต้อง" in wrong.text
    assert "สองช่องไม่ตรงกัน" in here.send("/account/passphrase", old=malee.passphrase, passphrase=NEW, again="x").text
    assert "อย่างน้อย" in here.send("/account/passphrase", old=malee.passphrase, passphrase="สั้น", again="สั้น").text
    assert not is_out(there)
    changed = here.send("/account/passphrase", old=malee.passphrase, passphrase=NEW, again=NEW)
    assert changed.status_code == 303
    assert is_out(here)
    assert is_out(there)
    assert here.log_in("malee", malee.passphrase, malee.code(world.moment)).status_code == 403
    malee.passphrase = NEW
    assert not is_out(world.logged_in("malee"))


def test_what_was_written_when_the_session_ended_is_handed_back(world: World) -> None:
    report_id, malee = world.tell()[1], world.logged_in("malee")
    token = malee.token()
    world.later(hours=5)
    answer = malee.post(f"{AT}/reports/{report_id}/reply", data={"form_token": token, "text": "คำถาม <b>ยาว</b>"})
    assert answer.status_code == 401
    assert "คำถาม &lt;b&gt;ยาว&lt;/b&gt;" in answer.text
    told = malee.post(f"{AT}/settings", data={"form_token": token, "how": "วิธีใหม่", "law": "กฎหมายใหม่"})
    assert "วิธีใหม่\n\nกฎหมายใหม่" in told.text
    malee = world.logged_in("malee")  # and in another tab a form of the session before is still open
    answer = malee.post(f"{AT}/reports/{report_id}/reply", data={"form_token": token, "text": "คำถามเดิม"})
    assert answer.status_code == 400
    assert "คำถามเดิม" in answer.text


# -- first set-up -------------------------------------------------------------------------------------------


def join(browser: Desktop, address: str, username: str) -> tuple[Person, str]:
    """The invited officer sets up; what they hold, and the fingerprint that the page shows."""
    where = address.removeprefix("https://obt.example")
    passphrase = f"ข้าวเหนียว มะม่วง สะพาน แม่น้ำ {username}"
    page = browser.press(browser.get(where), "สร้างกุญแจ", passphrase=passphrase, again=passphrase)
    assert page.status_code == 200, page.text
    assert "data:image/svg+xml;base64," in page.text
    fingerprint = re.search(r"\d{5}(?: \d{5}){5}", page.text)
    assert fingerprint is not None
    return Person(0, username, passphrase, *shown_paper(page.text)), fingerprint[0]


@BOTH
def test_from_the_first_invitation_to_an_open_desk(config: Config, desk_database: Database) -> None:
    with desk_database.writing() as session:
        setup.ensure_desk(session, "obt", "อบต.ตัวอย่าง", NOW.date())
    world = build(config, desk_database)
    with desk_database.reading() as session:
        first = invitations.address(
            session, config, world.desk(session), Invitation(" Malee ", "มาลี", "ปลัด", "officer", None)
        )
    world.people["malee"], _ = join(world.browser(), first, "malee")
    malee = world.logged_in("malee")
    assert "ยังเปิดรับเรื่องไม่ได้" in malee.get(f"{AT}/").text
    for username, role in (("somsri", "custodian"), ("jangwat", "outside")):
        invited = malee.send("/people/invite", username=username, name=f"คุณ{username}", position="", role=role)
        address = re.search(r"https://\S+/desk/join/[^<\s]+", invited.text)
        assert address is not None
        world.people[username], fingerprint = join(world.browser(), address[0], username)
        assert fingerprint in malee.get(f"{AT}/people").text
        where = address[0].removeprefix("https://obt.example")
        assert "สร้างกุญแจไว้แล้ว" in world.browser().get(where).text
        officer_id = _id(world, username)
        refused = malee.send(f"/people/{officer_id}/approve")
        assert "โปรดเทียบลายนิ้วมือ" in refused.text
        by = malee if username == "somsri" else world.logged_in("somsri")
        if username == "jangwat":
            assert "ผู้แต่งตั้งรับรองเองไม่ได้" in malee.send(f"/people/{officer_id}/approve", compared="yes").text
        assert by.send(f"/people/{officer_id}/approve", compared="yes").status_code == 303
        used = world.browser().get(where)
        assert used.status_code == 404
        assert "ขอที่อยู่ใหม่จากผู้แต่งตั้ง" in used.text
    assert world.logged_in("somsri").send(f"/people/{_id(world, 'malee')}/approve", compared="yes").status_code == 303
    with desk_database.reading() as session:
        assert officers.readiness(session, world.desk(session)) == []
        assert audit.verify(session, world.desk(session)) == []
    assert "ยังเปิดรับเรื่องไม่ได้" not in malee.get(f"{AT}/").text


def test_an_invitation_of_somebody_who_left_or_of_another_desk_is_void(world: World) -> None:
    with world.database.reading() as session:
        desk, other = world.desk(session), world.desk(session, "other")
        asked = Invitation("dao", "ดาว", "", "officer", world.people["prasit"].id)
        address = invitations.address(session, world.config, desk, asked)
        elsewhere = invitations.address(session, world.config, other, replace(asked, by=None))
    where = address.removeprefix("https://obt.example")
    assert world.browser().get(where).status_code == 200
    assert world.browser().get(elsewhere.rpartition("/")[2].join((f"{AT}/join/", ""))).status_code == 404
    world.logged_in("malee").send(f"/people/{world.people['prasit'].id}/leave", sure="yes")
    assert world.browser().get(where).status_code == 404


def test_set_up_refuses_what_is_weak_or_mistyped(world: World) -> None:
    with world.database.reading() as session:
        asked = Invitation("dao", "ดาว", "", "officer", None)
        where = invitations.address(session, world.config, world.desk(session), asked).removeprefix(
            "https://obt.example"
        )
    browser = world.browser()
    page = browser.get(where)
    assert "สองช่องไม่ตรงกัน" in browser.press(page, "สร้างกุญแจ", passphrase=NEW, again="x").text
    weak = browser.press(page, "สร้างกุญแจ", passphrase="1234", again="1234")
    assert "อย่างน้อย 5 คำ" in weak.text
    assert "1234" not in words(weak)


def test_a_set_up_form_sent_twice_shows_paper_and_telephone_that_work(world: World) -> None:
    with world.database.reading() as session:
        asked = Invitation("dao", "ดาว", "", "officer", None)
        where = invitations.address(session, world.config, world.desk(session), asked)
    browser = world.browser()
    first, fingerprint = join(browser, where, "dao")
    second, same = join(browser, where, "dao")
    assert fingerprint == same
    assert first.recovery_code != second.recovery_code
    form = browser.get(where.removeprefix("https://obt.example"))
    assert "ไม่ตรงกับที่ตั้งไว้" in browser.press(form, "สร้างกุญแจ", passphrase=NEW, again=NEW).text
    officer_id = _id(world, "dao")
    assert world.logged_in("malee").send(f"/people/{officer_id}/approve", compared="yes").status_code == 303
    assert browser.press(form, "สร้างกุญแจ", passphrase=second.passphrase, again=second.passphrase).status_code == 404
    world.people["dao"] = second
    assert not is_out(world.logged_in("dao"))


def test_wrong_invitations_are_explained(world: World) -> None:
    malee = world.logged_in("malee")
    taken = malee.send("/people/invite", username="PRASIT ", name="คนใหม่", role="officer")
    assert "ชื่อผู้ใช้นี้มีอยู่แล้ว" in taken.text
    assert 'value="คนใหม่"' in taken.text
    assert "ให้ครบ" in malee.send("/people/invite", username="x", name="", role="king").text


def _id(world: World, username: str) -> int:
    with world.database.reading() as session:
        found = session.query(officers.Officer).filter_by(username=username).order_by("desk_id").first()
        assert found is not None
        return found.id


# -- something was lost -------------------------------------------------------------------------------------


def test_paper_and_telephone_make_a_new_passphrase(world: World) -> None:
    malee, browser = world.people["malee"], world.browser()
    page = browser.get(f"{AT}/recover")
    typed: dict[str, Any] = {"username": "malee", "code": malee.code(world.moment), "passphrase": NEW, "again": NEW}
    wrong = [
        browser.press(page, "ตั้งวลีรหัสผ่านใหม่", **{**typed, "recovery_code": "ABCD"}),
        browser.press(page, "ตั้งวลีรหัสผ่านใหม่", **{**typed, "username": "nobody", "recovery_code": malee.recovery_code}),
    ]
    assert len({scrubbed(answer, "malee", "nobody", "ABCD", malee.recovery_code) for answer in wrong}) == 1
    assert 'value="ABCD"' in wrong[0].text, "what was read from paper need not be typed again"
    assert wrong[0].status_code == 403
    typed["recovery_code"] = malee.recovery_code.lower()
    assert "สองช่องไม่ตรงกัน" in browser.press(page, "ตั้งวลีรหัสผ่านใหม่", **{**typed, "again": "x"}).text
    fresh, _ = shown_paper(browser.press(page, "ตั้งวลีรหัสผ่านใหม่", **typed).text)
    assert fresh not in ("", malee.recovery_code)
    malee.passphrase = NEW
    assert not is_out(world.logged_in("malee"))


def test_passphrase_and_paper_take_a_new_telephone(world: World) -> None:
    malee, browser, old = world.people["malee"], world.browser(), world.logged_in("malee")
    page = browser.get(f"{AT}/telephone")
    typed: dict[str, Any] = {"username": "malee", "passphrase": malee.passphrase, "recovery_code": malee.recovery_code}
    wrong = browser.press(page, "ออกรหัสสำหรับโทรศัพท์เครื่องใหม่", **{**typed, "passphrase": "ผิด"})
    assert wrong.status_code == 403
    given = browser.press(page, "ออกรหัสสำหรับโทรศัพท์เครื่องใหม่", **typed)
    assert is_out(old)
    _, malee.totp_secret = shown_paper(given.text)
    assert not is_out(world.logged_in("malee"))


def test_a_new_paper_voids_the_old_one(world: World) -> None:
    malee, person = world.logged_in("malee"), world.people["malee"]
    assert "ไม่ถูกต้อง" in malee.send("/account/paper", old="ผิด").text
    fresh, _ = shown_paper(malee.send("/account/paper", old=person.passphrase).text)
    browser = world.browser()
    for code, status in ((person.recovery_code, 403), (fresh, 200)):
        world.later(seconds=30)
        answer = browser.press(
            browser.get(f"{AT}/recover"), "ตั้งวลีรหัสผ่านใหม่", username="malee", recovery_code=code,
            code=person.code(world.moment), passphrase=NEW, again=NEW,
        )  # fmt: skip
        assert answer.status_code == status


def test_a_new_key_waits_for_a_second_officer_and_still_reads_everything(world: World) -> None:
    report_id, malee, person = world.tell()[1], world.logged_in("malee"), world.people["malee"]
    page = malee.send("/account/key", old=person.passphrase)
    person.recovery_code, phone = shown_paper(page.text)
    assert person.recovery_code
    assert not phone, "the telephone stays: whoever loses this page can still log in"
    assert is_out(malee)
    world.later(seconds=30)
    assert malee.log_in("malee", person.passphrase, person.code(world.moment)).status_code == 403
    prasit = world.logged_in("prasit")
    fingerprint = re.search(r"\d{5}(?: \d{5}){5}", page.text)
    assert fingerprint is not None
    assert fingerprint[0] in prasit.get(f"{AT}/people/{person.id}").text
    assert prasit.send(f"/people/{person.id}/approve", compared="yes").status_code == 303
    assert "เงินทอน" in world.logged_in("malee").get(f"{AT}/reports/{report_id}").text


def test_two_colleagues_shares_give_back_a_lost_key(world: World) -> None:
    report_id, malee, person = world.tell()[1], world.logged_in("malee"), world.people["malee"]
    holders = [world.people[name] for name in ("prasit", "somsri", "jangwat")]
    for few in ([], [holders[0].id], [holders[0].id, holders[1].id, person.id], [holders[0].id, 2**70, "x"]):
        assert "3 คน" in malee.send("/account/escrow", holder=few).text
    assert malee.send("/account/escrow", holder=[holder.id for holder in holders]).status_code == 303
    assert "ขณะนี้ฝากไว้กับ คุณprasit, คุณsomsri, คุณjangwat" in malee.get(f"{AT}/account").text
    assert "ไม่ได้ถือ" in malee.send(f"/people/{holders[0].id}/share").text
    shares = []
    for holder in holders[1:]:
        browser = world.logged_in(holder.username)
        opened = browser.press(browser.get(f"{AT}/people/{person.id}"), "เปิดส่วนกุญแจของ คุณmalee")
        share = re.search(r"[A-Z2-7]{4}(?:-[A-Z2-7]{1,4})+", opened.text)
        assert share is not None
        shares.append(share[0])
    browser = world.browser()
    typed: dict[str, Any] = {"username": "malee", "share_1": shares[0], "passphrase": NEW, "again": NEW}
    page = browser.get(f"{AT}/restore")
    wrong = [
        browser.press(page, "กู้กุญแจ", **{**typed, "share_2": shares[0]}),
        browser.press(page, "กู้กุญแจ", **{**typed, "share_2": shares[1], "username": "prasit"}),
        browser.press(page, "กู้กุญแจ", **{**typed, "share_2": "ABCD", "username": "nobody"}),
    ]
    echoed = *shares, "ABCD", "nobody", "prasit", typed["username"]
    assert len({scrubbed(answer, *echoed) for answer in wrong}) == 1
    assert wrong[0].status_code == 403
    assert "สองช่องไม่ตรงกัน" in browser.press(page, "กู้กุญแจ", **{**typed, "again": "x"}).text
    given = browser.press(page, "กู้กุญแจ", **{**typed, "share_2": shares[1]})
    person.recovery_code, person.totp_secret = shown_paper(given.text)
    person.passphrase = NEW
    assert is_out(malee)
    assert "เงินทอน" in world.logged_in("malee").get(f"{AT}/reports/{report_id}").text


def test_every_button_of_the_pages_belongs_to_a_form(world: World) -> None:
    malee = world.logged_in("malee")
    for page in ("people", "account", f"people/{world.people['nit'].id}"):
        for form in forms_of(malee.get(f"{AT}/{page}")):
            assert form.buttons
            assert dict(form.fields)["form_token"] == malee.token()
