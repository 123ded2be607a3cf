"""PDF files in, and their pages shown again with the right words marked."""

import io
import re
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path

import pdfplumber
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from qa.ui import pages as shown
from qa.ui.pages import highlight_boxes, page_image
from sources.document import BlockKind, Document, Span
from sources.errors import BrokenFile, Encrypted, ScanWithoutText, TooLarge, Unreadable
from sources.read import read_document
from sources.readers import pdf as reader
from sources.readers.pdf import read_pdf
from sources.segments import sentences, trimmed
from sources.starter.typeset import typeset

STARTER = Path(__file__).parent.parent / "sources" / "starter"
TWICE = "Call your doctor the same day if your legs feel weak."
ROTATION = 90


def drawn(draw: Callable[[Canvas], None], **about: str) -> bytes:
    """A PDF of whatever `draw` draws; the last page is ended for it."""
    rl_config.invariant = 1
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.setTitle(about.get("title", "A leaflet"))
    canvas.setAuthor(about.get("author", "A hospital"))
    draw(canvas)
    canvas.save()
    return out.getvalue()


def write(canvas: Canvas, lines: list[str], x: float = 72, y: float = 740) -> float:
    """Lines of body text 14 points apart; an empty string leaves a gap. Where the next would be."""
    canvas.setFont("Helvetica", 11)
    for line in lines:
        canvas.drawString(x, y, line)
        y -= 14
    return y


def leaflet(canvas: Canvas) -> None:
    """Two pages with header and footer, a broken word, a broken paragraph, bullets, a repeat."""
    for page in (1, 2):
        canvas.setFont("Helvetica", 8)
        canvas.drawString(72, 800, "Spinal hemangioma")
        canvas.drawString(72, 40, f"Page {page} of 2")
        if page == 1:
            canvas.setFont("Helvetica-Bold", 20)
            canvas.drawString(72, 760, "Spinal hemangioma")
            rows = ["Most growths of this kind never cause any trouble at all. A typical heman-"]
            rows += [
                "gioma is found by chance on a scan.",
                "",
                TWICE,
                "",
                "Tell the team if you:",
                "",
            ]
            rows += ["\u2022 take a blood thinner of any kind, as this needs", "  a plan"]
            rows += ["\u2022 are pregnant", ""]
            write(canvas, rows, y=735)
            write(canvas, ["This sentence begins on the first page of the leaflet and it"], y=70)
            canvas.showPage()
        else:
            rows = ["ends on the second page. A hemangioma is benign.", "", TWICE]
            canvas.setFont("Helvetica-Bold", 14)
            write(canvas, rows, y=760)
            canvas.setFont("Helvetica-Bold", 14)
            canvas.drawString(72, 690, "What next?")
            write(canvas, ["You will be seen again in a year."], y=670)


def columns(canvas: Canvas) -> None:
    left = [
        "The left column begins here and",
        "goes on to a second line before",
        "it breaks off to",
    ]
    right = ["the right column, which ends the", "sentence. Then it says that", "all is well."]
    write(canvas, left)
    write(canvas, right, x=320)


def two_up(canvas: Canvas) -> None:
    write(canvas, ["The first page has words. They stand here."])
    canvas.showPage()
    canvas.showPage()
    write(canvas, ["The third page has words as well. They end here."])


def table(canvas: Canvas) -> None:
    write(canvas, ["The table shows what each scan is for."])
    for row, cells in enumerate((("Scan", "Use"), ("MRI", "Shows the cord"), ("CT", "Shows bone"))):
        for column, cell in enumerate(cells):
            canvas.drawString(72 + 150 * column, 700 - 18 * row, cell)


def picture(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("RGB", (20, 20), "grey")), 72, 400, 200, 200)


def rotated() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(drawn(leaflet))))
    for page in writer.pages:
        page.rotate(ROTATION)
    return written(writer)


def turned() -> bytes:
    """A landscape page as many programs write it: drawn on its side, shown upright."""

    def draw(canvas: Canvas) -> None:
        canvas.rotate(ROTATION)
        canvas.translate(0, -A4[0])
        write(canvas, ["A wide table stands on this page. It is shown upright.", "", TWICE], y=500)

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(drawn(draw))))
    writer.pages[0].rotate(ROTATION)
    return written(writer)


def cropped() -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(drawn(leaflet))))
    for page in writer.pages:
        page.cropbox.lower_left = (40, 20)
        page.cropbox.upper_right = (560, 820)
    return written(writer)


def encrypted(user: str) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(drawn(leaflet))))
    writer.encrypt(user_password=user, owner_password="owner", algorithm="AES-256")
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def ligatures(canvas: Canvas) -> None:
    pdfmetrics.registerFont(TTFont("Vera", "Vera.ttf"))
    canvas.setFont("Vera", 11)
    canvas.drawString(
        72, 700, "The \ufb01rst \ufb02uid is clear. It stays clear. Then comes the last one."
    )


