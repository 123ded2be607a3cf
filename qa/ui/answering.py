"""A question of the page: asked, recorded, and put with all that is shown around its answer."""

import logging
from datetime import date
from typing import NamedTuple

from index.errors import SearchError
from qa.answer import Answer
from qa.assistant import Assistant
from qa.first_look import unsearched, where
from qa.glossary import glossary_of
from qa.notices import notice_text, spoken
from qa.settings import Settings
from qa.triage.check import triage
from qa.ui.conversation import Exchange, conversation, earlier_turns
from qa.ui.in_words import library_languages
from qa.ui.recorder import Recorder
from sources.document import Audience
from sources.library import Library

logger = logging.getLogger(__name__)


class Desk(NamedTuple):
    """Who answers, and who records it."""

    assistant: Assistant
    recorder: Recorder


def warm_up(settings: Settings, assistant: Assistant) -> None:
    """Answer an example as the page would, unseen and unrecorded. Raises a `SearchError`."""
    text = notice_text("example.one")
    answer = assistant.ask(text)
    conversation([_exchange(text, answer, assistant.library)], date.today(), settings)


def _exchange(text: str, answer: Answer, library: Library, *, recorded: bool = False) -> Exchange:
    """An answer with all that is shown around it."""
    documents = tuple(library.document(q.doc_id, q.version) for q in answer.quotes)
    about = library_languages(library), glossary_of(library)
    return Exchange(text, answer, documents, answer.notice, *about, recorded)


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
        recorded = recorder.record(answer, workings, audience, spoken())
        new = _exchange(text, answer, assistant.library, recorded=recorded)
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
