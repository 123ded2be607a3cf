"""What axe and a ruler find on a page in the browser."""

from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def axe_findings(page: Page) -> list[str]:
    """Each rule of axe-core that the page breaks, with the first element that breaks it."""
    page.evaluate(AXE)
    script = "tags => axe.run(document, { runOnly: { type: 'tag', values: tags } })"
    found = page.evaluate(script, RULES)["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found]


def lost_at_the_edges(page: Page) -> list[str]:
    """Elements with words that stick out of the window sideways and cannot be scrolled to."""
    return page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
            .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
            .filter((e) => !e.closest('.visually-hidden, .skip, .sr-only'))
            .filter((e) => !e.closest('.table, .places, #viewer-body'))
            .filter((e) => {
                const box = e.getBoundingClientRect();
                return box.width > 1 && (box.left < -1 || box.right > innerWidth + 1);
            })
            .map((e) => e.outerHTML.slice(0, 100))"""
    )
