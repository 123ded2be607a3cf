"""Markdown files: structure kept, marks dropped, and every character with its place."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.document import BlockKind, Document, Span
from sources.errors import BadMetadata, EmptyFile, SourceError
from sources.read import read_document

H, P, L, T = (
    BlockKind.HEADING,
    BlockKind.PARAGRAPH,
    BlockKind.LIST_ITEM,
    BlockKind.TABLE_ROW,
)


def read(text: str) -> Document:
    return read_document(text.encode(), "leaflet.md")


def blocks(text: str) -> list[tuple[BlockKind, int, str]]:
    document = read(text)
    return [(b.kind, b.depth, b.span.of(document.text).strip()) for b in document.blocks]


def place(text: str, words: str) -> Span:
    """Where `words`, as they stand in the document's text, come from in the file."""
    document = read(text)
    start = document.text.index(words)
    return document.offsets.to_raw(Span(start, start + len(words)))


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (r"5 \* 3 \_ x \\ y", r"5 * 3 _ x \ y"),
        ("Q&amp;A &lt;5&nbsp;mg &#189; &copy;", "Q&A <5 mg ½ ©"),
        ("verte&shy;bra", "vertebra"),
        ("AT&T is no entity", "AT&T is no entity"),
        ("run `a  b` and ``c ` d``", "run a b and c ` d"),
        ("a [link](https://x.org 'y') here", "a link here"),
        ("a [link][one] here\n\n[one]: https://x.org", "a link here"),
        ("see <https://x.org/a> now", "see https://x.org/a now"),
        ("see <https://x.org/%C3%A4> now", "see https://x.org/ä now"),
        ("a ![picture of a spine](spine.png) b", "a picture of a spine b"),
        ("*soft* **strong** ***both***", "soft strong both"),
        ("one<br>two <!-- remark --> three", "onetwo three"),
        ("first  \nsecond\\\nthird", "first second third"),
        ("soft\nbreak", "soft break"),
        ("> quoted\n> twice", "quoted twice"),
        ("> `code\n> broken` off", "code broken off"),
        ("nul \x00l and ﬁt " + "x" * 120, "nul l and fit " + "x" * 120),
    ],
)
def test_marks_go_and_words_stay(written, text):
    assert blocks(written) == [(P, 1, text)]


def test_headings_lists_and_tables_keep_their_depth():
    text = "# T\n\n## A\n\n- a\n  - b\n    1. c\n- d\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n"
    text += "B\n---\n\nEnd."
    assert blocks(text) == [
        (H, 1, "T"),
        (H, 2, "A"),
        (L, 1, "a"),
        (L, 2, "b"),
        (L, 3, "c"),
        (L, 1, "d"),
        (T, 1, "x | y"),
        (T, 1, "1 | 2"),
        (H, 2, "B"),
        (P, 1, "End."),
    ]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        (r"| a \| b | c |", "a | b | c"),
        (r"| \| | \|\| |", "| | ||"),
        (r"| `x \| y` | **z \| w** |", "x | y | z | w"),
        (r"| [p\|q](u\|v) | p |", "p|q | p"),
        (r"a \| b | c", "a | b | c"),
    ],
)
def test_an_escaped_bar_in_a_cell_is_a_bar(row, text):
    assert blocks(f"| h | k |\n|---|---|\n{row}\n")[1] == (T, 1, text)


def test_an_escaped_bar_leads_back_to_both_its_characters():
    text = "| h | k |\n|---|---|\n| a \\| b | c |\n"
    assert place(text, "a | b").of(text) == "a \\| b"


def test_a_bar_in_a_quoted_table_is_found_too():
    text = "> | h | k |\n> |---|---|\n> | a \\| a | a |\n"
    assert blocks(text)[1] == (T, 1, "a | a | a")
    assert place(text, "| a | a").of(text) == "\\| a | a"


def test_code_is_kept_without_its_fence():
    assert blocks("```text\ntext one\n  text two\n```\n\nEnd.")[0] == (P, 1, "text one text two")
    assert blocks("    indented\n    code\n")[0] == (P, 1, "indented code")


def test_code_without_an_end_loses_no_letter():
    assert blocks("Run:\n\n```\nfirst line\nlast line") == [
        (P, 1, "Run:"),
        (P, 1, "first line last line"),
    ]


def test_code_inside_a_quotation_has_no_marks_in_it():
    assert blocks("> ```\n> one\n> two\n> ```\n") == [(P, 1, "one two")]


WORDS = [
    ("[w](w)w", 6),
    ('[w](<w> "w")w', 12),
    ("![w](w)w", 7),
    ("`w`w", 3),
    ("<b class='w'>w</b>w", 18),
    ("[w][w]w\n\n[w]: w", 6),
    ("*w*\\\nw", 5),
    ("<https://w.w>w", 13),
]


@pytest.mark.parametrize(("text", "at"), WORDS)
def test_the_last_of_several_equal_words_is_found_in_its_own_place(text, at):
    document = read(text)
    last = len(document.text)
    assert document.offsets.to_raw(Span(last - 1, last)) == Span(at, at + 1)


