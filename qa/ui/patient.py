"""The patients' page: ask, read quotes, open them where they stand.

The conversation lives in the session's state and nowhere else.
"""

import json
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Any, NamedTuple

from qa.assistant import Assistant
from qa.notices import FIRST, notice_names, notice_text, speaking, spoken
from qa.settings import Settings
from qa.ui.answering import Desk, answer_question
from qa.ui.conversation import Talk, conversation, pending, suggestions
from qa.ui.frame import Frame, emergency_number, language_choice, reading_choices
from qa.ui.icons import icon
from qa.ui.in_words import library_in, library_languages, other_languages
from qa.ui.lean_gradio import gr
from qa.ui.recorder import Recorder
from qa.ui.side import side_column
from qa.ui.take_away import script_notices
from sources.document import Audience

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
    "turn.lost",
)
READERS = {
    Audience.PATIENT: "page.reader_patient",
    Audience.CLINICIAN: "page.reader_clinician",
}
TYPED = 10  # times the longest question can be typed, to be told that it is too long


class Sent(NamedTuple):
    """What the script sends with a question: the words, how to search, and who is asking."""

    text: gr.Textbox
    exact: gr.Checkbox
    reader: gr.Textbox
    ask_id: gr.Textbox
    language: gr.Textbox


def patient_page(settings: Settings, assistant: Assistant, recorder: Recorder) -> gr.Blocks:
    """The page as Gradio blocks, its queue set up. Every answer it shows is recorded first."""
    page: gr.Blocks = gr.Blocks(
        title=notice_text("page.title"), analytics_enabled=False, fill_width=True
    )
    with page:
        talk = gr.State(Talk(), time_to_live=FORGOTTEN_AFTER, delete_callback=Talk.clear)
        frame = Frame()
        frame.part(lambda: _head(settings), "page-head")
        with gr.Column(elem_id="page"):
            with gr.Column(elem_id="talk"):
                shown = gr.HTML(
                    conversation([], date.today(), settings),
                    elem_id="conversation",
                    apply_default_css=False,
                )
                frame.part(pending, "waiting")
                frame.part(lambda: _welcome(library_languages(assistant.library)), "welcome")
                question, ask, clear = _composer(settings, frame)
                frame.part(lambda: _examples(library_languages(assistant.library)), "examples")
            frame.part(lambda: side_column(settings), "side")
        asked = gr.Textbox(visible="hidden")
        exact = gr.Checkbox(visible="hidden")
        reader = gr.Textbox(visible="hidden")
        ask_id = gr.Textbox(visible="hidden")
        language = gr.Textbox(FIRST, visible="hidden")
        sent = Sent(asked, exact, reader, ask_id, language)
        desk = Desk(assistant, recorder)
        _connect(desk, (question, ask, clear), sent, (talk, shown))
        frame.connect(language, (talk, shown), settings)
    page.queue(
        max_size=settings.queue_size,
        default_concurrency_limit=settings.concurrent_questions,
        api_open=False,
    )
    return page


def _connect(
    desk: Desk,
    controls: tuple[gr.Textbox, gr.Button, gr.Button],
    sent: Sent,
    kept: tuple[gr.State, gr.HTML],
) -> None:
    """Ask, stop and clear. The script shows the question at once and says when asking fails."""
    question, ask, clear = controls
    talk, shown = kept
    stop = gr.Button(visible="hidden", elem_id="stop-asking")

    def on_ask(given: dict[gr.components.Component, Any]) -> tuple[Talk, object]:
        text, exact, reader, ask_id, language = (given[part] for part in sent)
        now: Talk = given[talk]
        with speaking(language):
            *_, new = answer_question(desk, text, exact, now.exchanges, Audience(reader))
            now.add(ask_id, new)
            if ask_id in now.stopped:
                return now, gr.skip()
            return now, conversation(now.exchanges, date.today(), desk.assistant.settings)

    def on_stop(ask_id: str, talk: Talk) -> None:
        talk.stopped.add(ask_id)

    def on_clear(language: str) -> tuple[Talk, str]:
        with speaking(language):
            return Talk(), conversation([], date.today(), desk.assistant.settings)

    begun = ask.click(
        None,
        question,
        [question, *sent[:-1]],
        js="(text) => window.quotewell.begin(text)",
        api_visibility="private",
    )
    answered = begun.then(
        on_ask,
        {*sent, talk},
        [talk, shown],
        show_progress="hidden",
        api_visibility="private",
    )
    answered.success(None, js="() => window.quotewell.answered()", api_visibility="private")
    answered.failure(None, js="() => window.quotewell.failed()", api_visibility="private")
    stop.click(
        on_stop,
        [sent.ask_id, talk],
        None,
        queue=False,
        cancels=[answered],
        show_progress="hidden",
        api_visibility="private",
    ).then(None, js="() => window.quotewell.stopped()", api_visibility="private")
    cleared = clear.click(
        on_clear,
        sent.language,
        [talk, shown],
        queue=False,
        show_progress="hidden",
        api_visibility="private",
    )
    cleared.then(None, js="() => window.quotewell.cleared()", api_visibility="private")


def _composer(settings: Settings, frame: Frame) -> tuple[gr.Textbox, gr.Button, gr.Button]:
    with gr.Column(elem_id="composer"):
        frame.part(_status)
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
    said = {name: notice_text(name) for name in SCRIPT_NOTICES}
    emergency = notice_text("emergency.banner").format(emergency_number=emergency_number(settings))
    return (
        f'<a class="skip" href="#question">{_notice("page.skip")}</a>'
        f'<header class="mast"><span class="brand">{icon("mark")}</span>'
        f'<h1>{_notice("page.title")}</h1><p class="tagline">{_notice("page.tagline")}</p>'
        f'<div class="choices">{language_choice()}{reading_choices()}</div>{_reader()}</header>'
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


def _notice(name: str) -> str:
    return escape(notice_text(name))
