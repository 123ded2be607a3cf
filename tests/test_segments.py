"""Sentences, passages and statements: where words may be cut, and what may never be cut off."""

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.document import BlockKind, Document, Span
from sources.errors import SourceError
from sources.read import read_document
from sources.segments import (
    LIST_CHARACTERS,
    PASSAGE_WORDS,
    Statement,
    passages,
    sentences,
    statements,
    trimmed,
)


def read(text: str) -> Document:
    return read_document(text.encode(), "leaflet.md")


def cut(text: str) -> list[str]:
    return [span.of(text).strip() for span in sentences(text, Span(0, len(text)))]


def every(document: Document) -> list[Statement]:
    return statements(document, Span(0, len(document.text)))


def shown(text: str, focus: str) -> str:
    """What must be quoted for the one statement whose focus is `focus`."""
    document = read(text)
    found = [row for row in every(document) if row.focus.of(document.text) == focus]
    assert len(found) == 1
    return found[0].span.of(document.text)


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Ray and Mrs. Oak see you.|They are kind.",
        "Some drugs, e.g. Aspirin, thin the blood.|Others do not, i.e. They are safe.",
        "See Fig. 3 and No. 5 on p. 7.|Then read on.",
        "It is MRI vs. CT for most.|Both are safe.",
        "The dose is 2.5 mg a day.|It may rise to 3.75 mg.",
        "It spread to the lung.1 The rest was well.|It was seen in few.2,3 Nobody died.",
        "We waited... And waited…|Then it came!|Did it hurt?|No.",
        "She said “It is fine.”|He left.",
        "(It is rare.)|It is benign.",
        "About 40% of them.|5 of 9 were well.",
        "J. A. Moor wrote it.|It is long.",
        "It ends here.|“So it does,” he said.",
        "It grew by 3 mm.|10 weeks later it shrank.",
        "1. Eat early.|2. Sleep.",
        "it has no capital. so it is one",
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text):
    parts = re.split(r"\||(?<=lung\.1) |(?<=2,3) |(?<=waited\.\.\.) ", text)
    assert cut(text.replace("|", " ")) == parts


MARKS = st.sampled_from(
    [". ", ".1 ", "? ", "… ", "e.g. ", "Dr. ", "The ", "the ", "3.5 ", "\n", "1. ", "”", ")"]
)
ANY = st.lists(st.one_of(MARKS, st.text(max_size=8)), max_size=20).map("".join)


@given(ANY, st.data())
def test_sentences_tile_whatever_they_are_cut_from(text, data):
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = sentences(text, Span(start, end))
    assert found[0].start == start
    assert found[-1].end == end
    assert all(a.end == b.start for a, b in pairwise(found))


@given(ANY)
def test_a_trimmed_span_has_words_at_both_ends(text):
    span = trimmed(text, Span(0, len(text)))
    assert span.of(text) == text.strip()


RULE = "Take the tablets with food."


def test_an_exception_that_follows_belongs_to_its_rule():
    text = f"{RULE} Unless the label says so. However, never skip one. Sleep well."
    whole = f"{RULE} Unless the label says so. However, never skip one."
    assert shown(text, whole) == whole


def test_a_plain_sentence_stands_alone():
    assert shown(f"Sleep well. {RULE} Drink water.", RULE) == RULE


@pytest.mark.parametrize(
    "opener", ["This", "They", "It", "However, it", "For example, it", "If not, it"]
)
def test_a_sentence_that_leans_on_another_brings_it_along(opener):
    text = f"A scan is short. {opener} may be loud. Doors are shut."
    document = read(text)
    (leaning,) = [row for row in every(document) if row.dependent]
    assert leaning.span.of(document.text) == f"A scan is short. {opener} may be loud."
    assert leaning.focus.of(document.text) == f"{opener} may be loud."


def test_at_most_two_sentences_are_brought_along():
    text = "A scan is short. It is loud. It is dark. It is cold."
    assert shown(text, "It is cold.") == "It is loud. It is dark. It is cold."


def test_the_first_sentence_of_a_paragraph_brings_nothing_from_the_one_before():
    assert shown("A scan is short.\n\nIt is loud.", "It is loud.") == "It is loud."


LIST = "Call us if you have:\n\n- weak legs\n- a fever\n\nThe ward is open."


