"""PDF files, by way of pypdf: the runs of characters that its pages show, cut into lines.

`raw` is what the pages spell line by line, in the order of their content streams, pages
joined by a form feed (text showing and positioning: ISO 32000-1, 9.4).
"""

import logging
import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import BytesIO
from itertools import groupby

from pypdf import PageObject, PdfReader

from sources.canonical import Draft
from sources.document import Span
from sources.errors import BrokenFile, Encrypted, ScanWithoutText, TooLarge, Unreadable
from sources.readers.layout import Layout, Line, Placed, Run, first_heading
from sources.readers.reading import Reading

# pypdf reports every oddity of a file to a log; what matters to people we raise ourselves.
logging.getLogger("pypdf").addHandler(logging.NullHandler())

MAX_PAGES = 2000
MAX_PAGE_CHARACTERS = 200_000  # a page of a newspaper has 30,000
EDGE_LINES = 3  # running headers and footers stand among this many lines at either end
RUNNING_SHARE = 0.6
_BOLD = re.compile(r"bold|black|heavy|demi|cmbx", re.IGNORECASE)
_MADE_UP_TITLE = re.compile(r"(microsoft \w+ - .*|untitled.*|\(?anonymous\)?|unspecified)", re.I)


def read_pdf(data: bytes, name: str) -> Reading:
    """A PDF with text in it. Running headers, footers and page numbers are left out, on record.

    Raises `Encrypted`, `BrokenFile`, `TooLarge` or `ScanWithoutText`.
    """
    with _translated(name, "the file"):
        reader = PdfReader(BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Encrypted(f"{name} needs a password; save a copy without one and add that")
        pages = list(reader.pages[: MAX_PAGES + 1])
        declared = _declared(reader)
    if not pages:
        raise BrokenFile(f"{name} has no pages; open it, print it to a new PDF and add that")
    if len(pages) > MAX_PAGES:
        raise TooLarge(f"{name} has more than {MAX_PAGES} pages; split it into parts")
    raw, starts, lines = _raw_lines(pages, name)
    if not re.search(r"\w", raw):
        raise ScanWithoutText(f"{name} is a scan: pictures without characters; run OCR on it first")
    drafts = _read_drafts(raw, starts, lines)
    title = str(declared.get("title") or first_heading(drafts) or "") or None
    return Reading(raw, drafts, title, declared, starts)


@contextmanager
def _translated(name: str, place: str) -> Iterator[None]:
    """Turn whatever pypdf raises into ours; its own page on errors promises no closed list."""
    try:
        yield
    except Unreadable:
        raise
    except Exception as error:
        raise BrokenFile(
            f"{name} is damaged: {place} cannot be read ({type(error).__name__}); "
            "open it, print it to a new PDF and add that"
        ) from error


def _declared(reader: PdfReader) -> dict[str, object]:
    """Title, publisher and language, where the file states them and no program made them up."""
    info = reader.metadata
    tag = str(reader.root_object.get("/Lang", "") or "")
    found = {
        "title": " ".join(str((info and info.title) or "").split()),
        "publisher": " ".join(str((info and info.author) or "").split()),
        "language": tag if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) else "",
    }
    return {
        key: value for key, value in found.items() if value and not _MADE_UP_TITLE.fullmatch(value)
    }


def _raw_lines(pages: Sequence[PageObject], name: str) -> tuple[str, tuple[int, ...], list[Line]]:
    """What the pages spell, where each begins in it, and its lines that are not blank."""
    parts: list[str] = []
    starts: list[int] = []
    lines: list[Line] = []
    at = 0
    for number, page in enumerate(pages, 1):
        if parts:
            parts.append("\f")
            at += 1
        starts.append(at)
        runs = list(_runs(page, name, number))
        lines += _lines(runs, at, number)
        parts += [run.text for run in runs]
        at += sum(len(run.text) for run in runs)
    return "".join(parts), tuple(starts), lines


