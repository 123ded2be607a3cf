"""The patients' page: ask, read quotes, open them where they stand.

The conversation lives in the session's state and nowhere else.
"""

import json
import logging
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import NamedTuple

import gradio as gr

from index.errors import SearchError
from qa.answer import Answer
from qa.assistant import Assistant
from qa.first_look import unsearched, where
from qa.glossary import glossary_of
from qa.notices import FIRST, notice_names, notice_text, speaking, spoken
from qa.settings import Settings
from qa.triage.check import triage
from qa.ui.conversation import Exchange, conversation, earlier_turns, suggestions
from qa.ui.frame import Frame, emergency_number, language_choice, reading_choices
from qa.ui.icons import icon
from qa.ui.in_words import library_in, library_languages, other_languages
from qa.ui.recorder import Recorder
from sources.document import Audience
from sources.library import Library

logger = logging.getLogger(__name__)

FORGOTTEN_AFTER = 2 * 60 * 60  # seconds without a question after which a conversation is gone
SCRIPT_NOTICES = ("nothing", "slow", "busy", "offline", "no_index", "copied", "opening")
READERS = {
    Audience.PATIENT: "page.reader_patient",
    Audience.CLINICIAN: "page.reader_clinician",
}
TYPED = 10  # times the longest question can be typed, to be told that it is too long


class Desk(NamedTuple):
    """Who answers, and who records it."""

    assistant: Assistant
    recorder: Recorder


def patient_page(settings: Settings, assistant: Assistant, recorder: Recorder) -> gr.Blocks:
    """The page as Gradio blocks, its queue set up. Every answer it shows is recorded first."""
    page: gr.Blocks = gr.Blocks(
        title=notice_text("page.title"), analytics_enabled=False, fill_width=True
    )
    with page:
        exchanges = gr.State([], time_to_live=FORGOTTEN_AFTER, delete_callback=list.clear)
        frame = Frame()
        frame.part(lambda: _head(settings), "page-head")
        with gr.Column(elem_id="page"):
            with gr.Column(elem_id="talk"):
                shown = gr.HTML(
                    conversation([], date.today(), settings),
                    elem_id="conversation",
                    apply_default_css=False,
                )
                frame.part(_pending, "waiting")
                frame.part(lambda: _welcome(library_languages(assistant.library)), "welcome")
                question, ask, clear = _composer(settings, frame)
                frame.part(lambda: _examples(library_languages(assistant.library)), "examples")
            frame.part(lambda: _side(settings), "side")
        asked = gr.Textbox(visible="hidden")
        exact = gr.Checkbox(visible="hidden")
        reader = gr.Textbox(visible="hidden")
        language = gr.Textbox(FIRST, visible="hidden")
        sent = (asked, exact, reader, language)
        desk = Desk(assistant, recorder)
        _connect(desk, (question, ask, clear), sent, (exchanges, shown))
        frame.connect(language, (exchanges, shown), settings)
    page.queue(
        max_size=settings.queue_size,
        default_concurrency_limit=settings.concurrent_questions,
        api_open=False,
    )
    return page


def warm_up(settings: Settings, assistant: Assistant) -> None:
    """Answer an example as the page would, unseen and unrecorded. Raises a `SearchError`."""
    text = notice_text("example.one")
    answer = assistant.ask(text)
    conversation([_exchange(text, answer, assistant.library)], date.today(), settings)


def _exchange(text: str, answer: Answer, library: Library) -> Exchange:
    """An answer with all that is shown around it."""
    documents = tuple(library.document(q.doc_id, q.version) for q in answer.quotes)
    about = library_languages(library), glossary_of(library)
    return Exchange(text, answer, documents, answer.notice, *about)


def answer_question(
    desk: Desk,
    text: str,
    exact: bool,
    exchanges: list[Exchange],
    audience: Audience = Audience.PATIENT,
) -> list[Exchange]:
    """The conversation with one more exchange; a notice stands where no answer could be made.

    A red flag is told even where the quotes of its answer cannot be shown.
    """
    assistant, recorder = desk
    try:
        answer, workings = assistant.ask_with_workings(
            text, earlier_turns(exchanges), audience, exact=exact
        )
        new = _exchange(text, answer, assistant.library)
        recorder.record(answer, workings, audience, spoken())
    except SearchError as error:
        logger.error("no question can be answered: %s", error)  # noqa: TRY400  it says what to do
        new = Exchange(text, None, (), "page.no_index")
    except Exception as error:  # noqa: BLE001  the outermost place: a notice is shown instead
        # The error's own words might hold the question, so only its kind and place are logged.
        logger.error("a question failed: %s", where(error))  # noqa: TRY400
        flag = triage().check(text)
        warned = unsearched(text, flag) if flag else None
        if warned:
            recorder.record(warned, None, audience, spoken())
        new = Exchange(text, warned, (), "page.error")
    return [*exchanges, new]


