"""A whole document as HTML, with one quote marked in it: as text, or as pictures of its pages."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote as url_quote

from qa.notices import notice_text
from qa.ui.pages import Box, PageBoxes
from sources.document import CELL_GAP, Block, BlockKind, Document, Span

PAGE_WIDTH = 1400  # the picture of a page, in pixels: sharp on a phone too
A4_HEIGHT = 1980


def text_view(document: Document, marked: Span, notice: str | None = None) -> str:
    """The document's text by its blocks, `marked` in `<mark>`, a notice before it where given."""
    before = f'<p class="viewer-notice">{escape(notice_text(notice))}</p>' if notice else ""
    body = "".join(_group(kind, list(blocks), document, marked) for kind, blocks in _runs(document))
    lang = escape(document.source.language)
    return f'{before}<article class="document" lang="{lang}">{body}</article>'


def _runs(document: Document) -> Iterator[tuple[BlockKind, Iterable[Block]]]:
    return groupby(document.blocks, key=lambda block: block.kind)


def _group(kind: BlockKind, blocks: Sequence[Block], document: Document, marked: Span) -> str:
    """Neighbouring blocks of one kind as one piece of the page."""
    texts = [_text(block.span, document, marked) for block in blocks]
    if kind is BlockKind.HEADING:
        return "".join(
            f"<h{level}>{text}</h{level}>"
            for level, text in zip((min(b.depth + 1, 6) for b in blocks), texts, strict=True)
        )
    if kind is BlockKind.LIST_ITEM:
        items = "".join(
            f'<li class="depth-{min(block.depth, 4)}">{text}</li>'
            for block, text in zip(blocks, texts, strict=True)
        )
        return f"<ul>{items}</ul>"
    if kind is BlockKind.TABLE_ROW:
        return _table(blocks, document, marked)
    paragraphs = "".join(f"<p>{text}</p>" for text in texts)
    if kind is BlockKind.BOILERPLATE:
        summary = escape(notice_text("page.furniture"))
        return f'<details class="furniture"><summary>{summary}</summary>{paragraphs}</details>'
    return paragraphs


def _table(rows: Sequence[Block], document: Document, marked: Span) -> str:
    """Rows with their cells; the marks between cells stay in the text but are not shown."""
    lines = []
    for number, row in enumerate(rows):
        name = "td" if number else "th"
        scope = "" if number else ' scope="col"'
        cells = [_text(span, document, marked) for span in _cells(row.span, document)]
        lines.append("<tr>" + "".join(f"<{name}{scope}>{c}</{name}>" for c in cells) + "</tr>")
    head, body = lines[0], "".join(lines[1:])
    return (
        f'<div class="table" tabindex="0"><table><thead>{head}</thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _cells(row: Span, document: Document) -> Iterator[Span]:
    """The spans of a row's cells, each with the mark that follows it, so that they tile the row."""
    start = row.start
    while (gap := document.text.find(CELL_GAP, start, row.end)) != -1:
        yield Span(start, gap + len(CELL_GAP))
        start = gap + len(CELL_GAP)
    yield Span(start, row.end)


def _text(span: Span, document: Document, marked: Span) -> str:
    """The characters of `span`; what parts it from the next block or cell is kept out of sight."""
    text = span.of(document.text)
    shown = text.removesuffix(CELL_GAP).rstrip()
    edge = span.start + len(shown)
    hidden = _marked(Span(edge, span.end), document, marked)
    return _marked(Span(span.start, edge), document, marked) + (
        f'<span class="apart">{hidden}</span>' if hidden else ""
    )


def _marked(span: Span, document: Document, marked: Span) -> str:
    """The characters of `span`, those inside `marked` in a `<mark>`."""
    start = min(max(marked.start, span.start), span.end)
    end = max(min(marked.end, span.end), start)
    before, inside, after = (
        escape(Span(a, b).of(document.text))
        for a, b in ((span.start, start), (start, end), (end, span.end))
    )
    return before + (f"<mark>{inside}</mark>" if inside else "") + after


def page_view(document: Document, marked: Span, places: Sequence[PageBoxes]) -> str:
    """The document as pictures of its pages, with boxes over the marked words at `places`."""
    by_page = {boxes.page: boxes for boxes in places}
    known = next(iter(by_page.values()), None)
    height = round(PAGE_WIDTH * known.height / known.width) if known else A4_HEIGHT
    pages = "".join(
        _page(document, marked, number, height, by_page[number].boxes if number in by_page else ())
        for number in range(1, len(document.pages) + 1)
    )
    return f'<div class="pages">{pages}</div>'


def _page(document: Document, marked: Span, number: int, height: int, boxes: Sequence[Box]) -> str:
    """One page: its picture with boxes, and under it the same page as text."""
    name = escape(notice_text("page.page_of").format(page=number, pages=len(document.pages)))
    address = f"page/{url_quote(document.doc_id, safe='')}/{document.version}/{number}.png"
    over = "".join(
        f'<span class="box" style="left:{b.left:.3%};top:{b.top:.3%};'
        f'width:{b.right - b.left:.3%};height:{b.bottom - b.top:.3%}"></span>'
        for b in boxes
    )
    text = _marked(document.pages[number - 1], document, marked)
    return (
        f'<figure class="page" data-page="{number}"><div class="sheet">'
        f'<img src="{address}" alt="{name}" width="{PAGE_WIDTH}" height="{height}" '
        f'loading="{"eager" if boxes else "lazy"}" decoding="async">{over}</div>'
        f"<figcaption>{name}</figcaption>"
        f'<details class="furniture"><summary>{escape(notice_text("page.page_text"))}</summary>'
        f'<p class="page-text">{text}</p></details></figure>'
    )
