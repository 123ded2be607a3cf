"""Each suite on a few questions, by the product's own pipeline with an embedder without a model."""

import json
from dataclasses import replace

import pytest

from evals.corpus import OutsideText
from evals.judged import OURS, read_judged, write_judged
from evals.kept_home import Embedders, Place
from evals.results import result_to_json, run_suite
from evals.suite import Bench, is_verbatim
from evals.suites import SUITES
from evals.vectors import KeptVectors
from qa.settings import Settings

CORD = "The spinal cord ends near the first lumbar vertebra. Below it are the nerves of the legs."
GOUT = "Gout is treated with colchicine. Vitamin C is found in fruit."
PLAIN = {"BM25 alone", "vectors alone", "plain mix"}


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    """Intervals are tested elsewhere."""
    monkeypatch.setattr("evals.measures.RESAMPLES", 20)


@pytest.fixture
def place(tmp_path, embedder):
    home = tmp_path / "evals"
    return Place(Settings(home=home), Embedders(KeptVectors(embedder, home), embedder), print)


@pytest.fixture
def run(tmp_path, place):
    """Runs a suite on the files that the test wrote; gives its results and its problems."""

    def run(name, before=(), library=None):
        bench = Bench(place, tmp_path / "data", library=library)
        return run_suite(SUITES[name], bench, {"model": "stems"}, before), bench.problems

    return run


@pytest.fixture
def write(tmp_path):
    def write(name, *rows):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        text = [row if isinstance(row, str) else json.dumps(row) for row in rows]
        path.write_text("".join(f"{line}\n" for line in text))
        return path

    return write


def values(result, system=OURS):
    return {name: one.value for name, one in result.systems[system].items()}


@pytest.fixture
def scifact(write):
    texts = [{"_id": "d1", "title": "Cord", "text": CORD}, {"_id": "d2", "title": "", "text": GOUT}]
    write("scifact/corpus.jsonl", *texts)
    marked = {"d2": [{"sentences": [0], "label": "SUPPORT"}]}
    write(
        "scifact/queries.jsonl",
        {"_id": "1", "text": "Where does the spinal cord end?"},
        {"_id": "2", "text": "Colchicine for gout", "metadata": marked},
    )
    write("scifact/qrels/test.tsv", "query-id\tcorpus-id\tscore", "1\td1\t1", "2\td2\t1")


def test_beir_ranks_documents_and_finds_the_evidence_beside_the_plain_systems(scifact, run):
    (result,), problems = run("beir")
    assert problems == []
    assert (result.data, len(result.ours)) == ("scifact", 2)
    assert set(result.systems) == {OURS, *PLAIN}
    assert values(result)["nDCG@10"] == values(result, "BM25 alone")["nDCG@10"] == 1
    evidence = result.systems[OURS]["evidence hit@1"]
    assert (evidence.value, evidence.n) == (1, 1)
    assert values(result)["sentence recall"] == 1
    assert {"index", "library", "data", "model"} <= set(result.identity)


def test_squad_finds_the_sentence_and_tells_what_is_not_there(write, run):
    row = {"title": "Cord", "context": CORD, "id": "1", "question": "Where does the cord end?"}
    answers = {"text": ["near the first"], "answer_start": [CORD.index("near")]}
    gout = {"id": "3", "context": GOUT, "question": "What treats gout?"}
    treated = {"text": ["colchicine"], "answer_start": [GOUT.index("colch")]}
    write(
        "squad2_dev.jsonl",
        {**row, "answers": answers},
        {
            **row,
            "id": "2",
            "question": "Who is the king?",
            "answers": {"text": [], "answer_start": []},
        },
        {**gout, "answers": treated},
    )
    (result,), problems = run("squad")
    assert problems == []
    assert result.systems[OURS]["hit@1"][:1] == result.systems["plain mix"]["hit@3"][:1] == (1,)
    assert result.systems[OURS]["hit@1"].n == 2
    assert values(result)["AUROC"] == values(result)["own paragraph AUROC"] == 1
    assert [row.group for row in result.ours] == ["answerable", "unanswerable", "answerable"]


def test_mediqa_ranks_a_questions_own_answers_only(write, run):
    write(
        "mediqa.jsonl",
        {"id": "1", "question": "How is gout treated?", "answers": [CORD, GOUT], "scores": [1, 4]},
        {"id": "2", "question": "spinal cord", "answers": ["Fruit.", CORD], "scores": [2, 3]},
        {"id": "3", "question": "Nothing right here?", "answers": ["No."], "scores": [1]},
    )
    (result,), problems = run("mediqa")
    assert problems == []
    assert len(result.ours) == 2
    assert values(result)["MAP@10"] == values(result)["RR@10"] == 1
    assert values(result, "order as given")["MAP@10"] == 0.5


def test_medquad_asks_a_large_library_for_the_answer_written_for_a_question(write, run):
    write(
        "medquad.csv",
        "question,answer,source,focus_area",
        f'How is gout treated?,"{GOUT}",x,Gout',
        f'Where does the spinal cord end?,"{CORD}",x,',
    )
    (result,), problems = run("medquad")
    assert problems == []
    assert values(result)["RR@10"] == values(result, "plain mix")["RR@10"] == 1
    assert result.systems[OURS]["median ms"].n == 2


