"""Every route of the desk, with everybody, and with their own, others', another agency's and no report at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from integrity.pages import access
from integrity.tables import OFFICER_ROLES
from tests.integrity.pages.desk import Desktop, World, scrubbed
from tests.integrity.pages.visitor import BOTH, words

ABSENT = "0" * 32
ROLE = {"malee": "officer", "somsri": "custodian", "jangwat": "outside"}


def rules(app: Flask) -> Iterator[tuple[Rule, str, access.Policy]]:
    """Every way into the desk: (rule, method, policy)."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("desk."):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method, access.declared(app, rule.endpoint)


def address(rule: Rule, report_id: str = ABSENT, officer_id: int = 1, **more: Any) -> str:
    values = {
        "code": "obt", "report_id": report_id, "officer_id": officer_id, "file_id": ABSENT, "what": "identity",
        "invitation": "none",
    } | more  # fmt: skip
    built = rule.build({name: values[name] for name in rule.arguments})
    assert built is not None
    return str(built[1])


def ask(browser: Desktop, method: str, where: str) -> Any:
    """A POST comes without a token: it gets as far as 400 when everything else is in order, and changes nothing."""
    return browser.open(where, method=method)


def test_every_route_says_who_may_open_it(world: World) -> None:
    access.check(world.app)
    strangers = {rule.endpoint for rule, _, policy in rules(world.app) if policy.roles is None}
    assert strangers == {
        "desk.log_in", "desk.enter", "desk.join", "desk.joined", "desk.recover", "desk.recovered", "desk.restore",
        "desk.restored", "desk.telephone", "desk.telephone_replaced",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/<code>/integrity/desk/forgotten", "/<code>/integrity/forgotten", "/elsewhere"], ids=lambda path: path
)
def test_a_route_without_a_policy_stops_the_program(world: World, path: str) -> None:
    world.app.add_url_rule(path, "forgotten", lambda **_: "secret")
    with pytest.raises(LookupError, match="forgotten"):
        access.check(world.app)


def test_a_route_about_a_report_must_say_so(world: World) -> None:
    view = access.policy("officer")(lambda **_: "secret")
    world.app.add_url_rule("/<code>/integrity/desk/peek/<report_id>", "desk.peek", view)
    with pytest.raises(LookupError, match="peek"):
        access.check(world.app)


def test_the_desk_cannot_hide_in_a_public_blueprint(world: World) -> None:
    world.app.add_url_rule("/<code>/integrity/desk/peek", "public.peek", access.stranger(lambda **_: "secret"))
    with pytest.raises(LookupError, match="peek"):
        access.check(world.app)


def test_an_undeclared_view_is_denied_even_while_it_runs(world: World) -> None:
    world.app.view_functions["desk.log"] = lambda: "secret"
    answer = world.logged_in("malee").get("/obt/integrity/desk/audit")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_a_policy_names_roles() -> None:
    for names in ((), ("king",)):
        with pytest.raises(ValueError):
            access.policy(*names)
    with pytest.raises(ValueError):
        access.policy("officer", about="cat")


@pytest.mark.parametrize("name", ["anonymous", "nit", "boon", "stranger"])
def test_who_is_no_active_officer_of_this_desk_gets_nowhere(world: World, name: str) -> None:
    """Not logged in, key not approved, left, and another agency's officer with a session of theirs."""
    own = world.tell()[1]
    browser = world.browser()
    if name == "stranger":
        theirs = world.logged_in("stranger", at="/other/integrity/desk").get_cookie(
            access.COOKIE, path="/other/integrity/desk"
        )
        assert theirs is not None
        browser.set_cookie(access.COOKIE, theirs.value, path="/obt/integrity/desk")
    elif name != "anonymous":
        person = world.people[name]
        assert browser.log_in(person.username, person.passphrase, person.code(world.moment)).status_code == 403
    for rule, method, policy in rules(world.app):
        for report_id in (own, ABSENT):
            answer = ask(browser, method, address(rule, report_id))
            if policy.roles is not None:
                assert answer.status_code == 401, (rule.rule, method)
            elif method == "POST":
                assert answer.status_code == 400, rule.rule
            else:
                assert answer.status_code == (404 if "invitation" in rule.arguments else 200), rule.rule


@pytest.mark.parametrize("name", ROLE)
def test_everybody_gets_what_the_policy_names_and_nothing_else(world: World, name: str) -> None:
    own, excluded = world.tell()[1], world.tell(name)[1]
    browser = world.logged_in(name)
    people = {person: world.people[person].id for person in ("prasit", "stranger")}
    for rule, method, policy in rules(world.app):
        if policy.roles is None:
            continue
        allowed = ROLE[name] in policy.roles
        passed = 400 if method == "POST" else 200
        if policy.about == "report":
            wrong = [ask(browser, method, address(rule, other)) for other in (excluded, ABSENT, world.theirs, "x")]
            assert {answer.status_code for answer in wrong} == {404 if allowed else 403}, rule.rule
            assert len({answer.data for answer in wrong}) == 1, f"{rule.rule} tells which reports there are"
            if "file_id" in rule.arguments:
                passed = 404
        elif policy.about == "officer":
            for other in (people["stranger"], 10_000, 2**40):
                answer = ask(browser, method, address(rule, officer_id=other))
                assert answer.status_code == (404 if allowed else 403), rule.rule
        answer = ask(browser, method, address(rule, own, people["prasit"]))
        assert answer.status_code == (passed if allowed else 403), (rule.rule, method)


