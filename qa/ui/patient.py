"""The patients' page: ask, read quotes, open them where they stand.

The conversation lives in the session's state and nowhere else.
"""

import json
import logging
from datetime import date
from html import escape
from typing import NamedTuple

import gradio as gr

from index.errors import SearchError
from qa.assistant import Assistant
from qa.first_look import unsearched, where
from qa.notices import notice_names, notice_text
from qa.settings import Settings
from qa.triage.check import triage
from qa.ui.conversation import Exchange, Talk, conversation, earlier_turns, suggestions
from qa.ui.icons import icon
from qa.ui.recorder import Recorder
from qa.ui.take_away import kept_questions, script_notices
from sources.document import Audience

logger = logging.getLogger(__name__)

FORGOTTEN_AFTER = 2 * 60 * 60  # seconds without a question after which a conversation is gone
SCRIPT_NOTICES = (
    "page.nothing",
    "page.slow",
    "page.busy",
    "page.offline",
    "page.no_index",
    "page.copied",
    "page.opening",
    "turn.stopped",
)
READERS = {
    Audience.PATIENT: "page.reader_patient",
    Audience.CLINICIAN: "page.reader_clinician",
}
LANGUAGE = "en"  # of the page around the quotes
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
        talk = gr.State(Talk(), time_to_live=FORGOTTEN_AFTER, delete_callback=Talk.clear)
        gr.HTML(_head(settings), elem_id="page-head", apply_default_css=False)
        with gr.Column(elem_id="page"):
            with gr.Column(elem_id="talk"):
                shown = gr.HTML(
                    conversation([], date.today(), settings),
                    elem_id="conversation",
                    apply_default_css=False,
                )
                gr.HTML(_pending(), elem_id="waiting", apply_default_css=False)
                gr.HTML(_welcome(), elem_id="welcome", apply_default_css=False)
                question, ask, clear = _composer(settings)
                gr.HTML(_examples(), elem_id="examples", apply_default_css=False)
            gr.HTML(_side(settings), elem_id="side", apply_default_css=False)
        asked = gr.Textbox(visible="hidden")
        exact = gr.Checkbox(visible="hidden")
        reader = gr.Textbox(visible="hidden")
        ask_id = gr.Textbox(visible="hidden")
        sent = (asked, exact, reader, ask_id)
        desk = Desk(assistant, recorder)
        _connect(desk, (question, ask, clear), sent, (talk, shown))
    page.queue(
        max_size=settings.queue_size,
        default_concurrency_limit=settings.concurrent_questions,
        api_open=False,
    )
    return page


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
        library = assistant.library
        documents = tuple(library.document(q.doc_id, q.version) for q in answer.quotes)
        recorded = recorder.record(answer, workings, audience, LANGUAGE)
        new = Exchange(text, answer, documents, answer.notice, recorded)
    except SearchError as error:
        logger.error("no question can be answered: %s", error)  # noqa: TRY400  it says what to do
        new = Exchange(text, None, (), "page.no_index")
    except Exception as error:  # noqa: BLE001  the outermost place: a notice is shown instead
        # The error's own words might hold the question, so only its kind and place are logged.
        logger.error("a question failed: %s", where(error))  # noqa: TRY400
        flag = triage().check(text)
        warned = unsearched(text, flag) if flag else None
        if warned:
            recorder.record(warned, None, audience, LANGUAGE)
        new = Exchange(text, warned, (), "page.error")
    return [*exchanges, new]