def test_a_list_item_brings_its_stem_and_the_items_below():
    whole = "Call us if you have:\nweak legs\na fever"
    assert shown(LIST, "weak legs") == whole
    assert shown(LIST, "a fever") == whole


def test_a_stem_brings_its_list():
    document = read(LIST)
    stem = every(document)[0]
    assert stem.span.of(document.text) == "Call us if you have:\nweak legs\na fever"


def test_the_stem_of_a_list_is_its_lead():
    document = read(LIST)
    assert {row.lead.of(document.text) for row in every(document)} == {"", "Call us if you have:"}


def test_a_list_under_a_finished_sentence_has_no_stem():
    text = "Here is what helps.\n\n- Rest in bed.\n- Warm baths."
    assert shown(text, "Warm baths.") == "Warm baths."


def test_a_nested_item_brings_the_item_it_belongs_to():
    text = "- Pain that comes:\n  - at night\n  - at rest\n- Fever"
    assert shown(text, "at rest").startswith("Pain that comes:\nat night\nat rest")
    assert "Fever" not in shown(text, "at rest")


LONG = "Call us if you have:\n\n" + "\n".join(
    f"- sign number {n} of the long list of signs that we ask everyone about" for n in range(1, 21)
)


def test_a_list_too_long_to_show_ends_behind_an_item_that_fits():
    document = read(LONG)
    stem = every(document)[0].span.of(document.text)
    assert len(stem) <= LIST_CHARACTERS
    assert stem.endswith("that we ask everyone about")


def test_an_item_far_down_a_long_list_is_shown_from_the_stem_on():
    document = read(LONG)
    last = every(document)[-1].span.of(document.text)
    assert last.startswith("Call us if you have:")
    assert "sign number 20 " in last


TABLE = "| Drug | Dose |\n|---|---|\n| Red | 5 mg |\n| Blue | 9 mg |\n"


def test_a_table_row_brings_its_header_and_a_header_says_nothing_alone():
    document = read(TABLE)
    rows = every(document)
    assert [row.focus.of(document.text) for row in rows] == ["Red | 5 mg", "Blue | 9 mg"]
    assert {row.lead.of(document.text) for row in rows} == {"Drug | Dose"}
    assert rows[1].span.of(document.text) == "Drug | Dose\nRed | 5 mg\nBlue | 9 mg"


def test_headings_and_boilerplate_say_nothing():
    document = read_document(
        b"Spine Scans\n\nA scan is short.\n\nWe use cookies to make this better.\n\nBye now.",
        "a.txt",
    )
    assert [row.focus.of(document.text) for row in every(document)] == [
        "A scan is short.",
        "Bye now.",
    ]


def test_only_what_begins_inside_the_span_is_found():
    document = read("One is here. Two is here. Three is here.")
    at = document.text.index("Two")
    found = statements(document, Span(at, at + 5))
    assert [row.focus.of(document.text) for row in found] == ["Two is here."]


def test_passages_end_where_a_section_ends():
    document = read("# T\n\nOne.\n\n## A\n\nTwo.\n\nThree.\n\n## B\n\nFour.")
    found = [(row.heading, row.span.of(document.text)) for row in passages(document)]
    assert found == [((), "One."), (("A",), "Two.\n\nThree."), (("B",), "Four.")]


def test_boilerplate_parts_two_passages():
    text = b"Spine Scans\n\nA scan is short.\n\nWe use cookies to make this better.\n\nBye now."
    document = read_document(text, "a.txt")
    assert [row.span.of(document.text) for row in passages(document)] == [
        "A scan is short.",
        "Bye now.",
    ]


def test_a_long_section_is_cut_between_sentences():
    sentence = "This one sentence of the long section has exactly eleven words here."
    document = read(" ".join([sentence] * 40))
    found = [row.span.of(document.text) for row in passages(document)]
    assert all(len(part.split()) <= PASSAGE_WORDS for part in found)
    assert all(part.endswith(".") and part.startswith("This") for part in found)
    assert sum(part.count(sentence) for part in found) == 40


def test_a_short_list_stays_with_its_stem():
    filler = "These are some words that fill the passage up to where it would be cut. " * 7
    document = read(filler + LIST)
    (held,) = [
        row.span.of(document.text)
        for row in passages(document)
        if "weak" in row.span.of(document.text)
    ]
    assert "Call us if you have:\nweak legs\na fever" in held