@pytest.mark.parametrize(
    ("text", "at"),
    [("1. 1\n", 3), ("# # x\n", 2), ("* *a\n", 2), ("- -1 mg\n", 2), ("```x\nx\n```\n", 5)],
)
def test_a_mark_is_not_taken_for_the_word_behind_it(text, at):
    assert read(text).offsets.to_raw(Span(0, 1)) == Span(at, at + 1)


SHAPES = st.sampled_from(
    "W_|*W*_|**W**_|[W](W)|[W](W 'W')_|![W](W)|`W`_|`` W W ``_|<W>|\n|\n\n|# W\n|- W\n|- - W\n|"
    "1. W\n|> W\n|> > W\nW\n|```W\nW\nW\n```\n|\\\n|W\n===\n|<!-- W -->|***W** W*|`W\n> W`_".split(
        "|"
    )
).map(lambda shape: shape.replace("_", " "))


@settings(max_examples=200)
@given(st.lists(SHAPES, max_size=8).map("".join))
def test_places_do_not_depend_on_which_words_stand_there(shape):
    """With every word different nothing can be found in the wrong place; so with equal words."""
    parts = shape.split("W")
    several = "".join(part + f"q{at:02}" for at, part in enumerate(parts))
    try:
        equal, different = read("www".join(parts) + "www"), read(several)
    except SourceError:
        return
    letters = [at for at, char in enumerate(equal.text) if not char.isspace()]
    for at in letters if len(equal.text) == len(different.text) else []:
        here = Span(at, at + 1)
        assert equal.offsets.to_raw(here) == different.offsets.to_raw(here)


def test_front_matter_is_no_text_and_says_who_answers():
    text = "---\ntitle: Scans\nauthor: A ward\nlayout: page\n...\n# Other\n\nWords.\n"
    document = read(text)
    assert (document.source.title, document.source.publisher) == ("Scans", "A ward")
    assert document.text == "Other\n\nWords."
    assert place(text, "Words.").of(text) == "Words."


def test_without_a_declared_title_the_first_heading_is_it():
    document = read("Some words.\n\n## Scans\n\nMore.")
    assert document.source.title == "Scans"
    assert document.blocks[-1].heading_path == ()


def test_unknown_keys_in_front_matter_are_passed_over():
    assert read("---\npermalink: /x\ndraft: [1]\n---\nWords.").source.title == "Leaflet"


def test_empty_front_matter_is_skipped():
    assert read("---\n---\nWords.\n\n---\n\nMore.").text == "Words.\n\nMore."


def test_windows_line_ends_change_nothing_in_front_matter():
    assert read("---\r\ntitle: Scans\r\n---\r\nWords.\r\n").source.title == "Scans"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("---\ntitle: [a\n---\nWords.", "does not parse"),
        ("---\ntitle: a\n\nWords.", "has no closing '---' line; add it"),
        ("---\njust words\n---\nWords.", "is not a list of `key: value` lines"),
        ("---\n- a\n- b\n---\nWords.", "is not a list of `key: value` lines"),
        ("---\nreviewed: soon\n---\nWords.", "reviewed is 'soon'"),
    ],
)
def test_front_matter_that_cannot_be_understood_is_refused(text, problem):
    with pytest.raises(BadMetadata, match=rf"leaflet\.md.*{problem}|{problem}"):
        read(text)


def test_a_rule_at_the_top_is_no_front_matter():
    assert read("---\n\nWords only.").text == "Words only."


@pytest.mark.parametrize("text", ["---\ntitle: a\n---\n", "<!-- x -->\n", "[a]: https://x.org\n"])
def test_a_file_without_words_below_its_metadata_is_empty(text):
    with pytest.raises(EmptyFile, match=r"leaflet\.md has no text below its metadata"):
        read(text)


SCRAPS = st.sampled_from(
    "a | b~a \\| b~| x \\| `y\\|z` | w |\n|---|---|\n| c \\| d | ![i](j) |\n~|---|---|\n~"
    "\n~\n\n~  \n~\\\n~"
    "* ~- ~1. ~> ~`~``~```\n~    code\n~&amp;~&bogus;~&#65;~[x](y)~[a]: b\n~[a]~<b>~</b>~<!--~-->~"
    "<td>~\\*~*em*~# ~===\n~---\n~~~~~\r\n~\r~\x0b~\x85~\u2028~\xa0~ﬁ~\xad~\x00~<http://a.b/%20>~\t~"
    "title: x\n~...\n~- | a | b |\n  |---|---|\n  | \\| |\n".split("~")
)


@settings(max_examples=200)
@given(st.lists(st.one_of(SCRAPS, st.text(max_size=4)), max_size=14).map("".join))
def test_any_text_is_read_or_refused_and_tiles(text):
    with suppress(SourceError):
        document = read(text)
        assert "".join(b.span.of(document.text) for b in document.blocks) == document.text


def test_an_empty_cell_keeps_its_place_under_its_header():
    table = read("| a | b | c |\n|---|---|---|\n| x | | z |\n| | | |\n")
    assert table.text == "a | b | c\nx |  | z"


def test_the_words_of_an_html_block_are_kept_without_its_tags():
    text = "<div>Rest <b>well</b>.</div>\n\n<!-- not this -->\n\nAfter.\n"
    assert " ".join(read(text).text.split()) == "Rest well . After."