@cache
def samples() -> dict[str, bytes]:
    """Every PDF on which the invariants are checked, by a name for messages."""
    drawings = (leaflet, columns, two_up, table, ligatures)
    made = {draw.__name__: drawn(draw) for draw in drawings}
    made |= {"rotated": rotated(), "turned": turned(), "cropped": cropped()}
    made["no password"] = encrypted("")
    return made | {path.name: path.read_bytes() for path in sorted(STARTER.glob("*.pdf"))}


def read(data: bytes) -> Document:
    return read_document(data, "leaflet.pdf")


def texts(document: Document, kind: BlockKind) -> list[str]:
    return [b.span.of(document.text).strip() for b in document.blocks if b.kind is kind]


@pytest.fixture(params=sorted(samples()))
def sample(request):
    return samples()[request.param]


def test_there_are_starter_leaflets_to_check():
    assert len(list(STARTER.glob("*.pdf"))) >= 3


def test_blocks_and_pages_tile_the_text(sample):
    document = read(sample)
    for spans in (document.pages, [block.span for block in document.blocks]):
        assert spans[0].start == 0
        assert spans[-1].end == len(document.text)
        assert all(a.end == b.start for a, b in pairwise(spans))
    assert (
        len(document.pages) == len(document.page_starts) == len(PdfReader(io.BytesIO(sample)).pages)
    )


def test_every_character_maps_back_to_itself(sample):
    """What is not equal is white space, the gap between cells, or a ligature."""
    document, raw = read(sample), read_pdf(sample, "leaflet.pdf").raw
    for at, char in enumerate(document.text):
        origin = document.offsets.to_raw(Span(at, at + 1)).of(raw)
        assert origin == char or char.isspace() or char == "|" or origin in "\ufb01\ufb02", (
            at,
            char,
        )


def test_raw_is_what_pypdf_extracts(sample):
    found = PdfReader(io.BytesIO(sample))
    if found.is_encrypted:
        found.decrypt("")
    assert read_pdf(sample, "x.pdf").raw == "\f".join(page.extract_text() for page in found.pages)


def test_running_headers_and_footers_are_dropped_on_record():
    document = read(samples()["leaflet"])
    assert document.text.count("Spinal hemangioma") == 1
    assert "Page 1 of 2" not in document.text
    assert [r.kind for r in document.repairs].count("running header or footer") == 4


def test_a_word_broken_at_a_line_end_is_whole_again():
    document = read(samples()["leaflet"])
    assert "A typical hemangioma is found by chance" in document.text
    assert "hyphen at a line end" in {repair.kind for repair in document.repairs}


def test_a_paragraph_over_a_page_break_stays_one():
    document = read(samples()["leaflet"])
    start = document.text.index("This sentence begins")
    assert document.text[start:].startswith(
        "This sentence begins on the first page of the leaflet and it ends on the second page."
    )
    assert document.pages_of(Span(start, start + 80)) == (1, 2)


def test_ligatures_become_letters():
    assert "The first fluid is clear." in read(samples()["ligatures"]).text


def test_headings_and_items_are_told_apart():
    document = read(samples()["leaflet"])
    assert texts(document, BlockKind.HEADING) == ["Spinal hemangioma", "What next?"]
    assert texts(document, BlockKind.LIST_ITEM) == [
        "take a blood thinner of any kind, as this needs a plan", "are pregnant",
    ]  # fmt: skip


def test_a_warning_in_bold_is_one_sentence_and_no_heading():
    warning = [
        "Do not stop your medicines before you have asked",
        "the doctor who prescribed them.",
    ]

    def draw(canvas: Canvas) -> None:
        write(canvas, ["This is how the text of the leaflet looks on its page."] * 3)
        canvas.setFont("Helvetica-Bold", 11)
        for row, line in enumerate(warning):
            canvas.drawString(72, 660 - 14 * row, line)

    document = read(drawn(draw))
    assert texts(document, BlockKind.PARAGRAPH)[-1] == " ".join(warning)


def test_columns_are_read_one_after_the_other():
    document = read(samples()["columns"])
    assert "before it breaks off to the right column, which ends the sentence." in document.text


def test_columns_written_across_the_page_are_never_quoted():
    """Some programs write both columns line by line; the sentences are then torn."""
    left = ["a sentence in the left column that", "goes on and on with no full stop and"]
    right = ["while the right column also says", "some other thing at the same time"]

    def across(canvas: Canvas) -> None:
        for row in range(8):
            for x, words in ((72, left), (320, right)):
                canvas.drawString(x, 700 - 14 * row, words[row % 2])
        write(canvas, ["This stands below both of them."], y=500)

    document = read(drawn(across))
    assert texts(document, BlockKind.PARAGRAPH) == ["This stands below both of them."]
    assert {repair.kind for repair in document.repairs} == {"columns run together"}