SHAPES = st.sampled_from(
    [
        "# Scans\n\n",
        "## Signs\n\n",
        "A scan is short. It is loud, e.g. at the start. Unless you sleep. ",
        "Call us if you have:\n\n",
        "- weak legs. Both of them\n",
        "  - at night\n",
        "- a fever\n",
        "1. Eat early.\n",
        "\n\n",
        TABLE,
        "However, this is not so. But not always. ",
        "We use cookies here.\n\n",
        "Submitted\n\n",
        "word " * 60 + ". The end. ",
        "- " + "item " * 90 + "\n",
    ]
)
FILES = st.tuples(
    st.lists(st.one_of(SHAPES, st.text(max_size=5)), min_size=1, max_size=14).map("".join),
    st.sampled_from(["a.md", "a.txt"]),
)


def made(file: tuple[str, str]) -> Document | None:
    try:
        return read_document(file[0].encode(), file[1])
    except SourceError:
        return None


@settings(max_examples=120)
@given(FILES)
def test_passages_lie_in_one_section_and_hold_no_boilerplate(file):
    document = made(file)
    for passage in passages(document) if document else []:
        inside = [block for block in document.blocks if block.span.overlaps(passage.span)]
        assert {block.heading_path for block in inside} == {passage.heading}
        assert not {block.kind for block in inside} & {BlockKind.HEADING, BlockKind.BOILERPLATE}
        assert passage.span.of(document.text).strip() == passage.span.of(document.text) != ""


@settings(max_examples=120)
@given(FILES)
def test_passages_leave_no_quotable_word_out_and_hold_none_twice(file):
    document = made(file)
    held = [span.of(document.text) for span, _ in passages(document)] if document else []
    kinds = (BlockKind.HEADING, BlockKind.BOILERPLATE)
    blocks = [block for block in document.blocks if block.kind not in kinds] if document else []
    words = [block.span.of(document.text) for block in blocks]
    assert " ".join(held).split() == " ".join(words).split()


@settings(max_examples=120)
@given(FILES)
def test_statements_hold_their_focus_and_cut_no_sentence(file):
    document = made(file)
    blocks = document.blocks if document else []
    cuts = [trimmed(document.text, s) for b in blocks for s in sentences(document.text, b.span)]
    starts, ends = {cut.start for cut in cuts}, {cut.end for cut in cuts}
    for span, focus, lead, _ in every(document) if document else []:
        assert span.start in starts
        assert span.end in ends
        assert span.start <= focus.start < focus.end <= span.end
        assert span.start <= lead.start <= lead.end <= focus.start


@settings(max_examples=120)
@given(FILES)
def test_statements_hold_no_heading_and_no_boilerplate(file):
    document = made(file)
    for statement in every(document) if document else []:
        inside = {block.kind for block in document.blocks if block.span.overlaps(statement.span)}
        assert not inside & {BlockKind.HEADING, BlockKind.BOILERPLATE}


def spoken(text: str, opening: str) -> str:
    """What must be quoted for the last statement whose focus begins with `opening`."""
    document = read(text)
    found = [row for row in every(document) if row.focus.of(document.text).startswith(opening)]
    return found[-1].span.of(document.text)


def test_an_exception_is_never_quoted_without_its_rule():
    assert spoken("Take it daily. Unless a doctor agrees.", "Unless") == (
        "Take it daily. Unless a doctor agrees."
    )


def test_an_exception_in_the_next_paragraph_belongs_to_its_rule():
    text = "Do not fly for a month.\n\nUnless your surgeon agrees, ask first."
    assert spoken(text, "Do not fly") == text
    assert spoken(text, "Unless") == text


def test_an_exception_below_a_list_belongs_to_the_list():
    text = "Do not take it if you have:\n\n- pain\n- fever\n\nUnless a doctor agrees."
    assert spoken(text, "fever").endswith("Unless a doctor agrees.")
    assert spoken(text, "Unless").startswith("Do not take it")


def test_an_item_of_an_item_is_shown_from_the_outermost_stem_on():
    text = "Do not take it if you have:\n\n- pain\n  - at night\n- fever\n"
    assert spoken(text, "at night") == "Do not take it if you have:\npain\nat night"