def _connect(
    desk: Desk,
    controls: tuple[gr.Textbox, gr.Button, gr.Button],
    sent: tuple[gr.Textbox, gr.Checkbox, gr.Textbox, gr.Textbox],
    kept: tuple[gr.State, gr.HTML],
) -> None:
    """Ask, stop and clear. The script shows the question at once and says when asking fails."""
    question, ask, clear = controls
    talk, shown = kept
    stop = gr.Button(visible="hidden", elem_id="stop-asking")

    def on_ask(text: str, exact: bool, reader: str, ask_id: str, talk: Talk) -> tuple[Talk, object]:
        *_, new = answer_question(desk, text, exact, talk.exchanges, Audience(reader))
        talk.add(ask_id, new)
        if ask_id in talk.stopped:
            return talk, gr.skip()
        return talk, conversation(talk.exchanges, date.today(), desk.assistant.settings)

    def on_stop(ask_id: str, talk: Talk) -> None:
        talk.stopped.add(ask_id)

    def on_clear() -> tuple[Talk, str]:
        return Talk(), conversation([], date.today(), desk.assistant.settings)

    begun = ask.click(
        None,
        question,
        [question, *sent],
        js="(text) => window.quotewell.begin(text)",
        api_visibility="private",
    )
    answered = begun.then(
        on_ask,
        [*sent, talk],
        [talk, shown],
        show_progress="hidden",
        api_visibility="private",
    )
    answered.success(None, js="() => window.quotewell.answered()", api_visibility="private")
    answered.failure(None, js="() => window.quotewell.failed()", api_visibility="private")
    stop.click(
        on_stop,
        [sent[-1], talk],
        None,
        queue=False,
        cancels=[answered],
        show_progress="hidden",
        api_visibility="private",
    ).then(None, js="() => window.quotewell.stopped()", api_visibility="private")
    cleared = clear.click(
        on_clear,
        None,
        [talk, shown],
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    cleared.then(None, js="() => window.quotewell.cleared()", api_visibility="private")


def _composer(settings: Settings) -> tuple[gr.Textbox, gr.Button, gr.Button]:
    with gr.Column(elem_id="composer"):
        gr.HTML(_status(), apply_default_css=False)
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
            gr.HTML(_privacy(settings), apply_default_css=False)
            clear = gr.Button(notice_text("page.clear"), elem_id="clear", scale=0)
    return question, ask, clear


def _head(settings: Settings) -> str:
    said = {name: notice_text(name) for name in SCRIPT_NOTICES}
    emergency = notice_text("emergency.banner").format(emergency_number=settings.emergency_number)
    return (
        f'<a class="skip" href="#question">{_notice("page.skip")}</a>'
        f'<header class="mast"><span class="brand">{icon("mark")}</span>'
        f'<h1>{_notice("page.title")}</h1><p class="tagline">{_notice("page.tagline")}</p>'
        f"{_reader()}</header>"
        f'<p class="emergency" id="emergency" role="note">{icon("alert")}'
        f"<span>{escape(emergency)}</span></p>"
        f'<span id="notices" hidden data-notices="{escape(json.dumps(said))}"></span>'
        f'{script_notices()}<div id="said" class="visually-hidden" role="status"></div>'
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


def _status() -> str:
    """What is said above the box, and the way to try once more what failed."""
    return (
        '<p id="page-status" role="status"></p>'
        f'<button type="button" class="quiet" id="retry" hidden>{icon("again")}'
        f"<span>{_notice('turn.retry')}</span></button>"
    )


def _pending() -> str:
    return (
        '<section class="turn" id="pending" hidden><h2 class="asked">'
        '<span class="asked-words"></span></h2><div class="reply"><p class="looking">'
        f'<span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>'
        f"<span>{_notice('page.slow')}</span></p>"
        f'<button type="button" class="quiet" data-stop>{icon("stop")}'
        f"<span>{_notice('turn.stop')}</span></button></div></section>"
    )


def _welcome() -> str:
    return f'<h2 class="welcome">{_notice("page.start")}</h2>'


def _examples() -> str:
    questions = [notice_text(name) for name in notice_names() if name.startswith("example.")]
    return f'<h2 class="examples-head">{_notice("page.examples")}</h2>{suggestions(questions)}'


def _privacy(settings: Settings) -> str:
    short = notice_text("page.emergency_short").format(emergency_number=settings.emergency_number)
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
