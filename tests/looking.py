"""What every page must pass in a browser; ``check_page`` is all of it together."""

import json
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page

from node_tools import node_modules

SHOTS = Path(__file__).parents[1] / "build" / "screenshots"
WIDTHS = (1280, 360)
NARROWEST = 320
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

TOO_SMALL = """() => [...document.querySelectorAll('a, button, input, select, textarea, summary')]
  .filter(one => {
    const box = one.getBoundingClientRect();
    const hidden = box.width === 0 || one.type === 'hidden' || box.bottom < 0;
    const inText = getComputedStyle(one).display === 'inline';
    return !hidden && !inText && (box.width < 24 || box.height < 24);
  })
  .map(one => one.outerHTML.slice(0, 120))"""

SMALL_PRINT = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    const shown = walker.currentNode.textContent.trim() && parent.checkVisibility();
    if (shown && parseFloat(getComputedStyle(parent).fontSize) < 16)
      found.push(walker.currentNode.textContent.trim().slice(0, 60));
  }
  return found;
}"""

WITHOUT_FOCUS_RING = """() => [...document.querySelectorAll('a[href], button, input, select, textarea')]
  .filter(one => one.type !== 'hidden' && one.checkVisibility())
  .filter(one => {
    one.focus({focusVisible: true});
    const style = getComputedStyle(one);
    return style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2;
  })
  .map(one => one.outerHTML.slice(0, 120))"""


def check_page(page: Page, name: str, *, widths: Sequence[int] = WIDTHS) -> None:
    """Look at the page on a desk and on a phone, and check what a machine can check."""
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        screenshot(page, f"{name}-{width}")
        assert accessibility_faults(page) == []
        assert page.evaluate(TOO_SMALL) == [], "a finger needs 24 pixels"
    assert page.evaluate(SMALL_PRINT) == [], "everybody must be able to read it"
    assert page.evaluate(WITHOUT_FOCUS_RING) == [], "who uses a keyboard must see where they are"
    assert fits(page, NARROWEST), "no sideways scrolling at 320 px, which is also 400 % zoom"
    assert page.locator("a[href^='tel:']").count() >= 1, "every page has the telephone number"


def become(page: Page, kind: str, name: str | None = None) -> None:
    """In the demonstration: one click on the first page, and one is somebody."""
    page.context.clear_cookies()
    page.goto("/velsen")
    buttons = page.locator(f"form[action$='/demo/{kind}'] button")
    (buttons.filter(has_text=name) if name else buttons).first.click()


def screenshot(page: Page, name: str) -> Path:
    """Keep a picture in build/screenshots, for people to look at."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path


def fits(page: Page, width: int) -> bool:
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": 256})
    wide = page.evaluate("document.documentElement.scrollWidth")
    if before is not None:
        page.set_viewport_size(before)
    return wide <= width


def accessibility_faults(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA and good practice, as text."""
    source = (node_modules() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    # Evaluated by the debugger, so the page's own policy on scripts stays as strict as it is.
    page.evaluate(source)
    found = page.evaluate(f"axe.run(document, {{runOnly: {json.dumps(RULES)}}})")
    return [
        f"{violation['id']}: {node['html'][:160]} — {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
