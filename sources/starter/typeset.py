"""Print the starter texts: every `print/*.md` becomes a PDF leaflet with its sidecar.

Run `python -m sources.starter.typeset` after changing a text. The same text gives the same
bytes. reportlab is needed for this only, so it is a dependency of development.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from html import escape
from io import BytesIO
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

STARTER = Path(__file__).parent
LABEL = "Not reviewed by a clinician. For demonstration."
INK, TEAL, GREY, RULE = (HexColor(f"#{code}") for code in ("1d2733", "0f5c63", "5b6770", "c9d2d6"))
MARGIN = 24 * mm
PADDING = 6  # points that reportlab keeps free inside the margins
TEXT = ParagraphStyle(
    "text", fontName="Helvetica", fontSize=10.5, leading=15, textColor=INK, spaceAfter=7
)
STYLES = {
    "h1": ParagraphStyle(
        "h1", TEXT, fontName="Helvetica-Bold", fontSize=21, leading=26, textColor=TEAL
    ),
    "h2": ParagraphStyle(
        "h2", TEXT, fontName="Helvetica-Bold", fontSize=14, leading=18, spaceBefore=12,
        textColor=TEAL, keepWithNext=1,
    ),
    "h3": ParagraphStyle(
        "h3", TEXT, fontName="Helvetica-Bold", fontSize=11.5, leading=15, spaceBefore=6,
        keepWithNext=1,
    ),
    "label": ParagraphStyle("label", TEXT, fontSize=9.5, leading=13, textColor=GREY, spaceAfter=12),
    "item": ParagraphStyle("item", TEXT, leftIndent=16, bulletIndent=3, spaceAfter=3),
    "cell": ParagraphStyle("cell", TEXT, fontSize=9.5, leading=13, spaceAfter=0),
}  # fmt: skip


def typeset(markdown: str) -> tuple[bytes, str]:
    """The PDF and the sidecar of a text: front matter in YAML, then Markdown.

    Raises `ValueError` for Markdown that the leaflet has no style for, and for characters
    outside Windows-1252, which the standard fonts of PDF cannot show.
    """
    _, front, text = markdown.split("---\n", 2)
    declared = yaml.safe_load(front)
    text.encode("cp1252")
    tree = SyntaxTreeNode(MarkdownIt("commonmark").enable("table").parse(text))
    pages = _build(tree, declared, total=0)[1]
    data, _ = _build(tree, declared, total=pages)
    return data, yaml.safe_dump(declared, allow_unicode=True, sort_keys=False)


def _build(tree: SyntaxTreeNode, declared: dict[str, str], total: int) -> tuple[bytes, int]:
    """The PDF and how many pages it has; `total` is what its footers say."""
    rl_config.invariant = 1
    out = BytesIO()
    title = declared["title"]
    template = SimpleDocTemplate(
        out, pagesize=A4, leftMargin=MARGIN - PADDING, rightMargin=MARGIN - PADDING,
        topMargin=27 * mm, bottomMargin=25 * mm, title=title, author=declared["publisher"],
        lang=declared.get("language", "en"), subject=LABEL,
    )  # fmt: skip
    furnish = partial(_furnish, title=title, total=total)
    story = [Paragraph(escape(title), STYLES["h1"]), Paragraph(LABEL, STYLES["label"])]
    for node in tree.children:
        repeated = node.type == "heading" and _words(node) == title
        story += [] if repeated else _flowables(node)
    template.build(story, onFirstPage=furnish, onLaterPages=furnish)
    return out.getvalue(), template.page


def _furnish(canvas: Canvas, template: SimpleDocTemplate, *, title: str, total: int) -> None:
    """Draw the running header and footer of a page."""
    wide, tall = A4
    canvas.saveState()
    canvas.setFont("Helvetica", 8.5)
    canvas.setFillColor(GREY)
    canvas.drawString(MARGIN, tall - 15 * mm, title)
    canvas.drawString(MARGIN, 13 * mm, LABEL)
    canvas.drawRightString(wide - MARGIN, 13 * mm, f"Page {template.page} of {total}")
    canvas.setStrokeColor(RULE)
    for height in (tall - 17.5 * mm, 17.5 * mm):
        canvas.line(MARGIN, height, wide - MARGIN, height)
    canvas.restoreState()


def _flowables(node: SyntaxTreeNode) -> list[Flowable]:
    if node.type not in _SETTERS:
        raise ValueError(f"no style for {node.type} in a leaflet; write it another way")
    return _SETTERS[node.type](node)


def _heading(node: SyntaxTreeNode) -> list[Flowable]:
    return [Paragraph(_inline(node), STYLES[node.tag])]


def _paragraph(node: SyntaxTreeNode) -> list[Flowable]:
    return [Paragraph(_inline(node), TEXT)]


def _list(node: SyntaxTreeNode) -> list[Flowable]:
    made: list[Flowable] = []
    for number, item in enumerate(node.children, int(node.attrGet("start") or 1)):
        bullet = f"{number}." if node.type == "ordered_list" else "\u2022"
        if [child.type for child in item.children] != ["paragraph"]:
            raise ValueError("a list item in a leaflet is one paragraph; write it another way")
        made.append(Paragraph(_inline(item.children[0]), STYLES["item"], bulletText=bullet))
    made[-1].spaceAfter = TEXT.spaceAfter
    return made


def _table(node: SyntaxTreeNode) -> list[Flowable]:
    rows = [
        [Paragraph(_inline(cell, bold=cell.type == "th"), STYLES["cell"]) for cell in row.children]
        for part in node.children
        for row in part.children
    ]
    lines: Sequence[tuple[object, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, RULE),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
    ]
    wide = (A4[0] - 2 * MARGIN) / len(rows[0])
    return [Table(rows, [wide] * len(rows[0]), style=lines, repeatRows=1, spaceAfter=10)]


_SETTERS: dict[str, Callable[[SyntaxTreeNode], list[Flowable]]] = {
    "heading": _heading,
    "paragraph": _paragraph,
    "bullet_list": _list,
    "ordered_list": _list,
    "table": _table,
}
_TAGS = {"strong": "b", "em": "i"}


def _inline(node: SyntaxTreeNode, *, bold: bool = False) -> str:
    """The text of a block in reportlab's markup."""
    text = "".join(_markup(node))
    return f"<b>{text}</b>" if bold else text


def _markup(node: SyntaxTreeNode) -> Iterator[str]:
    for child in node.children:
        if child.type in ("text", "text_special"):
            yield escape(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            yield " "
        elif child.type in (*_TAGS, "inline"):
            tag = _TAGS.get(child.type)
            inside = "".join(_markup(child))
            yield f"<{tag}>{inside}</{tag}>" if tag else inside
        else:
            raise ValueError(f"no style for {child.type} in a leaflet; write it another way")


def _words(node: SyntaxTreeNode) -> str:
    return "".join(part.content for part in node.walk() if part.type == "text")


def main() -> None:
    """Write a PDF and a sidecar into the starter library for each text to be printed."""
    for path in sorted((STARTER / "print").glob("*.md")):
        data, sidecar = typeset(path.read_text(encoding="utf-8"))
        (STARTER / f"{path.stem}.pdf").write_bytes(data)
        (STARTER / f"{path.stem}.meta.yaml").write_text(sidecar, encoding="utf-8")


if __name__ == "__main__":
    main()
