"""Pages of a PDF as pictures, and where on them a quote stands.

The place of a quote is known, so it is never searched for. The canonical text of a page is
laid beside the characters that pdfium sees on it, each finds its partner by order, and the
boxes are those of the partners: of a sentence that stands twice, the right one is marked.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import byref, c_int
from difflib import SequenceMatcher
from io import BytesIO
from threading import Lock
from typing import NamedTuple
from unicodedata import normalize

import pypdfium2
import pypdfium2.raw as pdfium

from sources.document import Document, Span
from sources.errors import BrokenFile

MAX_PIXELS = 40_000_000  # a page of 1000 by 40,000; a bigger picture is made smaller
PAGES_KEPT = 32  # alignments held, about half a megabyte each
GRAM = 8  # this many characters in a row are rare enough on a page to be their own anchor
SMALL = 400  # two stretches up to this long are compared character by character
ROUNDS = 8  # text that pdfium has in another order needs a round for each move
COLUMN_GAP = 2.5  # in heights of a character: a wider gap is not one between words
ENOUGH = 0.95  # of the characters have partners in the same order: the page is the right way up
ALIKE = 0.6  # of a stretch between anchors must have partners for them to count
TURNS = (0, 90, 180, 270)
Spelled = list[tuple[int, str]]  # visible characters with their places
Corners = tuple[float, float, float, float]  # left, bottom, right, top, as in the file
_DEVICE = 1_000_000  # pdfium turns places into whole pixels of a picture this wide and tall
_HYPHENS = dict.fromkeys(map(ord, "\x02\ufffe\xad\u2010\u2011"), "-")  # pdfium's line-end hyphens
_lock = Lock()  # pdfium may be in use by one thread only
_kept: OrderedDict[tuple[str, int], "_Placed"] = OrderedDict()


class Box(NamedTuple):
    """A rectangle in fractions of the page as it is shown, from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float


class PageBoxes(NamedTuple):
    """Boxes on the page of this number (from 1), one a line; the page's size is in points."""

    page: int
    width: float
    height: float
    boxes: tuple[Box, ...]


class _Placed(NamedTuple):
    """The size of a page, and the box of each canonical character on it that has one."""

    width: float
    height: float
    boxes: dict[int, Box]


def page_image(data: bytes, page: int, width: int = 1000) -> bytes:
    """A page (from 1) of a PDF as a PNG `width` pixels wide, less where it would be enormous.

    Raises `ValueError` for a page that is not there, `BrokenFile` for one that cannot be drawn.
    """
    with _lock, _opened(data) as document:
        if not 1 <= page <= len(document):
            raise ValueError(f"there is no page {page} in a document of {len(document)} pages")
        sheet = document[page - 1]
        wide, tall = sheet.get_size()
        scale = min(width / wide, (MAX_PIXELS / (wide * tall)) ** 0.5)
        out = BytesIO()
        sheet.render(scale=scale).to_pil().save(out, format="PNG")
        return out.getvalue()


def highlight_boxes(data: bytes, document: Document, span: Span) -> list[PageBoxes]:
    """Where `span` of the canonical text stands, page by page; `data` is the original file.

    Characters that the reader put in (blanks, the marks between cells) have no box.
    """
    first, last = document.pages_of(span)
    found = []
    for number in range(first, last + 1):
        placed = _placed(data, document, number)
        here = document.pages[number - 1]
        inside = range(max(span.start, here.start), min(span.end, here.end))
        boxes = [placed.boxes[at] for at in inside if at in placed.boxes]
        if boxes:
            lines = _lines(boxes, placed)
            found.append(PageBoxes(number, placed.width, placed.height, lines))
    return found


