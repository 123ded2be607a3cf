"""From a question to a ranking: both kinds of search, one order, and only what may be quoted."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from index.build import build
from index.memory import MemorySnapshot
from index.retriever import CLOSER, LATE, LEXICAL, NEAR, Retriever
from qa.assistant import Assistant
from qa.settings import Settings
from sources.read import read_document

BIOPSY = "# Biopsy\n\n## Pain\n\nA biopsy hurts a little. The skin is numbed first.\n"
FILES = {
    "biopsy.md": BIOPSY,
    "scan.md": "# MRI scan\n\n## Noise\n\nAn MRI scan is loud. Ask for ear plugs.\n",
    "stairs.md": "# Stairs\n\n## Climbing\n\nClimb slowly and hold the rail.\n",
}


def search(assistant, text, k=10):
    retriever = assistant.retriever()
    versions = assistant.library.quotable()
    return retriever.search(text, retriever.embed(text), k, versions)


def found(assistant, text, k=10):
    rows = assistant.snapshot.passages
    return [rows[hit.row].doc_id for hit in search(assistant, text, k)]


@pytest.fixture
def assistant(assistant_of):
    return assistant_of(FILES)


def test_the_passage_about_the_question_comes_first(assistant):
    assert found(assistant, "Is the MRI scan loud?")[0] == "scan"
    assert found(assistant, "numbed skin")[0] == "biopsy"


def test_scores_fall_and_mix_nearness_and_words(assistant):
    ranking = search(assistant, "Is the MRI scan loud?")
    best = max(hit.lexical for hit in ranking)
    scores = [hit.score for hit in ranking]
    assert scores == sorted(scores, reverse=True)
    expected = [NEAR * hit.near + LATE * hit.late + LEXICAL * hit.lexical / best for hit in ranking]
    assert scores == pytest.approx(expected, abs=1e-6)


def test_the_words_of_a_question_find_their_like_in_the_passage_that_answers(assistant):
    first, *others = search(assistant, "Is the MRI scan noisy?")
    assert assistant.snapshot.passages[first.row].doc_id == "scan"
    assert 1.01 > first.late > max(other.late for other in others) + 0.2


def test_only_the_best_are_compared_word_by_word_and_stay_before_the_others(assistant_of):
    many = "".join(f"\n## Part {n}\n\nThe biopsy of part {n} hurts.\n" for n in range(CLOSER + 8))
    ranking = search(assistant_of({"many.md": f"# Parts\n{many}"}), "Does it hurt?", 99)
    closer, others = ranking[:CLOSER], ranking[CLOSER:]
    assert {hit.late for hit in others} == {-1.0}
    assert len(others) == 8
    assert min(hit.late for hit in closer) > 0


WORDED = (
    "---\nasked_as:\n  Pain:\n    - will the needle sting\n    - jab agony\n---\n"
    "# Biopsy\n\n## Pain\n\nIt hurts a little.\n\n## Rest\n\nLie down for an hour.\n"
)


def test_a_wording_in_which_people_ask_leads_to_its_section(assistant_of):
    assistant = assistant_of({"worded.md": WORDED, **FILES})
    (hit, *others) = search(assistant, "will the needle sting")
    row = assistant.snapshot.passages[hit.row]
    assert (row.doc_id, row.heading) == ("worded", ("Pain",))
    assert (hit.near, hit.dense < 0.5) == (pytest.approx(1.0, abs=1e-5), True)
    assert all(other.near < 0.5 for other in others)
    assert (hit.asked, {other.asked for other in others}) == (1.0, {0.0})


def test_words_of_a_wording_find_its_section(assistant_of):
    assistant = assistant_of({"worded.md": WORDED, **FILES})
    (found_by_words,) = (hit for hit in search(assistant, "agony") if hit.lexical > 0)
    assert assistant.snapshot.passages[found_by_words.row].heading == ("Pain",)


def test_a_passage_without_wordings_is_as_near_as_its_words(assistant):
    ranking = search(assistant, "Is the MRI scan loud?")
    assert all(hit.near == hit.dense for hit in ranking)
    assert {hit.asked for hit in ranking} == {0.0}


def test_a_wording_is_never_quoted(assistant_of):
    assistant = assistant_of({"worded.md": WORDED})
    answer = assistant.ask("will the needle sting")
    assert not any("sting" in quote.text for quote in answer.quotes)


def test_a_hit_names_its_passage(assistant):
    for hit in search(assistant, "biopsy"):
        assert assistant.snapshot.passages[hit.row].passage_id == hit.passage_id


@pytest.mark.parametrize("k", [0, 1, 2, 99])
def test_no_more_hits_than_asked_for_and_than_there_are(assistant, k):
    assert len(search(assistant, "biopsy", k)) == min(k, 3)


def test_a_question_of_unknown_words_still_ranks_by_meaning(assistant):
    ranking = search(assistant, "xylophone")
    assert len(ranking) == 3
    assert all(hit.lexical == 0 for hit in ranking)


def test_nothing_is_found_where_nothing_may_be_quoted(assistant):
    retriever = assistant.retriever()
    assert retriever.search("biopsy", retriever.embed("biopsy"), 10, set()) == ()


def test_a_withdrawn_document_is_gone_at_once(assistant):
    assert "biopsy" in found(assistant, "Does a biopsy hurt?")
    assistant.library.withdraw("biopsy")
    assert "biopsy" not in found(assistant, "Does a biopsy hurt?")
    answer = assistant.ask("Does a biopsy hurt?")
    assert all(quote.doc_id != "biopsy" for quote in answer.quotes)


def test_a_withdrawal_by_another_process_is_seen(assistant, library_of):
    library_of({}, home=assistant.library.home).withdraw("biopsy")
    assert "biopsy" not in found(assistant, "Does a biopsy hurt?")


def test_a_superseded_version_is_gone_before_the_index_is_built_again(assistant, put):
    assert assistant.ask("Does a biopsy hurt?").quotes[0].text[:24] == "A biopsy hurts a little."
    version = put(assistant.library, "biopsy.md", BIOPSY.replace("a little", "a bit"))
    assert "biopsy" not in found(assistant, "Does a biopsy hurt?")
    build(assistant.library, assistant.embedder, lambda *_: None)
    quote = assistant.ask("Does a biopsy hurt?").quotes[0]
    assert (quote.version, quote.text) == (
        version,
        "A biopsy hurts a bit. The skin is numbed first.",
    )


def test_a_new_snapshot_is_taken_up_without_opening_anything_again(assistant, put):
    before = assistant.snapshot.snapshot_id
    put(assistant.library, "shower.md", "# Shower\n\nShower after two days.\n")
    made = build(assistant.library, assistant.embedder, lambda *_: None)
    answer = assistant.ask("May I shower after two days?")
    assert answer.snapshot == made.snapshot_id != before
    assert answer.quotes[0].text == "Shower after two days."


def test_a_snapshot_that_serves_is_opened_once(assistant):
    first = assistant.retriever()
    assistant.ask("Does a biopsy hurt?")
    assert assistant.retriever() is first


def test_what_is_withdrawn_does_not_stand_in_the_way_of_what_is_left(library_of, embedder):
    """A hundred better passages of a withdrawn document once filled the pool."""
    many = "".join(f"\n## Biopsy {n}\n\nA biopsy hurts a little.\n" for n in range(250))
    one = "# Skin\n\nWash it well with soap and water on the day before a biopsy is made.\n"
    library = library_of({"many.md": f"# Biopsies\n{many}", "one.md": one})
    build(library, embedder, lambda *_: None)
    assistant = Assistant(Settings(home=library.home), library, embedder)
    library.withdraw("many")
    assert found(assistant, "Does a biopsy hurt?") == ["one"]


def test_one_document_in_memory_ranks_as_the_library_does(assistant, embedder):
    document = read_document(BIOPSY.encode(), "biopsy.md")
    retriever = Retriever(MemorySnapshot([document], embedder), embedder)
    vectors = retriever.embed("Does it hurt?")
    hit = retriever.search("Does it hurt?", vectors, 5, {document.version})[0]
    kept = assistant.snapshot.passages[0]
    assert hit.passage_id == kept.passage_id
    assert np.array_equal(retriever.snapshot.vectors[0], assistant.snapshot.vectors[0])


def test_numpy_multiplies_on_one_thread(assistant):
    assistant.ask("Does a biopsy hurt?")
    threads = {part["num_threads"] for part in threadpool_info() if "numpy" in part["filepath"]}
    assert threads == {1}