def _runs(page: PageObject, name: str, number: int) -> list[Run]:
    """The runs of a page; together their texts are what pypdf extracts from it."""
    runs: list[Run] = []
    left = MAX_PAGE_CHARACTERS

    def visit(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
        nonlocal left
        left -= len(text)
        if left < 0:
            raise TooLarge(f"page {number} of {name} has too many characters; split the page")
        if text:
            family = str(font.get("/BaseFont", "")) if isinstance(font, dict) else ""
            runs.append(Run(text, *_place(cm, tm, size), bool(_BOLD.search(family))))

    with _translated(name, f"page {number}"):
        page.extract_text(visitor_text=visit)
    return runs


def _place(cm: Sequence[float], tm: Sequence[float], size: float) -> tuple[float, float, float]:
    """Where a run begins along its line and across it, and its size, all in points.

    The text matrix times the transformation matrix, as in ISO 32000-1, 9.4.4.
    """
    across, up = (
        (tm[i] * cm[0] + tm[i + 1] * cm[2], tm[i] * cm[1] + tm[i + 1] * cm[3]) for i in (0, 2)
    )
    x, y = (tm[4] * cm[i] + tm[5] * cm[i + 2] + cm[i + 4] for i in (0, 1))
    wide, tall = math.hypot(*across) or 1.0, math.hypot(*up) or 1.0
    along = (x * across[0] + y * across[1]) / wide
    return along, (x * up[0] + y * up[1]) / tall, abs(size) * tall


def _lines(runs: Iterable[Run], at: int, page: int) -> Iterator[Line]:
    """The runs of one page cut at line breaks; lines without a visible character are left out."""
    held: list[Placed] = []
    for run in runs:
        for text in run.text.splitlines(keepends=True):
            if text.strip():
                held.append((Span(at, at + len(text)), run._replace(text=text)))
            elif held:
                span, before = held[-1]
                longer = before._replace(text=before.text + text)
                held[-1] = (Span(span.start, at + len(text)), longer)
            at += len(text)
            if text.endswith("\n") and held:
                yield _line(page, held)
                held = []
    if held:
        yield _line(page, held)


def _line(page: int, runs: Sequence[Placed]) -> Line:
    sizes: Counter[float] = Counter()
    for span, run in runs:
        sizes[round(run.size * 2) / 2] += span.end - span.start
    whole = Span(runs[0][0].start, runs[-1][0].end)
    text = "".join(run.text for _, run in runs).strip()
    bold = all(run.bold for _, run in runs)
    return Line(page, whole, tuple(runs), text, sizes.most_common(1)[0][0], bold)


def _read_drafts(raw: str, starts: Sequence[int], lines: Sequence[Line]) -> list[Draft]:
    running = _running(lines, len(starts))
    drafts = Layout(raw, [line for line in lines if line not in running]).drafts()
    repairs = [("running header or footer", line.span) for line in running]
    empty = set(range(1, len(starts) + 1)) - {line.page for line in lines}
    repairs += [("page without text", Span(starts[n - 1], starts[n - 1])) for n in empty]
    firsts = [draft.pieces[0].raw.start for draft in drafts]
    for kind, span in sorted(repairs, key=lambda repair: repair[1]) if drafts else ():
        drafts[max(0, bisect_right(firsts, span.start) - 1)].repairs.append((kind, span))
    return drafts


def _running(lines: Sequence[Line], pages: int) -> set[Line]:
    """Lines near the edges of pages that repeat on most of them, numbers aside."""
    edges: dict[Line, set[tuple[object, ...]]] = {}
    for _, page in groupby(lines, key=lambda line: line.page):
        found = sorted(page, key=lambda line: -line.y)
        for line in found[:EDGE_LINES] + found[-EDGE_LINES:]:
            edges[line] = {("text", re.sub(r"\d+", "#", line.text.casefold()), round(line.size))}
            # A header that changes with the chapter still begins or ends with the page's number.
            for number in re.findall(r"^\d{1,4}\b|\b\d{1,4}$", line.text):
                edges[line].add(("number", int(number) - line.page, round(line.y)))
    seen = Counter(key for key, _ in {(key, line.page) for line in edges for key in edges[line]})
    needed = max(min(3, pages), 2, math.ceil(RUNNING_SHARE * pages))
    return {line for line, keys in edges.items() if any(seen[key] >= needed for key in keys)}
