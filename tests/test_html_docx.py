"""Web pages and Word files: which words are the text, which are furniture, and what is broken."""

import io
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress

import docx
import pytest
from docx.document import Document as Word
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.document import BlockKind, Document, Span
from sources.errors import BrokenFile, EmptyFile, SourceError, TooLarge
from sources.read import read_document

H, P, L, T, B = (
    BlockKind.HEADING,
    BlockKind.PARAGRAPH,
    BlockKind.LIST_ITEM,
    BlockKind.TABLE_ROW,
    BlockKind.BOILERPLATE,
)
TEXT = "The scan of the back shows the bones and the cord, and it takes less than one hour."
MORE = "A nurse stays beside you all the time and tells you what comes next, step by step."


def html(body: str, head: str = "", lang: str = "en") -> Document:
    page = f'<html lang="{lang}"><head>{head}</head><body>{body}</body></html>'
    return read_document(page.encode(), "page.html")


def blocks(document: Document) -> list[tuple[BlockKind, str]]:
    return [(block.kind, block.span.of(document.text).strip()) for block in document.blocks]


def main(body: str) -> list[tuple[BlockKind, str]]:
    """The blocks of `body` between two paragraphs of an article, without these."""
    return blocks(html(f"<main><h1>Scans</h1><p>{TEXT}</p>{body}<p>{MORE}</p></main>"))[2:-1]


def test_the_parts_of_a_page_become_blocks():
    page = f"""<nav><a href="/">Start</a></nav><header><p>A ward in a town</p></header>
    <main><h1>Scans</h1><p>{TEXT}</p><h2>Before</h2><ul><li>Eat nothing before it at all.</li>
    <li>Bring your letters:<ul><li>the old films and letters</li></ul></li></ul><p>{MORE}</p></main>
    <aside><p>Other pages about scans of the back are here.</p></aside>
    <footer><p>A ward, a street, a town and a country.</p></footer>"""
    assert blocks(html(page)) == [
        (B, "Start"),
        (B, "A ward in a town"),
        (H, "Scans"),
        (P, TEXT),
        (H, "Before"),
        (L, "Eat nothing before it at all."),
        (L, "Bring your letters:"),
        (L, "the old films and letters"),
        (P, MORE),
        (B, "Other pages about scans of the back are here."),
        (B, "A ward, a street, a town and a country."),
    ]


@pytest.mark.parametrize(
    "furniture",
    [
        "<nav><ul><li>Skin and eyes</li></ul></nav>",
        "<footer>A street in a town</footer>",
        "<aside><p>Other pages about this.</p></aside>",
        "<div class='cookie'><p>We use cookies to make this page better for all.</p></div>",
        "<form><label>Your name here</label></form>",
        "<div><p>Click on the button and submit your doctor's address to us today.</p></div>",
        "<footer><table><tr><td>A street</td><td>A town</td></tr></table></footer>",
    ],
)
def test_furniture_is_kept_and_never_quotable(furniture):
    found = main(furniture)
    assert found
    assert {kind for kind, _ in found} == {B}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Tom &amp; Ann wait less than &lt; 5 minutes", "Tom & Ann wait less than < 5 minutes"),
        ("A caf&eacute; &#8211; or &#x41;", "A café – or A"),
        ("5&nbsp;mg a day", "5 mg a day"),
        ("the verte&shy;bra and the verte&#173;brae", "the vertebra and the vertebrae"),
        ("the Q&A. It is by the R&D-team", "the Q&A. It is by the R&D-team"),
        ("an &unknown; mark &", "an &unknown; mark &"),
        ("a <b>bo</b>ld word<sup>2</sup>", "a bold word2"),
        ("one<br>two<br/>three", "one two three"),
        ("a picture <img src='x'/>in a line", "a picture in a line"),
        ("a <!-- remark --> word", "a word"),
        ("a <script>var x = '<p>no</p>';</script>word<style>p{}</style>", "a word"),
    ],
)
def test_references_and_inline_tags_leave_only_words(written, text):
    page = html(f"<main><p>{TEXT} {written}.</p><p>{MORE}</p></main>")
    assert blocks(page)[0] == (P, f"{TEXT} {text}.")


