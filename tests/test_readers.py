"""The contract of every reader, held against every format with the same leaflet in it."""

import io
from contextlib import suppress

import docx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab import rl_config
from reportlab.pdfgen.canvas import Canvas

from sources import read as reading
from sources.canonical import LIGATURES
from sources.document import BlockKind, Document, Span
from sources.errors import (
    BrokenFile,
    EmptyFile,
    NotAFile,
    NotText,
    ScanWithoutText,
    SourceError,
    TooLarge,
    UnknownFormat,
)
from sources.read import read_bytes, read_document
from sources.readers import FORMATS, READERS, reader

TITLE = "A Leaflet on Scans of the Back"
SECTION = "What the Scan Will Show"
FIRST = "The scan shows the bones and the cord in fine detail. It does not hurt. It takes an hour."
SECOND = (
    "The first result is ready on the same day, and a nurse explains it to you and your family."
)
ITEMS = ["Bring the old films and letters", "Wear loose clothes without metal"]
HTML = f"""<!DOCTYPE html><html lang="en"><head><title>{TITLE}</title></head><body><article>
<h1>{TITLE}</h1><p>{FIRST}</p><h2>{SECTION}</h2><p>{SECOND}</p>
<ul><li>{ITEMS[0]}</li><li>{ITEMS[1]}</li></ul></article></body></html>"""
MARKDOWN = f"# {TITLE}\n\n{FIRST}\n\n## {SECTION}\n\n{SECOND}\n\n- {ITEMS[0]}\n- {ITEMS[1]}\n"
PLAIN = f"{TITLE}\n\n{FIRST}\n\n{SECTION}\n\n{SECOND}\n\n- {ITEMS[0]}\n- {ITEMS[1]}\n"


def as_pdf() -> bytes:
    rl_config.invariant = 1
    out = io.BytesIO()
    canvas = Canvas(out)
    rows = [(18, TITLE), (11, FIRST), (14, SECTION), (11, SECOND)]
    for row, (size, text) in enumerate(rows + [(11, f"• {item}") for item in ITEMS]):
        canvas.setFont("Helvetica-Bold" if size > 11 else "Helvetica", size)
        canvas.drawString(40, 780 - 40 * row, text)
    canvas.save()
    return out.getvalue()


def as_docx() -> bytes:
    word = docx.Document()
    word.add_heading(TITLE, 0)
    word.add_paragraph(FIRST)
    word.add_heading(SECTION, 1)
    word.add_paragraph(SECOND)
    for item in ITEMS:
        word.add_paragraph(item, style="List Bullet")
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


MADE = {
    "markdown": ("leaflet.md", MARKDOWN.encode()),
    "plain": ("leaflet.txt", PLAIN.encode()),
    "html": ("leaflet.html", HTML.encode()),
    "pdf": ("leaflet.pdf", as_pdf()),
    "docx": ("leaflet.docx", as_docx()),
}


@pytest.fixture(params=list(READERS))
def kind(request):
    return request.param


@pytest.fixture
def document(kind) -> Document:
    name, data = MADE[kind]
    return read_document(data, name)


@pytest.fixture
def raw(kind) -> str:
    name, data = MADE[kind]
    return reader(kind)(data, name).raw


def test_the_same_leaflet_becomes_the_same_blocks(document):
    kinds = [(block.kind, block.span.of(document.text).strip()) for block in document.blocks]
    heading, prose, item = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.LIST_ITEM
    assert kinds == [
        (heading, TITLE),
        (prose, FIRST),
        (heading, SECTION),
        (prose, SECOND),
        *((item, text) for text in ITEMS),
    ]
    assert document.source.title == TITLE
    assert [block.heading_path for block in document.blocks] == [(), ()] + [(SECTION,)] * 4


def test_blocks_tile_the_text(document):
    assert "".join(block.span.of(document.text) for block in document.blocks) == document.text
    ends = [0, *(block.span.end for block in document.blocks)]
    assert [block.span.start for block in document.blocks] == ends[:-1]


def test_pages_tile_the_text(document):
    assert "".join(page.of(document.text) for page in document.pages) == document.text
    assert document.pages_of(document.blocks[-1].span) == (1, 1)


def test_every_character_leads_back_into_the_file(document, raw):
    for at, char in enumerate(document.text):
        span = document.offsets.to_raw(Span(at, at + 1))
        assert 0 <= span.start <= span.end <= len(raw)
        there = span.of(raw)
        assert char.isspace() or there == char or there in LIGATURES


