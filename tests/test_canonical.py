"""Canonical text: what is mended, and that the way back to the raw characters is never lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.canonical import (
    INVISIBLE,
    LIGATURES,
    Draft,
    Piece,
    cut_pieces,
    page_spans,
    single_blanks,
    tidy,
    weave,
)
from sources.document import BlockKind, OffsetMap, OffsetRun, Span

PROSE, HEADING, ITEM = BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST_ITEM
ODD = "\r\n \t\xa0\u2009\ufb01\ufb03\u00ad\u200b\ufeff\x00\x07\x1b\x85\u2028e\u0301é😀👩‍⚕️ß“a-z."
RAW = st.text(st.one_of(st.sampled_from(ODD), st.characters(codec="utf-8")), max_size=80)


def spelled(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


def draft(text: str, kind: BlockKind = PROSE, depth: int = 1, at: int = 0) -> Draft:
    return Draft(kind, [Piece(text, Span(at, at + len(text)))], depth)


def assert_keeps_the_map(raw: str, pieces: list[Piece]) -> None:
    """Pieces stand in order in `raw`, and each is a copy, a blank or a ligature's letters."""
    at = 0
    for text, span in pieces:
        assert at <= span.start < span.end <= len(raw)
        there, at = span.of(raw), span.end
        assert text == there or (text == " " and there.isspace()) or text == LIGATURES.get(there)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a  b\r\n\r\nc", "a b c"),
        ("\t5\xa0mg\u2009daily ", "5 mg daily"),
        ("the \ufb01rst di\ufb03cult", "the first difficult"),
        ("verte\u00adbra\u200b\ufeff", "vertebra"),
        ("a\x00b\x07c", "abc"),
        ("caf\u0065\u0301 ½ µg ‘so’ 😀", "caf\u0065\u0301 ½ µg ‘so’ 😀"),
        (" \u200b ", ""),
        ("a \u200b b", "a b"),
    ],
)
def test_white_space_ligatures_and_marks_nobody_sees_are_mended(raw, text):
    assert spelled(tidy(raw, Span(0, len(raw)))) == text


@given(RAW, st.data())
def test_tidy_keeps_the_map_and_stays_inside_its_span(raw, data):
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, len(raw)))
    pieces = tidy(raw, Span(start, end))
    assert_keeps_the_map(raw, pieces)
    assert all(start <= piece.raw.start and piece.raw.end <= end for piece in pieces)


@given(RAW)
def test_tidy_text_has_single_blanks_inside_and_none_outside(raw):
    text = spelled(tidy(raw, Span(0, len(raw))))
    assert text == " ".join(text.split())
    assert not INVISIBLE.intersection(text)


@given(RAW)
def test_tidy_loses_no_letter_and_no_figure(raw):
    kept = "".join(LIGATURES.get(char, char) for char in raw if char.isalnum())
    text = spelled(tidy(raw, Span(0, len(raw))))
    assert "".join(char for char in text if char.isalnum()) == kept


def test_blanks_side_by_side_and_at_the_ends_go():
    blank, word = Piece(" ", Span(0, 1)), Piece("a", Span(1, 2))
    assert spelled(single_blanks([blank, word, blank, blank, word, blank])) == "a a"


@given(RAW, st.data())
def test_cut_pieces_spell_exactly_the_cut_and_keep_the_map(raw, data):
    pieces = tidy(raw, Span(0, len(raw)))
    text = spelled(pieces)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    cut = cut_pieces(pieces, start, end)
    assert spelled(cut) == text[start:end]
    for part, span in cut:
        same = span.of(raw) == part
        assert same or part.isspace() or span.of(raw) in LIGATURES


def test_half_a_ligature_leads_to_the_whole_of_it():
    pieces = tidy("di\ufb03cult", Span(0, 7))
    assert cut_pieces(pieces, 3, 5) == [Piece("fi", Span(2, 3))]


def test_woven_blocks_are_parted_by_lines_that_come_from_nowhere():
    woven = weave([draft("Signs", HEADING), draft("a", ITEM, at=6), draft("b", ITEM, at=8)])
    assert woven.text == "Signs\n\na\nb"
    assert woven.offsets.to_raw(Span(7, 10)) == Span(6, 9)


