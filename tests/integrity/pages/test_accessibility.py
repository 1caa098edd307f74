"""axe-core on the desk's pages: nothing serious for people who do not see, hear or point well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.axe import violations
from tests.integrity.pages.desk import AT, World
from tests.integrity.pages.test_desk_browser import log_in, root  # noqa: F401
from tests.integrity.pages.test_reporter_browser import CHROMIUM, browser  # noqa: F401
from tests.integrity.pages.visitor import STORY

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:  # noqa: F811
    """With JavaScript, which axe needs and the pages do not."""
    context = browser.new_context(bypass_csp=True, viewport={"width": 390, "height": 800})
    yield context.new_page()
    context.close()


def test_everybodys_pages(page: Page, root: str) -> None:  # noqa: F811
    for path in ("", "report", "follow", "limits", "statistics", "poster", "desk/log-in", "desk/recover"):
        page.goto(f"{root}/obt/integrity/{path}")
        assert violations(page) == [], path


def test_the_way_of_a_report(page: Page, root: str) -> None:  # noqa: F811
    page.goto(f"{root}/obt/integrity/report")
    page.fill("#q_what", STORY)
    for button in ("ต่อไป", "ต่อไป", "ส่งเรื่อง"):
        page.get_by_role("button", name=button).click()
        page.wait_for_load_state()
        assert violations(page) == [], page.get_by_role("heading", level=1).inner_text()


def test_the_officers_pages(page: Page, root: str, world: World) -> None:  # noqa: F811
    report_id = world.tell()[1]
    log_in(page, root, world, "malee")
    person = world.people["nit"].id
    for path in ("reports", f"reports/{report_id}", "people", f"people/{person}", "audit", "account", "settings"):
        page.goto(f"{root}{AT}/{path}")
        assert violations(page) == [], path