def test_a_table_gives_rows():
    rows = texts(read(samples()["table"]), BlockKind.TABLE_ROW)
    assert rows == ["Scan | Use", "MRI | Shows the cord", "CT | Shows bone"]


def test_an_empty_page_is_on_record():
    document = read(samples()["two_up"])
    assert [repair.kind for repair in document.repairs] == ["page without text"]
    assert document.pages_of(Span(len(document.text) - 5, len(document.text))) == (3, 3)


def test_the_file_declares_its_title_and_publisher():
    reading = read_pdf(samples()["leaflet"], "x.pdf")
    assert reading.declared == {"title": "A leaflet", "publisher": "A hospital"}
    assert read_pdf(drawn(leaflet, title="untitled"), "x.pdf").title == "Spinal hemangioma"


def test_an_empty_password_is_tried():
    assert TWICE in read(samples()["no password"]).text


def test_a_password_is_asked_for():
    with pytest.raises(Encrypted, match=r"locked\.pdf needs a password; save a copy without one"):
        read_pdf(encrypted("secret"), "locked.pdf")


def test_a_scan_is_refused():
    with pytest.raises(ScanWithoutText, match=r"scan\.pdf is a scan: .* run OCR"):
        read_pdf(drawn(picture), "scan.pdf")


@pytest.mark.parametrize("cut", [0.0, 0.05, 0.3])
def test_a_truncated_file_is_refused(cut):
    data = samples()["leaflet"]
    with pytest.raises(Unreadable, match=r"^broken\.pdf .*(print it to a new PDF|run OCR)"):
        read_pdf(data[: int(len(data) * cut)] or b"%PDF-1.4", "broken.pdf")


def test_garbage_is_refused():
    with pytest.raises(BrokenFile, match=r"broken\.pdf .* print it to a new PDF"):
        read_pdf(b"%PDF-1.7\n" + bytes(range(256)) * 40, "broken.pdf")


def test_too_many_pages_are_refused(monkeypatch):
    monkeypatch.setattr(reader, "MAX_PAGES", 1)
    with pytest.raises(TooLarge, match="more than 1 pages; split it"):
        read_pdf(samples()["leaflet"], "long.pdf")


def test_a_page_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(reader, "MAX_PAGE_CHARACTERS", 50)
    with pytest.raises(TooLarge, match=r"page 1 of long\.pdf has too many characters"):
        read_pdf(samples()["leaflet"], "long.pdf")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=8)), max_size=6))
def test_a_damaged_file_is_read_or_refused_and_never_anything_else(damage):
    data = bytearray(samples()["leaflet"])
    for where, change in damage:
        at = int(where * (len(data) - len(change)))
        data[at : at + len(change)] = change
    with suppress(Unreadable):
        read_pdf(bytes(data), "damaged.pdf")


# Highlights. pdfplumber, which shares no code with pdfium or pypdf, says what a box holds.


def words_in(found: list[shown.PageBoxes], pages: list) -> Iterator[str]:
    for page in found:
        words = pages[page.page - 1]
        for box in page.boxes:
            inside = [
                (x, y, word) for x, y, word in words
                if box.left <= x <= box.right and box.top <= y <= box.bottom
            ]  # fmt: skip
            tall = (box.bottom - box.top) * page.height > (box.right - box.left) * page.width
            yield from (word for *_, word in sorted(inside, key=lambda row: row[tall]))


def pages_of_words(data: bytes) -> list:
    """For each page its words with their centres, as fractions of the page."""
    pages = []
    with pdfplumber.open(io.BytesIO(data), password="") as pdf:
        for page in pdf.pages:
            x0, top, x1, bottom = page.cropbox if page.rotation == 0 else page.bbox
            wide, tall = x1 - x0, bottom - top
            centres = [
                ((w["x0"] + w["x1"]) / 2 - x0, (w["top"] + w["bottom"]) / 2 - top, w["text"])
                for w in page.extract_words()
            ]
            pages.append([(x / wide, y / tall, word) for x, y, word in centres])
    return pages


def all_sentences(document: Document) -> Iterator[Span]:
    for block in document.blocks:
        for sentence in sentences(document.text, block.span):
            yield trimmed(document.text, sentence)


def spelled(words: list[str]) -> str:
    """Words as one string; a word broken at a line end is two words to pdfplumber."""
    return re.sub(r"(?<=\w)- (?=[a-z])", "", " ".join(words))


