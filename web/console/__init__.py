"""The staff console, under /console. One agency per log-in.

A page is a module here with its own blueprint, named after the module and nested in this one:

    pages = Blueprint("cases", __name__, url_prefix="/cases")     # endpoint "console.cases.show"

Add the module to PAGES below, a line to NAVIGATION (navigation.py), the templates to templates/console/<module>/,
each of which extends "console/layout.html" (blocks: title, content, actions), and declare each view's roles
(access.py has an example). CSRF is checked for every POST: forms include "console/csrf.html".
"""

from __future__ import annotations

from urllib.parse import urlencode

import flask_login
from flask import Blueprint, Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from handlers.people.operations import ROLE_LABELS
from web.console import (
    access,
    account,
    announcements,
    assets,
    audit,
    calendar,
    case_new,
    case_sorting,  # noqa: F401 - adds its routes to cases.pages
    cases,
    categories,
    dashboard,
    deliveries,
    document_settings,  # noqa: F401 - adds its routes to documents.pages
    documents,
    duties,
    duty_people,  # noqa: F401 - these two add their routes to duties.pages
    duty_rules,  # noqa: F401
    eit,
    eit_points,  # noqa: F401 - adds its routes to eit.pages
    elements,  # noqa: F401 - adds its routes to scores.pages
    faq,
    faq_exchange,  # noqa: F401 - these three add their routes to faq.pages
    faq_learning,  # noqa: F401
    faq_services,  # noqa: F401
    files,
    form_answers,  # noqa: F401 - these add their routes to form_builder.pages
    form_builder,
    form_fields,  # noqa: F401
    form_needs,  # noqa: F401
    form_preview,  # noqa: F401
    form_versions,  # noqa: F401
    holidays,
    inbox,
    information_letters,
    loans,  # noqa: F401 - adds its routes to assets.pages
    login,
    measures,
    measures_import,  # noqa: F401 - adds its routes to measures.pages
    participation,
    proofs,
    public_settings,  # noqa: F401 - adds its routes to settings.pages
    questions,
    registers,
    representatives,
    request_new,
    scores,
    settings,
    staff,
    thread,
    units,
    voices,  # noqa: F401 - adds its routes to participation.pages
    walkins,
)
from web.console.badges import badges
from web.console.navigation import NAVIGATION, Entry
from web.security import csrf

WORK = (dashboard, inbox, cases, case_new, request_new, questions, thread, files, faq, duties)
PAGES = (
    login,
    *WORK,
    account,
    calendar,
    announcements,
    form_builder,
    assets,
    walkins,
    eit,
    documents,
    information_letters,
    measures,
    scores,
    registers,
    representatives,
    participation,
    proofs,
    deliveries,
    staff,
    units,
    categories,
    holidays,
    settings,
    audit,
)

TROUBLE = {
    400: ("หน้านี้เปิดค้างไว้นานเกินไป", "กรุณากลับไปโหลดหน้าใหม่ แล้วทำรายการอีกครั้ง"),
    403: ("บัญชีของท่านไม่มีสิทธิ์เปิดหน้านี้", "หากจำเป็นต้องใช้ กรุณาติดต่อผู้ดูแลระบบของหน่วยงาน"),
    404: ("ไม่พบรายการนี้", "รายการอาจถูกย้าย หรืออยู่นอกส่วนงานของท่าน"),
    413: ("ไฟล์ใหญ่เกินไป", "กรุณาเลือกไฟล์ที่เล็กลง แล้วลองใหม่"),
    429: ("ลองเข้าระบบผิดหลายครั้งเกินไป", "กรุณารอ 15 นาที แล้วลองใหม่ หากลืมรหัสผ่านให้ติดต่อผู้ดูแลระบบ"),
}

MOST_BYTES = 60_000_000  # five photos as phones take them
MOST_BYTES_UNKNOWN = 100_000

console = Blueprint("console", __name__, url_prefix="/console", template_folder="templates")


@console.before_request
def _most_bytes() -> None:
    """Staff send photos and tables; whoever has not logged in sends a name and a password."""
    signed_in = flask_login.current_user.is_authenticated
    request.max_content_length = MOST_BYTES if signed_in else MOST_BYTES_UNKNOWN


console.before_request(access.guard)
console.before_request(csrf.protect)
for _page in PAGES:
    console.register_blueprint(_page.pages)


def menu() -> list[Entry]:
    """The lines of the menu that the person who is signed in may open."""
    return [entry for entry in NAVIGATION if access.me().role in entry.roles]


def query_with(**changes: object) -> str:
    """The query of this page's address with some values changed, None taking one out."""
    values = {**request.args.to_dict(), **changes}
    return urlencode({name: value for name, value in values.items() if value is not None})


@console.context_processor
def _frame() -> dict[str, object]:
    """What layout.html needs."""
    if not flask_login.current_user.is_authenticated:
        return {}
    lines = menu()
    with access.reading() as session:
        waiting = badges(session, access.me(), {entry.endpoint for entry in lines}, access.now())
    return {
        "me": access.me(),
        "agency": access.agency(),
        "menu": lines,
        "badges": waiting,
        "section": str(request.endpoint).rpartition(".")[0],
        "query_with": query_with,
    }


@console.after_request
def _keep_out_of_caches(response: Response) -> Response:
    """Pages with people's words must not stay on a shared computer after log-out."""
    response.headers.setdefault("Cache-Control", "no-store")
    return response


@console.errorhandler(HTTPException)
def _trouble(error: HTTPException) -> tuple[str, int] | HTTPException:
    if error.code not in TROUBLE:
        return error
    title, advice = TROUBLE[error.code]
    return render_template("console/trouble.html", title=title, advice=advice), error.code


def register(app: Flask) -> None:
    """Put the console into `app`; web.assets and web.security come first. Raises LookupError for a view without
    declared roles."""
    access.logins.init_app(app)
    app.add_template_filter(ROLE_LABELS.__getitem__, "role_label")
    app.register_blueprint(console)
    access.check(app)