def test_a_draft_without_words_is_left_out():
    assert weave([draft(" "), draft("a"), Draft(PROSE, [])]).text == "a"


def test_a_heading_that_repeats_the_title_opens_no_section():
    woven = weave([draft("Scans", HEADING), draft("What", HEADING, 2), draft("x")], "SCANS")
    assert [block.heading_path for block in woven.blocks] == [(), ("What",), ("What",)]


def test_a_heading_closes_those_as_deep_as_itself():
    levels = [("A", 1), ("B", 2), ("C", 3), ("D", 2)]
    woven = weave([draft(text, HEADING, depth) for text, depth in levels])
    assert woven.blocks[2].heading_path == ("A", "B", "C")
    assert woven.blocks[3].heading_path == ("A", "D")


def test_a_repair_says_where_it_shows_and_what_it_concerned():
    mended = Draft(PROSE, [Piece("word", Span(2, 8))], 1, [("hyphen", Span(4, 6))])
    (repair,) = weave([draft("a"), mended]).repairs
    assert (repair.kind, repair.at, repair.raw) == ("hyphen", 3, Span(4, 6))


@given(st.lists(RAW, max_size=6), st.lists(st.sampled_from(list(BlockKind)), min_size=6))
def test_woven_blocks_tile_the_text_and_every_character_leads_back(raws, kinds):
    raw = "".join(raws)
    ends = [len("".join(raws[: index + 1])) for index in range(len(raws))]
    spans = [Span(end - len(part), end) for part, end in zip(raws, ends, strict=True)]
    woven = weave([Draft(kind, tidy(raw, span)) for kind, span in zip(kinds, spans, strict=False)])
    assert "".join(block.span.of(woven.text) for block in woven.blocks) == woven.text
    assert [b.span.start for b in woven.blocks[1:]] == [b.span.end for b in woven.blocks[:-1]]
    for at, char in enumerate(woven.text):
        there = woven.offsets.to_raw(Span(at, at + 1)).of(raw)
        assert char.isspace() or there == char or char in LIGATURES[there]


@given(st.lists(RAW, min_size=1, max_size=5))
def test_pages_tile_the_text(raws):
    starts = [len("".join(raws[:index])) for index in range(len(raws))]
    raw = "".join(raws)
    woven = weave([Draft(PROSE, tidy(raw, Span(0, len(raw))))])
    pages = page_spans(woven, starts)
    assert len(pages) == len(raws)
    assert "".join(page.of(woven.text) for page in pages) == woven.text


def test_a_page_may_begin_inside_a_block():
    woven = weave([draft("one two"), draft("three", at=8)])
    assert page_spans(woven, (0, 4)) == (Span(0, 4), Span(4, len(woven.text)))


def test_a_page_without_words_is_an_empty_span():
    woven = weave([draft("one"), draft("two", at=20)])
    assert page_spans(woven, (0, 8, 15, 40))[1:] == (Span(5, 5), Span(5, 8), Span(8, 8))


def test_a_run_of_unequal_length_maps_as_a_whole():
    runs = OffsetMap((OffsetRun(0, Span(0, 2)), OffsetRun(2, Span(2, 3))), 5)
    assert runs.to_raw(Span(1, 2)) == Span(1, 2)
    assert runs.to_raw(Span(3, 4)) == Span(2, 3)
    assert runs.to_raw(Span(1, 4)) == Span(1, 3)


def test_an_empty_span_leads_to_an_empty_place():
    runs = OffsetMap((OffsetRun(0, Span(4, 7)),), 3)
    assert [runs.to_raw(Span(at, at)) for at in (0, 2, 3)] == [Span(4, 4), Span(6, 6), Span(7, 7)]


def test_a_span_outside_the_text_is_refused():
    with pytest.raises(ValueError, match="outside a text of 3 characters"):
        OffsetMap((OffsetRun(0, Span(0, 3)),), 3).to_raw(Span(2, 4))
