"""Many people at once, on the page's own endpoint: nobody is lost, and too many are told kindly."""

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from evals.bench.load import Asking, crowd
from qa.assistant import Assistant
from qa.ledger.ledger import Ledger
from qa.ledger.search import Wanted, count_answers
from qa.ledger.verify import verify
from qa.ui.answering import warm_up
from tests.browser import served

# Gradio leaves event loops unclosed.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
FILES = {
    "biopsy.md": "# Biopsy\n\n## Pain\n\nA biopsy hurts a little. The skin is numbed first.\n",
    "scan.md": "# Scan\n\n## Noise\n\nAn MRI scan is loud. Ask for ear plugs.\n",
}
QUESTIONS = ["Does a biopsy hurt?", "Is an MRI scan loud?", "hello", "What does parking cost?"]


def crowd_at(address, people, asking):
    """What a crowd met, in a thread: a browser of other tests may hold this one's event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(crowd(address, people, asking))).result()


def test_every_question_of_a_crowd_is_answered_and_recorded_once(assistant_of):
    assistant = assistant_of(FILES)
    warm_up(assistant.settings, assistant)
    with served(assistant) as address:
        met = crowd_at(address, 12, Asking(QUESTIONS, 3.0, (0.0, 0.1)))
    gc.collect()
    assert met.lost == 0
    assert met.questions > 12
    ledger = Ledger(assistant.library.home)
    assert count_answers(ledger, Wanted()) == met.questions
    assert verify(ledger) == []
    ledger.close()


def test_who_comes_when_the_queue_is_full_is_refused_at_once(assistant_of):
    plain = assistant_of(FILES)
    settings = replace(plain.settings, queue_size=1, concurrent_questions=1)
    assistant = Assistant(settings, plain.library, plain.embedder)
    warm_up(settings, assistant)
    with served(assistant) as address:
        met = crowd_at(address, 16, Asking(QUESTIONS, 2.0, (0.0, 0.0)))
    gc.collect()
    assert set(met.ended) <= {"answered", "refused 503"}
    assert met.ended["answered"] > 0
