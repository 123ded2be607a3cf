"""Which quotes are shown: few, each new, none over another, the reader's own sources first."""

from itertools import combinations
from typing import NamedTuple

import numpy as np
import pytest

from index.hits import Hit
from index.passages import PassageRow
from index.statements import StatementTable
from qa.evidence import Candidate, Evidence, Features
from qa.selection import JOINED_CHARACTERS, choose_quotes
from sources.document import Audience, Document, Span
from sources.read import read_document
from sources.segments import statements

HIT = Hit("p", 0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
NONE = Features(*[0.0] * len(Features._fields))
FOUR = "# A\n\nAlpha is red. Beta is blue. Gamma is green. Delta is dark.\n"


def document(text, name="a.md", **declared):
    return read_document(text.encode(), name, declared)


class Shelf(NamedTuple):
    """One document, as evidence asks for it."""

    one: Document

    def source(self, _version):
        return self.one.source

    def document(self, _version):
        return self.one


def candidate(doc, rows):
    """A passage of `doc` that has these statements."""
    spans = [(*row.span, *row.focus, *row.lead, int(row.dependent)) for row in rows]
    none = np.zeros(0, dtype=np.int64)
    table = StatementTable(np.array(spans, dtype=np.int32), none, none, none, none)
    passage = PassageRow("p", doc.doc_id, doc.version, Span(0, 1), (), 0, len(rows), 0, 0)
    return Candidate(HIT, passage, table, Shelf(doc))


def evidence_in(doc, scores):
    """Evidence for the statements of `doc` in order, none like another, strongest first."""
    found = statements(doc, Span(0, len(doc.text)))
    rows = []
    for at, (statement, score) in enumerate(zip(found, scores, strict=True)):
        # Statements of different documents do not resemble each other either.
        vector = np.zeros(64, dtype=np.float32)
        vector[(at + sum(doc.doc_id.encode())) % 64] = 1
        rows.append(Evidence(candidate(doc, [statement]), 0, NONE, vector, score))
    return sorted(rows, key=lambda row: -row.score)


def texts(evidence, most=3, audience=Audience.PATIENT):
    return [quote.text for quote in choose_quotes(evidence, audience, most, whole=False)]


def test_no_evidence_is_no_quote():
    assert choose_quotes([], Audience.PATIENT, 3) == ()


def test_the_strongest_statement_is_quoted_first():
    found = evidence_in(document(FOUR), [0.1, 0.1, 0.9, 0.1])
    assert texts(found) == ["Gamma is green."]


def test_a_neighbour_that_continues_a_quote_is_joined_to_it():
    found = evidence_in(document(FOUR), [0.01, 0.9, 0.5, 0.01])
    assert texts(found) == ["Beta is blue. Gamma is green."]


def test_neighbours_are_joined_backwards_too():
    found = evidence_in(document(FOUR), [0.5, 0.9, 0.01, 0.01])
    assert texts(found) == ["Alpha is red. Beta is blue."]


def test_neighbours_in_another_block_stay_quotes_of_their_own():
    found = evidence_in(document("# A\n\nAlpha is red.\n\nBeta is blue.\n"), [0.9, 0.85])
    assert texts(found) == ["Alpha is red.", "Beta is blue."]


def test_what_would_grow_too_long_is_not_joined():
    long = f"# A\n\n{'Alpha is red, ' * 25}so it is. {'Beta is blue, ' * 25}so it is.\n"
    found = evidence_in(document(long), [0.9, 0.9])
    assert all(len(text) <= JOINED_CHARACTERS for text in texts(found))


@pytest.mark.parametrize("most", [1, 2, 3, 10])
def test_there_are_never_more_quotes_than_wanted(most):
    paragraphs = "\n\n".join(f"Word{n} is colour{n}." for n in range(12))
    found = evidence_in(document(f"# A\n\n{paragraphs}\n"), [0.9] * 12)
    assert len(texts(found, most)) == most


def test_what_says_the_same_is_quoted_once():
    one, other = document("# A\n\nAlpha is red.\n"), document("# B\n\nAlpha is red!\n", "b.md")
    found = [evidence_in(doc, [0.9])[0] for doc in (one, other)]
    alike = [e._replace(vector=found[0].vector) for e in found]
    assert texts(alike) == ["Alpha is red."]


def test_weak_evidence_is_not_shown_beside_strong():
    one, other = document("# A\n\nAlpha is red.\n"), document("# B\n\nBeta is blue.\n", "b.md")
    assert texts([*evidence_in(one, [0.9]), *evidence_in(other, [0.2])]) == ["Alpha is red."]


def test_at_equal_support_the_readers_own_source_comes_first():
    clinic = document("# A\n\nAlpha is red.\n", audience="clinician")
    patient = document("# B\n\nBeta is blue.\n", "b.md", audience="patient")
    found = [*evidence_in(clinic, [0.80]), *evidence_in(patient, [0.78])]
    assert texts(found) == ["Beta is blue.", "Alpha is red."]
    assert texts(found, audience=Audience.CLINICIAN) == ["Alpha is red.", "Beta is blue."]


def test_better_support_comes_before_the_readers_own_source():
    clinic = document("# A\n\nAlpha is red.\n", audience="clinician")
    patient = document("# B\n\nBeta is blue.\n", "b.md")
    found = [*evidence_in(clinic, [0.9]), *evidence_in(patient, [0.6])]
    assert texts(found)[0] == "Alpha is red."


def test_items_of_one_list_are_quoted_once_with_their_stem():
    doc = document("# A\n\nBring with you:\n\n- a red book\n- a blue hat\n- a green coat\n")
    found = evidence_in(doc, [0.1, 0.9, 0.8, 0.7])
    assert texts(found) == ["Bring with you:\na red book\na blue hat\na green coat"]


def test_a_joined_quote_never_runs_into_another():
    """A statement with its exception, joined to a quote before it, once ran over a third."""
    doc = document("# A\n\nAlpha is red. Beta is blue. Unless it is grey. Delta is dark.\n")
    alpha, beta, grey, delta = statements(doc, Span(0, len(doc.text)))
    order = [(alpha, 0.9), (grey, 0.8), (beta, 0.7), (delta, 0.6)]
    found = [
        Evidence(candidate(doc, [statement]), 0, NONE, vector, score)
        for (statement, score), vector in zip(order, np.eye(4, dtype=np.float32), strict=True)
    ]
    assert_apart(choose_quotes(found, Audience.PATIENT, 3))


def in_passage(doc, scores):
    whole = statements(doc, Span(0, len(doc.text)))
    together = candidate(doc, whole)
    found = evidence_in(doc, scores)
    return [e._replace(candidate=together, row=whole.index(e.statement)) for e in found]


def test_a_short_passage_is_quoted_whole_around_its_focus():
    (quote,) = choose_quotes(in_passage(document(FOUR), [0.1, 0.1, 0.9, 0.1]), Audience.PATIENT, 3)
    assert quote.text == "Alpha is red. Beta is blue. Gamma is green. Delta is dark."
    assert quote.focus.of(document(FOUR).text) == "Gamma is green."


def test_of_a_long_passage_the_paragraph_is_quoted():
    doc = document(f"# A\n\nAlpha is red. Beta is blue.\n\n{'Gamma is green and' * 30} so on.\n")
    quote, *_ = choose_quotes(in_passage(doc, [0.9, 0.1, 0.1]), Audience.PATIENT, 3)
    assert quote.text == "Alpha is red. Beta is blue."
    assert quote.focus.of(doc.text) == "Alpha is red."


def test_of_a_long_paragraph_the_statement_is_quoted():
    doc = document(f"# A\n\nAlpha is red. {'Gamma is green and ' * 30} so on.\n")
    quote, *_ = choose_quotes(in_passage(doc, [0.9, 0.1]), Audience.PATIENT, 3)
    assert (quote.text, quote.focus) == ("Alpha is red.", quote.span)


def test_a_second_strong_sentence_of_a_quoted_passage_joins_the_focus():
    (quote,) = choose_quotes(in_passage(document(FOUR), [0.1, 0.9, 0.8, 0.1]), Audience.PATIENT, 3)
    assert quote.focus.of(document(FOUR).text) == "Beta is blue. Gamma is green."


def assert_apart(quotes):
    for one, other in combinations(quotes, 2):
        assert one.version != other.version or not one.span.overlaps(other.span)


@pytest.mark.parametrize("seed", range(25))
def test_quotes_never_overlap_whatever_the_scores(seed):
    dice = np.random.default_rng(seed)
    parts = ("It is red.", "Beta is blue.", "Unless it is grey.", "However, so.", "Tea is hot.")
    nine, six = (" ".join(dice.choice(parts, count)) for count in (9, 6))
    doc = document(f"# A\n\n{nine}\n\n{six}\n")
    found = evidence_in(doc, dice.uniform(0.3, 0.9, 15))
    for whole in (False, True):
        quotes = choose_quotes(found, Audience.PATIENT, 10, whole=whole)
        assert quotes
        assert_apart(quotes)
