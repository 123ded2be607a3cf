"""A document and its metadata as the library's database holds them: JSON, the body compressed."""

import json
import zlib
from datetime import date

from sources.document import (
    Audience,
    Block,
    BlockKind,
    Document,
    OffsetMap,
    OffsetRun,
    Repair,
    Source,
    Span,
    Status,
    Wording,
)


def dump_source(source: Source) -> str:
    """The metadata as JSON; the same metadata gives the same text."""
    values = {name: getattr(source, name) for name in Source.__dataclass_fields__}
    return json.dumps(values, default=str, sort_keys=True)


def load_source(text: str) -> Source:
    """What `dump_source` wrote."""
    values = json.loads(text)
    for name in ("reviewed", "review_due"):
        values[name] = date.fromisoformat(values[name]) if values[name] else None
    values["audience"] = Audience(values["audience"])
    values["status"] = Status(values["status"])
    values["references"] = tuple(values["references"])
    rows = values.get("asked_as", ())  # older libraries have none
    values["asked_as"] = tuple(Wording(tuple(section), said) for section, said in rows)
    return Source(**values)


def dump_body(document: Document) -> bytes:
    """Everything about a document that was read out of its file, but its metadata."""
    values = {
        "text": document.text,
        "pages": document.pages,
        "blocks": document.blocks,
        "runs": document.offsets.runs,
        "page_starts": document.page_starts,
        "repairs": document.repairs,
    }
    return zlib.compress(json.dumps(values).encode(), 6)


def load_document(
    doc_id: str, version: str, format_name: str, source: str, body: bytes
) -> Document:
    """The document that `dump_source` and `dump_body` were given."""
    values = json.loads(zlib.decompress(body))
    text = values["text"]
    runs = tuple(OffsetRun(start, Span(*raw)) for start, raw in values["runs"])
    return Document(
        doc_id=doc_id,
        version=version,
        format=format_name,
        text=text,
        pages=tuple(Span(*page) for page in values["pages"]),
        blocks=tuple(
            Block(BlockKind(kind), Span(*span), tuple(path), depth)
            for kind, span, path, depth in values["blocks"]
        ),
        source=load_source(source),
        offsets=OffsetMap(runs, len(text)),
        page_starts=tuple(values["page_starts"]),
        repairs=tuple(Repair(kind, at, Span(*raw)) for kind, at, raw in values["repairs"]),
    )