def test_boxes_hold_the_words_of_the_quote_and_no_others(capsys):
    """At least 99 % of all sentences, word for word, measured by an independent reader."""
    right, wrong = 0, []
    for name, data in samples().items():
        document, pages = read(data), pages_of_words(data)
        for span in all_sentences(document):
            wanted = [word for word in span.of(document.text).split() if word != "|"]
            found = list(words_in(highlight_boxes(data, document, span), pages))
            if spelled(found) == " ".join(wanted):
                right += 1
            else:
                wrong.append((name, wanted, found))
    share = right / (right + len(wrong))
    with capsys.disabled():
        print(f"\nhighlights: {right} of {right + len(wrong)} sentences exact ({share:.2%})")
    assert share >= 0.99, wrong[:5]


def test_a_sentence_that_occurs_twice_is_marked_where_it_was_cut():
    data = samples()["leaflet"]
    document = read(data)
    places = [match.span() for match in re.finditer(re.escape(TWICE), document.text)]
    assert [highlight_boxes(data, document, Span(*at))[0].page for at in places] == [1, 2]


def test_a_quote_over_a_page_break_is_marked_on_both_pages():
    data = samples()["leaflet"]
    document = read(data)
    start = document.text.index("This sentence begins")
    found = highlight_boxes(data, document, Span(start, document.text.index("A hemangioma is")))
    assert [(page.page, len(page.boxes)) for page in found] == [(1, 1), (2, 1)]


@pytest.mark.parametrize("line", ["is:", "of"])
def test_the_end_of_a_sentence_below_a_running_header_is_marked(line):
    def draw(canvas: Canvas) -> None:
        for page in (1, 2):
            write(canvas, ["Hospital of the spine and its friends"], y=800)
            rows = ["The order in which it is done", "and the best way to go about it"]
            write(canvas, rows if page == 1 else [f"{line} First the scan, then the rest."])
            canvas.showPage()

    data = drawn(draw)
    document = read(data)
    found = highlight_boxes(data, document, Span(0, document.text.index(" First")))
    assert list(words_in(found, pages_of_words(data)))[-1] == line


def test_twins_on_one_page_get_different_boxes():
    twins = drawn(
        lambda canvas: write(canvas, [TWICE, "", "Rest at home.", "", TWICE, "", "End of it."])
    )
    document = read(twins)
    tops = [
        highlight_boxes(twins, document, Span(*match.span()))[0].boxes[0].top
        for match in re.finditer(re.escape(TWICE), document.text)
    ]
    assert tops == [pytest.approx(0.114, abs=0.01), pytest.approx(0.181, abs=0.01)]


def test_boxes_lie_on_the_page(sample):
    document = read(sample)
    for page in highlight_boxes(sample, document, Span(0, len(document.text))):
        for box in page.boxes:
            assert 0 <= box.left < box.right <= 1
            assert 0 <= box.top < box.bottom <= 1


def test_a_page_opens_quickly(monkeypatch):
    """The longest starter leaflet; the limit is 150 ms, three times that for a busy machine."""
    data = max(samples().values(), key=len)
    document = read(data)
    shown._kept.clear()
    began = time.perf_counter()
    highlight_boxes(data, document, Span(0, 200))
    page_image(data, 1)
    assert time.perf_counter() - began < 0.45


def test_a_page_is_drawn_in_the_width_asked_for(sample):
    assert Image.open(io.BytesIO(page_image(sample, 1, width=640))).size[0] == 640


def test_a_page_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="there is no page 3 in a document of 2 pages"):
        page_image(samples()["leaflet"], 3)


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(BrokenFile, match="cannot be shown; open the file, print it"):
        page_image(b"%PDF-1.4 nothing", 1)


# The press.


TEXTS = sorted((STARTER / "print").glob("*.md"))


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_the_printed_leaflets_are_those_of_the_texts(path):
    """Run `python -m sources.starter.typeset` where this fails."""
    data, sidecar = typeset(path.read_text(encoding="utf-8"))
    stored = (STARTER / f"{path.stem}.pdf").read_bytes()
    assert read_pdf(stored, path.name).raw == read_pdf(data, path.name).raw
    assert (STARTER / f"{path.stem}.meta.yaml").read_text(encoding="utf-8") == sidecar
    assert len(PdfReader(io.BytesIO(data)).pages) >= 2


def test_the_press_gives_the_same_bytes_every_time():
    text = TEXTS[0].read_text(encoding="utf-8")
    assert typeset(text) == typeset(text)


def test_markdown_without_a_style_is_refused():
    with pytest.raises(ValueError, match="no style for blockquote in a leaflet"):
        typeset("---\ntitle: T\npublisher: P\n---\n> A quotation.\n")
