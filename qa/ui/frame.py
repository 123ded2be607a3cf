"""The parts of the page around the conversation, said again when the reader chooses a language.

Gradio's own translation follows the browser alone and takes no choice, so the page's parts are
made anew here, by the same functions that made them first.
"""

from collections.abc import Callable
from datetime import date
from html import escape
from typing import Any

from qa.notices import languages, notice_text, speaking, spoken
from qa.settings import Settings
from qa.triage.care_card import lines_in
from qa.ui.conversation import Talk, conversation
from qa.ui.icons import icon
from qa.ui.lean_gradio import gr

SIZES = {"normal": "page.size_normal", "large": "page.size_large", "largest": "page.size_largest"}


class Frame:
    """Each part of the page beside what makes its words in the language that is spoken."""

    def __init__(self) -> None:
        self._parts: list[tuple[gr.components.Component, Callable[[], object]]] = []

    def part(self, words: Callable[[], str], elem_id: str | None = None) -> None:
        """Put HTML on the page that `words` makes."""
        made = gr.HTML(words(), elem_id=elem_id, apply_default_css=False)
        self._parts.append((made, words))

    def told(self, part: gr.components.Component, **notices: str) -> None:
        """Say which notices are the properties of one of Gradio's own parts."""

        def words() -> object:
            said: dict[str, Any] = {name: notice_text(one) for name, one in notices.items()}
            return gr.update(**said)

        self._parts.append((part, words))

    def connect(
        self, language: gr.Textbox, kept: tuple[gr.State, gr.HTML], settings: Settings
    ) -> None:
        """Say everything in the language that the script asks for, the conversation as well."""
        talk, shown = kept

        def on_language(code: str, talk: Talk) -> list[object]:
            with speaking(code):
                said = [words() for _, words in self._parts]
                return [*said, conversation(talk.exchanges, date.today(), settings)]

        said_again = gr.Button(visible="hidden", elem_id="say-again")
        wanted = said_again.click(
            None, None, language, js="() => window.quotewell.wanted()", api_visibility="private"
        )
        said = wanted.then(
            on_language,
            [language, talk],
            [*(part for part, _ in self._parts), shown],
            queue=False,
            show_progress="hidden",
            api_visibility="private",
        )
        said.then(None, js="() => window.quotewell.saidAgain()", api_visibility="private")


def language_choice() -> str:
    """The languages of the page, each by its own name. The script keeps the choice."""
    options = "".join(
        f'<option value="{code}" lang="{code}"{" selected" if code == spoken() else ""}>'
        f"{escape(name)}</option>"
        for code, name in languages().items()
    )
    return (
        f'<label class="language"><span class="visually-hidden">{_notice("page.language")}</span>'
        f'<select id="language">{options}</select></label>'
    )


def reading_choices() -> str:
    """How large, how strong and how calm the page is, behind one button. The script keeps it."""
    sizes = "".join(
        f'<label class="size-{size}"><input type="radio" name="size" value="{size}">'
        f"<span>{_notice(name)}</span></label>"
        for size, name in SIZES.items()
    )
    ticks = "".join(
        f'<label class="tick"><input type="checkbox" name="{name}">'
        f"<span>{_notice(said)}</span></label>"
        for name, said in (("contrast", "page.contrast"), ("calm", "page.calm"))
    )
    return (
        f'<details class="reading" id="reading"><summary>{icon("letters")}'
        f"<span>{_notice('page.reading')}</span></summary>"
        f'<div class="reading-choices" role="group" aria-label="{_notice("page.reading_more")}">'
        f'<fieldset class="sizes"><legend>{_notice("page.text_size")}</legend>{sizes}</fieldset>'
        f"{ticks}</div></details>"
    )


def emergency_number(settings: Settings) -> str:
    """The emergency number as it is set, or in words of the language spoken while it is not."""
    return lines_in(settings, spoken())["emergency_number"]


def _notice(name: str) -> str:
    return escape(notice_text(name))
