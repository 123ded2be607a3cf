"""The right column: what the page is about, the reader's own list, and the viewer."""

from html import escape

from qa.notices import notice_text
from qa.settings import Settings
from qa.ui.icons import icon
from qa.ui.take_away import kept_questions


def side_column(settings: Settings) -> str:
    """The right column as HTML. The viewer takes the place of the rest while it is open."""
    about = {name: notice_text(f"about.{name}") for name in ("what", "not", "stores", "library")}
    about["stores"] = about["stores"].format(days=settings.retain_days)
    parts = "".join(
        f"<h3>{_notice(f'about.{name}_head')}</h3><p>{escape(words)}</p>"
        for name, words in about.items()
    )
    return (
        f'<details id="about"><summary>{_notice("page.about")}</summary><div class="about-words">'
        f'<h2 class="about-head">{_notice("page.about")}</h2>{parts}</div></details>'
        f"{kept_questions()}"
        f'<section id="viewer" aria-labelledby="viewer-title" hidden><header class="viewer-head">'
        f'<h2 id="viewer-title" tabindex="-1">{_notice("page.viewer")}</h2>'
        f'<button type="button" class="quiet" data-to-quote>{icon("target")}'
        f"<span>{_notice('page.to_quote')}</span></button>"
        f'<button type="button" class="quiet" data-close aria-label="{_notice("page.close")}">'
        f"{icon('close')}</button></header>"
        f'<div id="viewer-body" tabindex="0"></div></section>'
    )


def _notice(name: str) -> str:
    return escape(notice_text(name))