def _connect(
    desk: Desk,
    controls: tuple[gr.Textbox, gr.Button, gr.Button],
    sent: tuple[gr.Textbox, gr.Checkbox, gr.Textbox, gr.Textbox],
    kept: tuple[gr.State, gr.HTML],
) -> None:
    """Ask and clear. The script shows the question at once and says so when asking fails."""
    question, ask, clear = controls
    exchanges, shown = kept

    def on_ask(
        text: str, exact: bool, reader: str, language: str, before: list[Exchange]
    ) -> tuple[list[Exchange], str]:
        with speaking(language):
            after = answer_question(desk, text, exact, before, Audience(reader))
            return after, conversation(after, date.today(), desk.assistant.settings)

    def on_clear(language: str) -> tuple[list[Exchange], str]:
        with speaking(language):
            return [], conversation([], date.today(), desk.assistant.settings)

    begun = ask.click(
        None,
        question,
        [question, *sent[:-1]],
        js="(text) => window.quotewell.begin(text)",
        api_visibility="private",
    )
    answered = begun.then(
        on_ask,
        [*sent, exchanges],
        [exchanges, shown],
        show_progress="hidden",
        api_visibility="private",
    )
    answered.success(None, js="() => window.quotewell.answered()", api_visibility="private")
    answered.failure(None, js="() => window.quotewell.failed()", api_visibility="private")
    cleared = clear.click(
        on_clear,
        sent[-1],
        [exchanges, shown],
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    cleared.then(None, js="() => window.quotewell.cleared()", api_visibility="private")


def _composer(settings: Settings, frame: Frame) -> tuple[gr.Textbox, gr.Button, gr.Button]:
    with gr.Column(elem_id="composer"):
        gr.HTML('<p id="page-status" role="status"></p>', apply_default_css=False)
        with gr.Row(elem_id="ask-row"):
            question = gr.Textbox(
                label=notice_text("page.question_label"),
                placeholder=notice_text("page.placeholder"),
                show_label=False,
                container=False,
                lines=1,
                max_lines=6,
                max_length=TYPED * settings.max_question_characters,
                elem_id="question",
                buttons=[],
            )
            ask = gr.Button(notice_text("page.ask"), variant="primary", elem_id="ask", scale=0)
        with gr.Row(elem_id="ask-foot"):
            frame.part(lambda: _privacy(settings))
            clear = gr.Button(notice_text("page.clear"), elem_id="clear", scale=0)
    frame.told(question, label="page.question_label", placeholder="page.placeholder")
    frame.told(ask, value="page.ask")
    frame.told(clear, value="page.clear")
    return question, ask, clear


def _head(settings: Settings) -> str:
    said = {f"page.{name}": notice_text(f"page.{name}") for name in SCRIPT_NOTICES}
    emergency = notice_text("emergency.banner").format(emergency_number=emergency_number(settings))
    return (
        f'<a class="skip" href="#question">{_notice("page.skip")}</a>'
        f'<header class="mast"><span class="brand">{icon("mark")}</span>'
        f'<h1>{_notice("page.title")}</h1><p class="tagline">{_notice("page.tagline")}</p>'
        f'<div class="choices">{language_choice()}{reading_choices()}</div>{_reader()}</header>'
        f'<p class="emergency" id="emergency" role="note">{icon("alert")}'
        f"<span>{escape(emergency)}</span></p>"
        f'<span id="notices" hidden data-notices="{escape(json.dumps(said))}"></span>'
        '<div id="said" class="visually-hidden" role="status"></div>'
    )


def _reader() -> str:
    """Who reads. The script keeps the choice in the reader's browser and sends it along."""
    choices = "".join(
        f'<label><input type="radio" name="reader" value="{audience}"'
        f"{' checked' if audience is Audience.PATIENT else ''}>"
        f"<span>{_notice(name)}</span></label>"
        for audience, name in READERS.items()
    )
    legend = f"<legend>{_notice('page.reader')}</legend>"
    return f'<fieldset class="reader" id="reader">{legend}{choices}</fieldset>'


def _pending() -> str:
    return (
        '<section class="turn" id="pending" hidden><h2 class="asked">'
        '<span class="asked-words"></span></h2><div class="reply"><p class="looking">'
        f'<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>'
        f"<span>{_notice('page.slow')}</span></p></div></section>"
    )


def _welcome(written_in: Sequence[str]) -> str:
    return f'<h2 class="welcome">{_notice("page.start")}</h2>{library_in(written_in)}'


def _examples(written_in: Sequence[str]) -> str:
    """Questions in the reader's language where the library is written in it, or else in its own."""
    language = spoken() if not other_languages(written_in) else written_in[0]
    names = [name for name in notice_names() if name.startswith("example.")]
    with speaking(language):
        questions = suggestions([notice_text(name) for name in names], spoken())
    return f'<h2 class="examples-head">{_notice("page.examples")}</h2>{questions}'


def _privacy(settings: Settings) -> str:
    number = emergency_number(settings)
    short = notice_text("page.emergency_short").format(emergency_number=number)
    privacy = escape(notice_text("page.privacy").format(days=settings.retain_days))
    return (
        f'<p class="privacy">{icon("lock")}<span>{privacy}</span></p>'
        f'<a class="emergency-short" href="#emergency">{icon("alert")}'
        f"<span>{escape(short)}</span></a>"
    )


def _side(settings: Settings) -> str:
    """The right column: what the page is about, and the viewer that takes its place."""
    about = {name: notice_text(f"about.{name}") for name in ("what", "not", "stores", "library")}
    about["stores"] = about["stores"].format(days=settings.retain_days)
    parts = "".join(
        f"<h3>{_notice(f'about.{name}_head')}</h3><p>{escape(words)}</p>"
        for name, words in about.items()
    )
    return (
        f'<details id="about"><summary>{_notice("page.about")}</summary><div class="about-words">'
        f'<h2 class="about-head">{_notice("page.about")}</h2>{parts}</div></details>'
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