def test_a_reference_leads_back_to_all_its_characters():
    page = f"<p>{TEXT} Tom &amp; Ann.</p>"
    document = read_document(page.encode(), "page.html")
    at = document.text.index("&")
    assert document.offsets.to_raw(Span(at, at + 1)).of(page) == "&amp;"


@pytest.mark.parametrize("end", ["</td>", ""])
@pytest.mark.parametrize("close", ["</tr>", ""])
def test_a_table_is_rows_even_when_its_tags_stay_open(end, close):
    rows = [("Scan", "What it shows"), ("CT", "The bones of the back")]
    cells = "".join(f"<tr><td>{a}{end}<td>{b}{end}{close}" for a, b in rows)
    assert main(f"<table>{cells}</table>") == [
        (T, "Scan | What it shows"),
        (T, "CT | The bones of the back"),
    ]


def test_a_table_inside_a_table_loses_no_cell():
    inner = "<table><tr><td>inner cell</td></tr></table>"
    words = " ".join(
        text for _, text in main(f"<table><tr><td>outer {inner} rest</td></tr></table>")
    )
    assert words.split() == "outer inner cell rest".split()


def test_paragraphs_and_items_need_no_end():
    found = main(f"<p>{MORE.lower()}<ul><li>the first of the items<li>the second of the items</ul>")
    assert found == [
        (P, MORE.lower()),
        (L, "the first of the items"),
        (L, "the second of the items"),
    ]


def test_a_page_says_who_made_it_and_in_which_language():
    head = """<title>Scans - A Ward</title><meta property="og:site_name" content="A Ward">
    <link rel="canonical" href="https://example.org/scans">"""
    source = html(f"<h1>Scans</h1><p>{TEXT}</p>", head, "en-GB").source
    assert (source.publisher, source.language) == ("A Ward", "en-GB")
    assert source.url == "https://example.org/scans"


def test_a_language_that_is_none_is_passed_over():
    assert html(f"<p>{TEXT}</p>", lang="en_US").source.language == "en"


def test_an_empty_cell_of_a_page_keeps_its_place():
    rows = "<tr><td>x</td><td></td><td>z</td></tr>"
    document = html(f"<p>{TEXT}</p><table><tr><th>a</th><th>b</th><th>c</th></tr>{rows}</table>")
    assert "x |  | z" in document.text


def test_a_page_without_main_text_is_kept_whole_and_says_so():
    document = html("<p>Two words.</p>")
    assert blocks(document) == [(P, "Two words.")]


@pytest.mark.parametrize("page", ["<p> </p>", "<script>words</script>", "<title>Only</title>"])
def test_a_page_without_visible_words_is_empty(page):
    with pytest.raises(EmptyFile, match=r"page\.html has no visible text; save the page again"):
        html(page)


def test_a_mark_that_no_browser_writes_is_a_broken_file():
    page = "<p>Words</p>\n<![odd[x]>"
    with suppress(BrokenFile):  # newer releases of Python take it for a remark
        assert read_document(page.encode(), "page.html").text == "Words"


TAGS = (
    "p /p li ul /ul td tr table /table /tr div /div br h1 /h1 nav /nav script /script style title "
    "/title b /b br/ p/ ![CDATA[ ![if !-- ? /"
).split()
SCRAPS = st.sampled_from(
    [*(f"<{tag}>" for tag in TAGS), "-->", "]]>", "<", "&", "&amp", "&#0;", TEXT]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.one_of(SCRAPS, st.text(max_size=5)), max_size=14).map("".join))
def test_any_page_is_read_or_refused_and_tiles(text):
    with suppress(SourceError):
        document = read_document(text.encode(), "page.html")
        assert "".join(b.span.of(document.text) for b in document.blocks) == document.text


def saved(fill: Callable[[Word], object]) -> bytes:
    word = docx.Document()
    fill(word)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def word(fill: Callable[[Word], object]) -> Document:
    return read_document(saved(fill), "letter.docx")


