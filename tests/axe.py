"""What axe-core finds wrong with a page for people who use it without a mouse, without good eyes, or by ear."""

from __future__ import annotations

from importlib.resources import files

from playwright.sync_api import Page

SCRIPT = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
# WCAG 2.1 A and AA; "best-practice" rules are left to taste.
RUN = """async () => (await axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})).violations
  .filter(v => ["serious", "critical"].includes(v.impact))
  .map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 120) + " " + (n.any[0]?.message ?? "")))"""


def violations(page: Page) -> list[str]:
    """Serious and critical ones, in axe's words. The page's context needs `bypass_csp=True`: ours allow no script."""
    page.evaluate(SCRIPT)
    found: list[str] = page.evaluate(RUN)
    return found