def test_spans_are_counted_in_words_of_the_rows_own_text(write, run):
    gold = [CORD.index("The"), CORD.index(" Below")]
    asked = {"question": "Where does the spinal cord end?", "text": CORD}
    write(
        "spans.jsonl",
        {"id": "1", "spans": [gold], **asked},
        {"id": "2", "question": "king of France", "text": f"\ufeff{GOUT}", "spans": []},
    )
    (result,), problems = run("spans")
    assert problems == []
    words = result.ours[0].values
    assert words["words gold"] == 9
    assert words["words right"] <= words["words quoted"]
    assert values(result, "plain mix")["word recall"] == 1


def test_scope_is_asked_of_the_texts_beside_the_questions(write, run):
    write("scope.jsonl", {"query": "gout colchicine", "label": "in"}, {"query": "zq", "label": 0})
    write("corpus.jsonl", {"_id": "1", "text": GOUT})
    (result,), problems = run("scope")
    assert problems == []
    assert values(result)["AUROC"] == values(result)["recall at 1% false refusal"] == 1
    assert values(result)["out of scope: refused"] == 1


def test_pairs_are_asked_of_the_library_that_is_given(write, run):
    library = write("other/texts.jsonl", {"_id": "1", "text": GOUT}, {"_id": "2", "text": CORD})
    write(
        "pairs.csv",
        "dr_id,question_1,question_2,label",
        "1,How is gout treated?,the gout treated how,1",
        "1,How is gout treated?,Where does the spinal cord end?,0",
    )
    (result,), problems = run("pairs", library=library)
    assert problems == []
    assert values(result)["same: first evidence equal"] == 1
    assert values(result)["same: outcome equal"] == 1
    assert [row.group for row in result.ours] == ["same", "different"]


def test_red_flags_that_must_fire_and_messages_that_must_not_are_counted_apart(write, run):
    numb = {"text": "new numbness between my legs when I wipe", "fires": "cauda-equina"}
    write(
        "red_flags.jsonl",
        {**numb, "level": "emergency"},
        {**numb, "fires": ["cauda-equina"]},
        {"text": "How long does an MRI scan take?", "fires": None, "level": None},
        {"text": "?", "fires": [], "level": "soon"},
        {"text": "?"},
    )
    (result,), problems = run("redflags")
    measured = {name: (one.value, one.n) for name, one in result.systems[OURS].items()}
    assert measured["caught"] == measured["its group named"] == (1, 2)
    assert measured["emergency: caught"] == (1, 1)
    assert measured["false alarm"] == (0, 1)
    assert [problem.split(":")[0] for problem in problems] == [
        "red_flags.jsonl line 4",
        "red_flags.jsonl line 5 lacks 'fires'; name a group, several, or null",
    ]


def test_a_bad_row_is_told_and_the_good_ones_are_measured(write, run):
    good = {"query": "gout", "label": "in"}
    write("scope.jsonl", good, {"query": "gout"}, "nonsense", {"query": "zq", "label": "out"})
    write("corpus.jsonl", {"_id": "1", "text": GOUT})
    (result,), problems = run("scope")
    assert len(result.ours) == 2
    assert problems == [
        "scope.jsonl line 2 lacks 'in_scope' or 'label' or 'scope'; correct it",
        "scope.jsonl line 3 is not JSON; correct it",
    ]


@pytest.mark.parametrize("name", ["squad", "mediqa", "spans", "scope", "pairs"])
def test_a_suite_without_a_question_says_so(write, run, name):
    write(f"{name}.jsonl", "")
    results, problems = run(name)
    assert results == []
    assert problems == [f"the {name} suite holds no question; check its data"]


def test_a_result_is_one_line_with_baselines_and_how_much_ours_leads(scifact, run, tmp_path):
    (result,), _ = run("beir")
    line = json.loads(json.dumps(result_to_json(result), allow_nan=False))
    assert (line["suite"], line["data"], line["n"]) == ("beir", "scifact", 2)
    assert line["measures"]["nDCG@10"] == {"value": 1.0, "low": 0.1581, "high": 1.0, "n": 2}
    assert set(line["baselines"]) == set(line["ahead"]) == PLAIN
    assert line["ahead"]["plain mix"]["R@10"]["value"] == 0
    assert "changed" not in line


def test_a_run_is_compared_with_an_earlier_one_question_by_question(scifact, run, tmp_path):
    (result,), _ = run("beir")
    write_judged(result.rows, tmp_path / "rows.jsonl")
    before = read_judged(tmp_path / "rows.jsonl")
    assert before == list(result.rows)
    (again,), _ = run("beir", before)
    assert again.changed["nDCG@10"] == (0, 0, 0, 2)


def test_an_index_is_made_once_and_again_when_a_text_changes(place, embedder):
    texts = [OutsideText("1", "", CORD), OutsideText("2", "", GOUT), OutsideText("3", "", " ")]
    first = Bench(place).corpus("few", texts)
    assert set(first.versions) == {"1", "2"}
    asked = embedder.texts
    Bench(place).corpus("few", texts)
    assert embedder.texts == asked + 1  # the question that wakes the model
    other = Bench(place).corpus("few", [*texts[:2], OutsideText("3", "", "Bread is baked.")])
    assert set(other.versions) == {"1", "2", "3"}
    assert embedder.texts <= asked + 2 + 3  # one passage with one statement, embedded three ways


def test_one_wrong_character_or_page_is_no_verbatim_quote(assistant_of):
    assistant = assistant_of({"gout.txt": GOUT})
    quote = assistant.ask("How is gout treated with colchicine?").quotes[0]
    assert is_verbatim(quote, assistant)
    assert not is_verbatim(replace(quote, text=quote.text.replace("colch", "Colch")), assistant)
    assert not is_verbatim(replace(quote, pages=(1, 2)), assistant)