def test_the_way_back_never_goes_backwards(document):
    starts = [document.offsets.to_raw(Span(at, at + 1)).start for at in range(len(document.text))]
    assert starts == sorted(starts)


def test_sentences_lead_back_to_themselves(document, raw):
    start = document.text.index(SECOND)
    there = document.offsets.to_raw(Span(start, start + len(SECOND)))
    assert " ".join(there.of(raw).split()) == SECOND


def test_the_same_bytes_make_the_same_document(kind, document):
    name, data = MADE[kind]
    assert read_document(data, name) == document


def test_declared_values_win_over_the_file(kind):
    name, data = MADE[kind]
    made = read_document(data, name, {"title": "Mine", "publisher": "A ward", "doc_id": "my-id"})
    assert (made.doc_id, made.source.title, made.source.publisher) == ("my-id", "Mine", "A ward")


def test_a_file_of_no_bytes_is_empty(kind):
    with pytest.raises(EmptyFile, match=r"leaflet\.\w+ is empty; add a file with text in it"):
        read_document(b"", MADE[kind][0])


def test_a_picture_under_another_name_is_refused(kind):
    data = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00" * 50
    with pytest.raises((NotText, BrokenFile), match=r"leaflet\.\w+ is"):
        read_document(data, MADE[kind][0])


def blank_docx() -> bytes:
    out = io.BytesIO()
    docx.Document().save(out)
    return out.getvalue()


def blank_pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("leaflet.md", b"---\ntitle: a\n---\n"),
        ("leaflet.txt", b"--- ... ---\n"),
        ("leaflet.html", b"<html><script>words()</script><p> </p></html>"),
        ("leaflet.docx", blank_docx()),
        ("leaflet.pdf", blank_pdf()),
    ],
)
def test_a_file_without_words_is_refused(name, data):
    with pytest.raises((EmptyFile, ScanWithoutText), match=r"leaflet\.\w+ (has no|is a scan)"):
        read_document(data, name)


@pytest.mark.parametrize("other", list(READERS))
def test_a_file_under_every_other_name_is_read_or_refused(kind, other):
    with suppress(SourceError):
        made = read_document(MADE[other][1], MADE[kind][0])
        assert "".join(block.span.of(made.text) for block in made.blocks) == made.text


@settings(max_examples=40)
@given(st.sampled_from(list(READERS)), st.data())
def test_a_damaged_file_is_read_or_refused(kind, data):
    name, whole = MADE[kind]
    torn = bytearray(whole[: data.draw(st.integers(1, len(whole)))])
    for at in data.draw(st.lists(st.integers(0, len(torn) - 1), max_size=8)):
        torn[at] = data.draw(st.integers(0, 255))
    with suppress(SourceError):
        made = read_document(bytes(torn), name)
        assert "".join(block.span.of(made.text) for block in made.blocks) == made.text


def test_every_ending_has_a_reader_and_every_reader_an_ending():
    assert set(FORMATS.values()) == set(READERS)


def test_an_ending_in_capitals_is_the_same():
    assert read_document(MARKDOWN.encode(), "LEAFLET.MD").format == "markdown"


def test_an_unknown_ending_brings_the_known_ones():
    with pytest.raises(UnknownFormat, match=r"a\.rtf is of an unknown format; .*\.docx, \.htm"):
        read_document(b"words", "a.rtf")


def test_a_missing_file_and_a_folder_are_no_files(tmp_path):
    with pytest.raises(NotAFile, match=r"gone\.md does not exist; check the name"):
        read_bytes(tmp_path / "gone.md")
    with pytest.raises(NotAFile, match="is a folder; name a file"):
        read_bytes(tmp_path)


def test_a_file_over_the_limit_is_not_even_opened(tmp_path):
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(reading.MAX_BYTES + 2**20)
    with pytest.raises(TooLarge, match=r"big\.txt has 101 MB and the limit is 100 MB; split it"):
        read_bytes(path)


def test_a_title_is_made_from_the_name_when_there_is_no_better():
    assert read_document(b"Words.", "spine_scan-2.md").source.title == "Spine scan 2"


def test_a_position_outside_the_text_belongs_to_no_block(document):
    with pytest.raises(ValueError, match="outside a text of"):
        document.block_at(len(document.text))


def test_a_position_belongs_to_the_block_that_holds_it(document):
    assert document.block_at(document.text.index(SECOND)).heading_path == (SECTION,)