def test_roles_differ_only_where_they_must(world: World) -> None:
    narrow = {
        rule.endpoint: policy.roles for rule, _, policy in rules(world.app)
        if policy.roles is not None and policy.roles != set(OFFICER_ROLES)
    }  # fmt: skip
    inside = {"officer", "custodian"}
    assert narrow == {
        "desk.ask_identity": {"custodian"}, "desk.read_identity": {"custodian"}, "desk.invite": inside,
        "desk.leave": inside, "desk.readmit": inside, "desk.settings": inside, "desk.save_settings": inside,
    }  # fmt: skip


def test_every_form_needs_this_sessions_token(world: World) -> None:
    own = world.tell()[1]
    malee, somsri = world.logged_in("malee"), world.logged_in("somsri")
    for rule, method, policy in rules(world.app):
        if method == "POST" and policy.roles is not None and "officer" in policy.roles:
            for token in ("", "x", somsri.token()):
                answer = malee.post(address(rule, own, world.people["prasit"].id), data={"form_token": token})
                assert answer.status_code == 400, rule.rule
    assert malee.get("/obt/integrity/desk/").status_code == 200


def test_a_form_on_another_site_is_refused(world: World) -> None:
    malee = world.logged_in("malee")
    for site in ("cross-site", "same-site", "none"):
        answer = malee.post(
            "/obt/integrity/desk/log-out", data={"form_token": malee.token()}, headers={"Sec-Fetch-Site": site}
        )
        assert answer.status_code == 403
    assert malee.send("/log-out").status_code == 303


@BOTH
def test_an_excluded_officer_sees_the_same_bytes_with_and_without_the_report(world: World) -> None:
    """Every page of the desk and every public page, before it came and while others worked on it."""
    world.tell()  # one that everybody reads
    prasit, malee, somsri = (world.logged_in(name) for name in ("prasit", "malee", "somsri"))
    public = [
        "/obt/integrity/" + page
        for page in ("", "limits", "poster", "report", "follow", "statistics", "statistics.csv", "desk/log-in")
    ]

    def everything() -> dict[str, bytes]:
        malees = world.people["malee"].id
        pages = [address(rule, officer_id=malees) for rule, method, _ in rules(world.app) if method == "GET"]
        pages += [f"/obt/integrity/desk/?status={status}" for status in ("received", "screening", "x")]
        pages += [f"/obt/integrity/desk/people/{world.people['nit'].id}"]
        return {page: scrubbed(prasit.get(page)) for page in [*pages, *public]}

    without = everything()
    receipt, hidden = world.tell("prasit", identity={"name": "คนบอก"})
    at = f"/reports/{hidden}"
    assert malee.get(f"/obt/integrity/desk{at}").status_code == 200
    assert malee.send(f"{at}/reply", text="ขอข้อมูลเพิ่ม").status_code == 303
    assert malee.send(f"{at}/status", status="screening").status_code == 303
    assert somsri.send(f"{at}/identity/ask", text="ต้องติดต่อพยาน").status_code == 303
    assert malee.send(f"{at}/identity/approve").status_code == 303
    assert "คนบอก" in somsri.send(f"{at}/identity").text
    assert malee.send(f"{at}/status", status="closed", text="ไม่พบมูล").status_code == 303
    assert world.follow(receipt).status == "closed"

    with_it = everything()
    assert [page for page in without if without[page] != with_it[page]] == []
    for rule, method, policy in rules(world.app):
        if policy.about == "report":
            answers = {scrubbed(ask(prasit, method, address(rule, report_id))) for report_id in (hidden, ABSENT)}
            assert len(answers) == 1, rule.rule


def test_what_others_did_to_their_reports_leaves_no_count_in_the_log(world: World) -> None:
    prasit, malee = world.logged_in("prasit"), world.logged_in("malee")
    logs = []
    for told in (world.tell, lambda: world.tell("prasit")):
        told()
        assert malee.send("/people/rekey").status_code == 303
        logs.append(words(prasit.get("/obt/integrity/desk/audit")))
    assert logs[0].count("เข้ารหัสเรื่องใหม่ทั้งหมด") == 1
    lines = [line.strip() for line in logs[1].split("เข้ารหัสเรื่องใหม่ทั้งหมด")[1:]]
    assert not re.search(r"[(]\d", " ".join(lines))
