"""Every quote stands word for word where it says, whole, and with what changes its meaning."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.build import build
from qa.answer import cut
from qa.assistant import Assistant
from qa.selection import choose_quotes
from qa.settings import Settings
from sources.document import Audience, BlockKind, Span
from sources.errors import Unreadable
from sources.library import Library
from sources.read import read_document
from sources.segments import statements

WORDS = (
    "biopsy pain spine needle nurse doctor water tablets dose morning evening walking driving "
    "scan growth bone marrow naïve Größe 中文 ½ 5mg e.g. Dr. ﬁbre cord\u00ada co\u200bld 🙂 a*b "
    "_c_ <b>bold</b> AT&amp;T $$20 “quoted” (aside) x|y #tag 10% U.S. {{x}} \u202eback zero\u0301"
).split()
EXCEPTION = re.compile(r"(?:Unless|Except|However|But not)\b")
FURNITURE = ("We use cookies to make this page better.", "Subscribe now!", "Share this page")

word = st.sampled_from(WORDS)
plain_sentence = st.lists(word, min_size=2, max_size=9).map(
    lambda row: f"The {' '.join(row)} helps.".replace("..", ".")
)
exception = st.builds(
    "{} the {} is {}.".format, st.sampled_from(["Unless", "Except when", "However,"]), word, word
)
sentence = st.one_of(plain_sentence, plain_sentence, exception, plain_sentence.map("It {}".format))
paragraph = st.lists(sentence, min_size=1, max_size=5).map(" ".join)
heading = st.lists(word, min_size=1, max_size=3).map(lambda row: f"## About {' '.join(row)}")
item = st.lists(word, min_size=1, max_size=6).map(" ".join)
bullets = st.builds(
    lambda stem, rows: "\n".join([f"{stem} Bring these:\n", *(f"- the {row}" for row in rows)]),
    paragraph,
    st.lists(item, min_size=1, max_size=6),
)
cell = st.lists(word.filter(lambda w: "|" not in w), min_size=1, max_size=3).map(" ".join)
table = st.lists(st.tuples(cell, cell), min_size=1, max_size=5).map(
    lambda rows: "\n".join(
        ["| Name | Dose |", "|---|---|", *(f"| {one} | {other} |" for one, other in rows)]
    )
)
block = st.one_of(
    paragraph, paragraph, heading, bullets, table, st.sampled_from(FURNITURE), st.just("---")
)
leaflet = st.builds(
    lambda blocks, last: "# Leaflet\n\n" + "\n\n".join([*blocks, last]) + "\n",
    st.lists(block, max_size=7),
    paragraph,
)
question = st.one_of(st.lists(word, min_size=1, max_size=5).map(" ".join), plain_sentence)


def quotes_of(assistant, asked):
    """What is shown, and what would be shown if the gate let everything pass."""
    yield from assistant.ask(asked).quotes
    yield from choose_quotes(assistant.evidence(asked)[1], Audience.PATIENT, 10)


def blocks_of(document, span):
    return [block for block in document.blocks if block.span.overlaps(span)]


def assert_word_for_word(document, quote):
    assert document.text[quote.span.start : quote.span.end] == quote.text
    first, last = quote.pages
    assert document.pages[first - 1].start <= quote.span.start < document.pages[first - 1].end
    assert document.pages[last - 1].start < quote.span.end <= document.pages[last - 1].end
    assert not any(b.kind is BlockKind.BOILERPLATE for b in blocks_of(document, quote.span))
    assert not any(b.kind is BlockKind.HEADING for b in blocks_of(document, quote.span))


def assert_whole(document, quote):
    """From the start of one statement to the end of one, with any exception that follows."""
    known = statements(document, Span(0, len(document.text)))
    assert quote.span.start in {statement.span.start for statement in known}
    assert quote.span.end in {statement.span.end for statement in known}
    last = document.block_at(quote.span.end - 1)
    assert not EXCEPTION.match(document.text[quote.span.end : last.span.end].lstrip())


def lead_of(document, at):
    """The block that a list item or a table row means nothing without."""
    blocks, first = document.blocks, at
    while first > 0 and blocks[first - 1].kind is blocks[at].kind:
        first -= 1
    if blocks[at].kind is BlockKind.TABLE_ROW:
        return blocks[first]
    before = blocks[first - 1]
    stem = before.kind is BlockKind.PARAGRAPH and before.span.of(document.text).rstrip()[-1] == ":"
    return before if stem else None


def assert_led_in(document, quote):
    """A list item has its stem, a table row its header."""
    for at in range(document.block_index(quote.span.start), len(document.blocks)):
        block = document.blocks[at]
        rows = block.kind in (BlockKind.LIST_ITEM, BlockKind.TABLE_ROW)
        if rows and block.span.overlaps(quote.span):
            lead = lead_of(document, at)
            assert lead is None or lead.span.overlaps(quote.span)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=leaflet, name=st.sampled_from(["leaflet.md", "leaflet.txt"]), asked=question)
def test_every_quote_is_word_for_word_and_whole(embedder_class, put, text, name, asked):
    embedder = embedder_class()
    with TemporaryDirectory() as home:
        library = Library(Path(home))
        put(library, name, text)
        put(library, "other.txt", "Other leaflet\n\nA biopsy hurts a little. Unless it is big.\n")
        build(library, embedder, lambda *_: None)
        assistant = Assistant(Settings(home=library.home), library, embedder)
        fresh = Library(Path(home))
        for quote in [*quotes_of(assistant, asked), *quotes_of(assistant, "Does a biopsy hurt?")]:
            document = fresh.document(quote.doc_id, quote.version)
            assert_word_for_word(document, quote)
            assert_whole(document, quote)
            assert_led_in(document, quote)
        library.close()
        fresh.close()


def quoted(assistant_of, text, asked):
    return [quote.text for quote in assistant_of({"a.md": text}).ask(asked).quotes]


@pytest.mark.parametrize(
    "exception",
    [
        "Unless your doctor told you to fast.",
        "Except on the day of the biopsy.",
        "However, never before a biopsy.",
        "But not on the day of surgery.",
        "This does not hold for children.",
        "The only exception is a biopsy.",
    ],
)
def test_an_exception_is_never_cut_off(assistant_of, exception):
    text = f"# Meals\n\nYou may drink water before a scan. {exception} Nurses are kind.\n"
    found = quoted(assistant_of, text, "May I drink water before a scan?")
    assert found[0].startswith(f"You may drink water before a scan. {exception}")


def test_a_chain_of_exceptions_is_quoted_to_its_end(assistant_of):
    text = "# Meals\n\nDrink water before a scan. Unless you fast. Except tea. Nurses are kind.\n"
    found = quoted(assistant_of, text, "May I drink water before a scan?")
    assert found[0].startswith("Drink water before a scan. Unless you fast. Except tea.")


def test_a_sentence_that_leans_on_another_is_quoted_with_it(assistant_of):
    text = "# A\n\nThe skin is numbed. It lasts two hours at the biopsy.\n"
    found = quoted(assistant_of, text, "How many hours does it last at the biopsy?")
    assert found == ["The skin is numbed. It lasts two hours at the biopsy."]


def test_a_list_item_is_quoted_with_its_stem(assistant_of):
    text = "# A\n\nDo not come. Never take these before surgery:\n\n- aspirin\n- warfarin\n"
    found = quoted(assistant_of, text, "Can I take warfarin before surgery?")
    assert found == ["Do not come. Never take these before surgery:\naspirin\nwarfarin"]


def test_a_list_too_long_to_quote_still_gives_its_item_with_the_stem(assistant_of):
    items = "".join(f"- drug{n} {'and so on ' * 9}\n" for n in range(12))
    text = f"# A\n\nNever take these before surgery:\n\n{items}"
    found = quoted(assistant_of, text, "Never take drug9 before surgery?")
    assert found[0].startswith("Never take these before surgery:\ndrug0 and so on")
    assert "drug9 and so on" in found[0]


def test_a_nested_item_is_quoted_with_the_item_above_it(assistant_of):
    text = "# A\n\n- Never take these before surgery:\n  - aspirin\n  - warfarin\n- Come early\n"
    found = quoted(assistant_of, text, "Can I take aspirin before surgery?")
    assert found[0].startswith("Never take these before surgery:\naspirin")


def test_a_table_row_is_quoted_with_its_header(assistant_of):
    text = "# A\n\n| Scan | Minutes |\n|---|---|\n| Neck | 20 |\n| Spine | 40 |\n"
    found = quoted(assistant_of, text, "How many minutes is a spine scan?")
    assert found == ["Scan | Minutes\nNeck | 20\nSpine | 40"]


def test_page_furniture_is_never_quoted(assistant_of):
    text = "Pain\n\nA biopsy hurts a little.\n\nWe use cookies, and a biopsy hurts a lot.\n"
    answer = assistant_of({"a.txt": text}).ask("Does a biopsy hurt a lot?")
    assert [quote.text for quote in answer.quotes] == ["A biopsy hurts a little."]


def test_a_focus_stands_inside_its_quote(document):
    span = span_of(document, "It hurts a little.")
    assert cut(document, span, 0.5).focus == span
    with pytest.raises(ValueError, match=r"is not inside"):
        cut(document, span, 0.5, Span(span.start, span.end + 1))


@pytest.fixture(scope="module")
def document():
    text = "Title\n\nPain\n\nIt hurts a little.\n\nWe use cookies here.\n\nIt goes away.\n"
    return read_document(text.encode(), "a.txt")


def span_of(document, words):
    start = document.text.index(words)
    return Span(start, start + len(words))


def test_a_cut_carries_its_place_and_its_source(document):
    quote = cut(document, span_of(document, "It hurts a little."), 0.5)
    assert (quote.text, quote.section) == ("It hurts a little.", ("Pain",))
    assert (quote.doc_id, quote.version) == ("a", document.version)
    assert (quote.pages, quote.source.title, quote.score) == ((1, 1), "Title", 0.5)


@pytest.mark.parametrize(
    "span", [Span(5, 5), Span(9, 4), Span(-3, 4), Span(-9, -2), Span(0, 10**6), Span(10**6, 10**7)]
)
def test_nothing_is_never_cut(document, span):
    with pytest.raises(ValueError, match="there are no words at"):
        cut(document, span, 0.5)


def test_a_blank_between_blocks_is_never_cut(document):
    end = document.text.index("It hurts")
    with pytest.raises(ValueError, match="there are no words at"):
        cut(document, Span(end - 2, end), 0.5)


@pytest.mark.parametrize("words", ["We use cookies here.", "cookies", "little.\n\nWe"])
def test_furniture_is_never_cut(document, words):
    with pytest.raises(ValueError, match="is page furniture, which is never quoted"):
        cut(document, span_of(document, words), 0.5)


def test_a_cut_over_furniture_is_refused(document):
    whole = Span(document.text.index("It hurts"), len(document.text))
    with pytest.raises(ValueError, match="page furniture"):
        cut(document, whole, 0.5)


def test_a_leaflet_that_cannot_be_read_is_no_document():
    with pytest.raises(Unreadable, match="has no words in it"):
        read_document(b"---\n---\n\n***\n", "a.txt")