@contextmanager
def _opened(data: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """The PDF, closed afterwards. The caller holds the lock."""
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            yield document
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        raise BrokenFile(
            "a page of the PDF cannot be shown; open the file, print it to a new PDF and add that"
        ) from error


def _placed(data: bytes, document: Document, number: int) -> _Placed:
    key = (document.version, number)
    with _lock:
        if key not in _kept:
            _kept[key] = _place(data, document, number)
            while len(_kept) > PAGES_KEPT:
                _kept.popitem(last=False)
        _kept.move_to_end(key)
        return _kept[key]


def _place(data: bytes, document: Document, number: int) -> _Placed:
    """Lay the canonical text of a page beside the characters that pdfium sees on it."""
    here = document.pages[number - 1]
    ours = _spelled(enumerate(here.of(document.text), here.start))
    with _opened(data) as opened:
        sheet = opened[number - 1]
        boxes: dict[int, Box] = {}
        for place, corners in _corners(sheet, ours):
            box = _shown(sheet, corners)
            boxes[place] = _around((boxes[place], box)) if place in boxes else box
        width, height = sheet.get_size()
        return _Placed(width, height, boxes)


def _corners(sheet: pypdfium2.PdfPage, ours: Spelled) -> list[tuple[int, Corners]]:
    """Each place of `ours` that has a partner on the page, with the partner's corners.

    pdfium orders lines by how the page is shown, which turns them round where the text lies
    on its side; so when the orders disagree, the page is looked at from its other sides too.
    """
    upright = sheet.get_rotation()
    best: list[tuple[int, Corners]] = []
    in_order = -1
    for turn in (upright, *(turn for turn in TURNS if turn != upright)):
        sheet.set_rotation(turn)
        text = sheet.get_textpage()
        theirs = _spelled(_characters(text))
        partners = _partners([char for _, char in ours], [char for _, char in theirs])
        if len(partners) > in_order:
            in_order = len(partners)
            partners += _moved(ours, theirs, partners)
            best = [(ours[a][0], text.get_charbox(theirs[b][0], loose=True)) for a, b in partners]
        if in_order >= ENOUGH * len(ours):
            break
    sheet.set_rotation(upright)
    return best


def _characters(text: pypdfium2.PdfTextPage) -> Iterator[tuple[int, str]]:
    for index in range(pdfium.FPDFText_CountChars(text)):
        yield index, chr(pdfium.FPDFText_GetUnicode(text, index))


def _spelled(characters: Iterator[tuple[int, str]]) -> Spelled:
    """Each visible character with its place: ligatures as letters, all in lower case."""
    return [
        (place, letter)
        for place, char in characters
        for letter in normalize("NFKC", char.translate(_HYPHENS)).casefold()
        if not letter.isspace() and letter.isprintable()
    ]


def _partners(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """Partners in the same order on both sides: rare sequences first, then what lies between."""
    made: list[tuple[int, int]] = []
    a = b = 0
    for start_a, start_b, length in [*_anchors(ours, theirs), (len(ours), len(theirs), 0)]:
        # The grams of one block reach into the next one.
        behind = max(a - start_a, b - start_b, 0)
        left, right = start_a + behind, start_b + behind
        between = _between(ours[a:left], theirs[b:right])
        made += [(a + i, b + j) for i, j in between]
        a, b = max(start_a + length, left), max(start_b + length, right)
        made += zip(range(left, a), range(right, b), strict=True)
    return made


def _anchors(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int, int]]:
    """Stretches of at least `GRAM` characters that both have, in order: two starts and a length."""
    # autojunk: sequences on more than a hundredth of the page, such as dot leaders, anchor nothing.
    grams = SequenceMatcher(None, _grams(ours), _grams(theirs), autojunk=True)
    return [(a, b, size + GRAM - 1) for a, b, size in grams.get_matching_blocks() if size]


def _between(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """Partners in two short stretches between anchors; none when they are different texts."""
    if len(ours) > SMALL:
        return []
    if len(theirs) > 2 * len(ours) + GRAM:  # such as the end of a word below a running header
        whole, part = "".join(theirs), "".join(ours)
        start = whole.find(part) if part and whole.count(part) == 1 else len(whole)
        return list(zip(range(len(ours)), range(start, len(theirs)), strict=False))
    same = SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks()
    made = [(a + i, b + i) for a, b, size in same for i in range(size)]
    return made if len(made) >= ALIKE * len(ours) else []


def _moved(
    ours: Spelled, theirs: Spelled, partners: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Partners among what is left: text that pdfium has in another order than the reader."""
    made: list[tuple[int, int]] = []
    for _ in range(ROUNDS):
        gone = {a for a, _ in (*partners, *made)}, {b for _, b in (*partners, *made)}
        left = [at for at in range(len(ours)) if at not in gone[0]]
        right = [at for at in range(len(theirs)) if at not in gone[1]]
        anchors = _anchors([ours[at][1] for at in left], [theirs[at][1] for at in right])
        if not anchors:
            break
        pairs = {a + i: b + i for a, b, length in anchors for i in range(length)}
        made += [(left[a], right[b]) for a, b in pairs.items()]
    return made


def _grams(letters: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(letters[i : i + GRAM]) for i in range(len(letters) - GRAM + 1)]


def _shown(sheet: pypdfium2.PdfPage, corners: Corners) -> Box:
    """A place on the page as the page is shown, its rotation and crop box taken into account."""
    left, bottom, right, top = corners
    places = []
    for x, y in ((left, bottom), (right, top)):
        across, down = c_int(), c_int()
        pdfium.FPDF_PageToDevice(sheet, 0, 0, _DEVICE, _DEVICE, 0, x, y, byref(across), byref(down))
        places.append((across.value / _DEVICE, down.value / _DEVICE))
    (x0, y0), (x1, y1) = places
    return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _around(boxes: Sequence[Box]) -> Box:
    """The smallest box around all of `boxes`."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))


def _lines(boxes: Sequence[Box], page: _Placed) -> tuple[Box, ...]:
    """The boxes of characters, in reading order, joined where they stand on one line.

    Lines may run across the page or, on a page lying on its side, up or down it: the
    direction that needs fewer boxes is the one the text was set in.
    """
    across = _joined(boxes, page.height / page.width)
    sideways = _joined([_flipped(box) for box in boxes], page.width / page.height)
    return across if len(across) <= len(sideways) else tuple(_flipped(box) for box in sideways)


def _flipped(box: Box) -> Box:
    return Box(box.top, box.left, box.bottom, box.right)


def _joined(boxes: Sequence[Box], aspect: float) -> tuple[Box, ...]:
    """Neighbouring boxes as one; `aspect` turns a share of the height into one of the width."""
    lines: list[list[Box]] = []
    for box in boxes:
        if lines and _is_beside(lines[-1][-1], box, aspect):
            lines[-1].append(box)
        else:
            lines.append([box])
    return tuple(_around(line) for line in lines)


def _is_beside(before: Box, box: Box, aspect: float) -> bool:
    """Whether `box` is level with `before` and no farther off than the next word."""
    heights = (before.bottom - before.top, box.bottom - box.top)
    shared = min(before.bottom, box.bottom) - max(before.top, box.top)
    gap = max(box.left - before.right, before.left - box.right)
    return shared > min(heights) / 2 and gap < COLUMN_GAP * max(heights) * aspect
