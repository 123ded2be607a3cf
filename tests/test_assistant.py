"""The assistant from one end to the other: add, build, ask, quote, change, withdraw."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest

from index.build import build
from index.errors import NoSnapshot, SnapshotDamaged
from qa.answer import Outcome, Turn
from qa.answer_json import answer_to_json
from qa.answer_text import answer_as_text
from qa.assistant import Assistant
from qa.notices import notice_names, notice_text
from qa.one_document import OneDocument
from qa.settings import Settings
from sources.document import Audience
from sources.intake import take_in
from sources.library import Added, Library
from sources.read import read_document

BIOPSY = """---
title: Biopsy of the spine
publisher: A hospital
url: https://example.org/biopsy
status: approved
reviewed: 2026-01-31
---

## Pain

A biopsy hurts a little. The skin is numbed first.

## Afterwards

Rest for one day after a biopsy. Unless your doctor says otherwise.

## Results

The results of a biopsy come after one week.
"""
SCAN = "# MRI scan\n\n## Noise\n\nAn MRI scan is loud. Ask for ear plugs.\n"
HURT = "Does a biopsy hurt?"
ANSWER = "A biopsy hurts a little. The skin is numbed first."
TOP = (
    "answer_id question searched outcome probability notice urgent personal details quotes differs "
    "related disclaimer snapshot model took_ms"
).split()
OF_A_QUOTE = (
    "text doc_id version start end focus pages section score banner reading also source".split()
)
OF_A_SOURCE = (
    "title publisher url licence audience language status reviewed review_due".split()
)  # licence and language are more than the plan asked for


@pytest.fixture
def assistant(assistant_of):
    return assistant_of({"biopsy.md": BIOPSY, "scan.md": SCAN})


def test_a_leaflet_from_its_file_to_its_withdrawal(tmp_path, embedder):
    path = tmp_path / "biopsy.md"
    path.write_text(BIOPSY, encoding="utf-8")
    library = Library(tmp_path / "home")
    assistant = Assistant(Settings(home=library.home), library, embedder)
    with pytest.raises(NoSnapshot, match="nothing is indexed yet; run `quotewell index build`"):
        assistant.ask(HURT)
    assert take_in(library, [path])[0].outcome is Added.NEW
    build(library, embedder, lambda *_: None)

    quote = assistant.ask(HURT).quotes[0]
    stored = library.document(quote.doc_id, quote.version)
    assert quote.text == ANSWER == quote.span.of(stored.text)
    assert quote.focus.of(stored.text) == "A biopsy hurts a little."

    path.write_text(BIOPSY.replace("a little", "for a moment"), encoding="utf-8")
    assert take_in(library, [path])[0].outcome is Added.NEW_VERSION
    assert assistant.ask(HURT).quotes == ()
    build(library, embedder, lambda *_: None)
    changed = assistant.ask(HURT).quotes[0]
    assert changed.text == "A biopsy hurts for a moment. The skin is numbed first."
    assert library.document("biopsy", quote.version).text == stored.text

    library.withdraw("biopsy")
    answer = assistant.ask(HURT)
    assert (answer.outcome, answer.quotes) == (Outcome.NOT_IN_LIBRARY, ())
    library.close()


def test_an_answer_says_everything_about_itself(assistant):
    answer = assistant.ask(HURT)
    assert (answer.outcome, answer.notice) == (Outcome.ANSWERED, "outcome.answered")
    assert (answer.question, answer.searched) == (HURT, HURT)
    assert answer.snapshot == assistant.snapshot.snapshot_id
    assert (answer.model, answer.disclaimer) == ("hashed stems, NumPy", "disclaimer.patient")
    assert answer.took_ms > 0


def test_no_two_answers_have_the_same_id(assistant):
    assert len({assistant.ask(HURT).answer_id for _ in range(20)}) == 20


def test_asking_twice_gives_the_same_quotes(assistant):
    one, other = assistant.ask(HURT), assistant.ask(HURT)
    assert (one.quotes, one.probability) == (other.quotes, other.probability)


def test_asking_writes_nothing(assistant):
    home = assistant.settings.home
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    with sqlite3.connect(home / "library.db") as connection:
        revision = connection.execute("select value from state").fetchone()
        for text in (HURT, "hello", "bread recipe", ""):
            assistant.ask(text)
        assert connection.execute("select value from state").fetchone() == revision
    connection.close()
    after = {path: path.stat().st_mtime_ns for path in home.rglob("*") if path.is_file()}
    names = {path for path in before if path.suffix not in (".db-wal", ".db-shm")}
    assert {path: after[path] for path in names} == {path: before[path] for path in names}


def test_many_threads_get_the_answers_that_one_gets(assistant):
    asked = [HURT, "Is the MRI scan loud?", "When do results of a biopsy come?"] * 8
    alone = [assistant.ask(text).quotes for text in asked]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda text: assistant.ask(text).quotes, asked))
    assert together == alone


@pytest.mark.parametrize("text", ["bread recipe", "zxqv", "Ünïcödé 中文"])
def test_what_the_library_does_not_say_is_not_said(assistant, text):
    answer = assistant.ask(text)
    assert (answer.outcome, answer.quotes, answer.related) == (Outcome.NOT_IN_LIBRARY, (), ())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hello", "talk.greeting"),
        ("", "question.empty"),
        ("x" * 20_000, "question.too_long"),
        ("🙂\x00", "question.empty"),
    ],
)
def test_what_is_no_question_gets_a_notice_and_no_quote(assistant, text, name):
    answer = assistant.ask(text)
    assert (answer.outcome, answer.notice) == (Outcome.NOT_A_QUESTION, name)
    assert (answer.quotes, answer.probability) == ((), 0.0)


def test_a_follow_up_is_answered_about_the_topic_before(assistant):
    history = [Turn(HURT, HURT)]
    answer = assistant.ask("and when do results come?", history)
    assert answer.searched == "biopsy: and when do results come?"
    assert answer.quotes[0].text == "The results of a biopsy come after one week."


def test_a_topic_is_not_carried_where_the_words_alone_are_answered_better(assistant):
    history = [Turn("Is the MRI scan loud?", "Is the MRI scan loud?")]
    answer = assistant.ask("when do the results come?", history)
    assert answer.searched == "when do the results come?"
    assert answer.quotes[0].text == "The results of a biopsy come after one week."


def test_the_most_quotes_wanted_is_kept_to(assistant_of):
    paragraphs = "\n\n".join(f"A biopsy hurts person{n}." for n in range(9))
    assistant = assistant_of({"many.md": f"# Many\n\n{paragraphs}\n"})
    for most in (1, 2, 5):
        settings = Settings(home=assistant.settings.home, max_quotes=most)
        asked = Assistant(settings, assistant.library, assistant.embedder).ask(HURT)
        assert 1 <= len(asked.quotes) <= most


def test_the_audience_decides_between_equals(assistant_of):
    front = "---\naudience: clinician\ntitle: Biopsy\n---\n\n"
    files = {
        "a.md": f"{front}A biopsy hurts briefly.\n",
        "b.md": "---\ntitle: Biopsy\n---\n\nA biopsy hurts shortly.\n",
    }
    assistant = assistant_of(files)
    first = {a: assistant.ask(HURT, audience=a).quotes[0].doc_id for a in Audience}
    assert first == {Audience.PATIENT: "b", Audience.CLINICIAN: "a"}


def test_related_headings_are_headings_that_no_quote_stands_under(assistant):
    answer = assistant.ask(HURT)
    assert answer.related[0] == "Biopsy of the spine: Afterwards"
    sections = {quote.section[-1] for quote in answer.quotes}
    assert not any(related.endswith(tuple(sections)) for related in answer.related)


def test_a_review_that_ended_is_shown_at_once_and_an_expired_source_is_gone(assistant, put):
    put(assistant.library, "biopsy.md", BIOPSY.replace("status: approved", "status: expired"))
    assert assistant.ask(HURT).quotes == ()


def test_a_damaged_index_is_an_error_and_no_empty_answer(assistant):
    folder = assistant.snapshot.folder
    (folder / "vectors.npy").write_bytes(b"damage")
    settings = assistant.settings
    other = Assistant(settings, assistant.library, assistant.embedder)
    with pytest.raises(SnapshotDamaged, match=r"vectors.npy in the index has been changed; run"):
        other.ask(HURT)


def test_the_answer_as_json_has_exactly_the_keys_of_the_design(assistant):
    made = answer_to_json(assistant.ask(HURT))
    assert list(made) == TOP
    quote = made["quotes"][0]
    assert list(quote) == OF_A_QUOTE
    assert list(quote["source"]) == OF_A_SOURCE
    assert json.loads(json.dumps(made)) == made


def test_the_answer_as_json_holds_what_the_answer_holds(assistant):
    answer = assistant.ask(HURT)
    made = answer_to_json(answer)
    quote = made["quotes"][0]
    assert (made["urgent"], made["differs"], made["outcome"]) == (None, [], "answered")
    assert (quote["text"], quote["pages"], quote["section"]) == (
        ANSWER,
        [1, 1],
        ["Pain"],
    )
    assert quote["end"] - quote["start"] == len(quote["text"])
    assert quote["focus"] == [quote["start"], quote["start"] + len("A biopsy hurts a little.")]
    assert quote["source"]["reviewed"] == "2026-01-31"
    assert quote["source"]["status"] == "approved"
    assert made["disclaimer"] == notice_text("disclaimer.patient")


def test_an_answer_without_quotes_has_the_same_keys(assistant):
    for text in ("bread recipe", "hello", ""):
        made = answer_to_json(assistant.ask(text))
        assert list(made) == TOP
        assert (made["quotes"], made["notice"] in notice_names()) == ([], True)


def test_the_answer_as_text_has_words_source_and_disclaimer(assistant):
    said = answer_as_text(assistant.ask(HURT), assistant.settings)
    assert f"    {ANSWER}\n    — Biopsy of the spine › Pain (p. 1), A hosp" in said
    assert notice_text("status.approved") in said
    assert said.endswith(notice_text("disclaimer.patient"))


def test_the_answer_as_text_says_what_was_searched_instead(assistant):
    said = answer_as_text(assistant.ask("Does a biospy hurt?"), assistant.settings)
    assert said.startswith(f"{notice_text('searching.instead')}: Does a biopsy hurt?\n")


def test_one_document_answers_alone_or_not_at_all(embedder):
    document = read_document(BIOPSY.encode(), "biopsy.md")
    asked = OneDocument(embedder)
    assert asked.quotes(HURT, document, 3)[0].text == "A biopsy hurts a little."
    for text in ("bread recipe", "hello", "", "x" * 9000):
        assert asked.quotes(text, document, 3) == ()


@pytest.mark.parametrize("text", ["# Only a title\n", "| Drug | Dose |\n|---|---|\n"])
def test_a_document_without_statements_answers_nothing(embedder, text):
    document = read_document(text.encode(), "a.md")
    assert OneDocument(embedder).quotes(HURT, document, 3) == ()


def test_one_document_is_indexed_once_for_many_questions(embedder):
    document = read_document(BIOPSY.encode(), "biopsy.md")
    asked = OneDocument(embedder)
    asked.quotes(HURT, document, 3)
    embedder.texts = 0
    asked.quotes("When do the results come?", document, 3)
    assert embedder.texts == 1