def filled(word: Word) -> None:
    word.add_heading("Scans", 0)
    word.add_heading("Before", 1)
    word.add_paragraph("Eat nothing.")
    word.add_heading("At home", 2)
    word.add_paragraph("Bring:", style="List Bullet")
    word.add_paragraph("films", style="List Bullet 2")
    word.add_paragraph("Rest.", style="List Number")
    table = word.add_table(2, 2)
    for at, text in enumerate(["Drug", "Dose", "A", "5 mg"]):
        table.cell(at // 2, at % 2).text = text
    word.add_paragraph("All is said.")


def test_styles_become_blocks_in_the_order_of_the_file():
    document = word(filled)
    assert [(block.kind, block.depth) for block in document.blocks] == [
        (H, 1),
        (H, 2),
        (P, 1),
        (H, 3),
        (L, 1),
        (L, 2),
        (L, 1),
        (T, 1),
        (T, 1),
        (P, 1),
    ]
    assert document.blocks[-1].heading_path == ("Before", "At home")
    assert blocks(document)[-2] == (T, "A | 5 mg")
    assert document.source.title == "Scans"


def test_equal_cells_are_all_kept_and_a_merged_cell_stands_once():
    def fill(word: Word) -> None:
        table = word.add_table(2, 3)
        for at in range(6):
            table.cell(at // 3, at % 3).text = "5 mg"
        table.cell(1, 0).merge(table.cell(1, 1)).text = "none"

    assert blocks(word(fill)) == [(T, "5 mg | 5 mg | 5 mg"), (T, "none | 5 mg")]


def test_numbering_without_a_list_style_is_a_list_too():
    def fill(word: Word) -> None:
        numbering = word.add_paragraph("An item.")._p.get_or_add_pPr().get_or_add_numPr()
        numbering.get_or_add_numId().val = 1
        level = OxmlElement("w:ilvl")
        level.set(qn("w:val"), "1")
        numbering.insert(0, level)

    assert [(block.kind, block.depth) for block in word(fill).blocks] == [(L, 2)]


def test_properties_of_a_letter_say_who_answers():
    def fill(word: Word) -> None:
        word.core_properties.title, word.core_properties.author = "My scans", "A Ward"
        word.add_paragraph("Words.")

    source = word(fill).source
    assert (source.title, source.publisher) == ("My scans", "A Ward")


def test_what_a_template_fills_in_is_nobodys_name():
    source = word(lambda word: word.add_paragraph("Words.")).source
    assert (source.title, source.publisher) == ("Letter", None)


def test_line_breaks_and_tabs_inside_a_paragraph_are_blanks():
    assert word(lambda word: word.add_paragraph("one\ntwo\tthree")).text == "one two three"


def test_a_letter_without_words_is_empty():
    with pytest.raises(EmptyFile, match=r"letter\.docx has no text; add some"):
        word(lambda word: word.add_paragraph("  "))


def without(part: str) -> bytes:
    """A Word file with one of its parts gone."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(filled))) as whole, zipfile.ZipFile(out, "w") as torn:
        for name in whole.namelist():
            if name != part:
                torn.writestr(name, whole.read(name))
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        saved(filled)[:3000],
        b"PK\x03\x04" + bytes(400),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"only words",
        without("word/document.xml"),
        without("[Content_Types].xml"),
        saved(filled).replace(b"word/document.xml", b"word/documenT.xml"),
    ],
)
def test_a_broken_letter_is_refused(data):
    with pytest.raises(BrokenFile, match=r"letter\.docx is not a readable Word document; save it"):
        read_document(data, "letter.docx")


def test_a_letter_that_would_unpack_to_too_much_is_refused_unopened():
    data = bytearray(saved(filled))
    entry = data.rindex(b"PK\x01\x02", 0, data.rindex(b"PK\x01\x02") + 4)
    data[entry + 24 : entry + 28] = struct.pack("<I", 500 * 2**20)
    with pytest.raises(TooLarge, match=r"letter\.docx unpacks to over 400 MB; split it"):
        read_document(bytes(data), "letter.docx")
