"""What every reader gives, and the steps that several of them share."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from charset_normalizer import from_bytes

from sources.canonical import Draft, Piece, tidy
from sources.document import Span
from sources.errors import EmptyFile, NotText

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
CONTROL_SHARE = 0.01  # more control characters than this, and the bytes are not text


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as its reader understood it, before it is woven.

    `raw` is every character the reader found, `page_starts` where each page begins in it,
    and `declared` what the file says about itself (front matter, document properties).
    """

    raw: str
    drafts: Sequence[Draft]
    title: str | None = None
    declared: Mapping[str, object] = field(default_factory=dict)
    page_starts: tuple[int, ...] = (0,)


def decode(data: bytes, name: str) -> str:
    """The text of a file in UTF-8, UTF-16 with its mark, or a legacy encoding found by statistics.

    Raises `EmptyFile` for no words and `NotText` for bytes that are something else.
    """
    if not data.strip():
        raise EmptyFile(f"{name} is empty; add a file with text in it")
    text = _utf(data)
    if text is None:
        if b"\x00" in data[:65536]:
            raise NotText(f"{name} is not text; give it the ending that its format has")
        best = from_bytes(data[:262144]).best()
        if best is None:
            raise NotText(f"{name} is not text in any known encoding; save it as UTF-8")
        text = data.decode(best.encoding, errors="replace")
    if len(_CONTROL.findall(text)) > CONTROL_SHARE * len(text) or text.startswith("%PDF-"):
        raise NotText(f"{name} is not text; give it the ending that its format has")
    return text


def _utf(data: bytes) -> str | None:
    wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        return None


def spelled_out(text: str, raw: Span) -> list[Piece]:
    """A piece for characters written in code, such as `&amp;`; none when not for readers."""
    words = "".join(piece.text for piece in tidy(text, Span(0, len(text))))
    if text.isspace():
        words = " "
    return [Piece(words, raw)] if words else []


def vocabulary(text: str) -> Counter[str]:
    """How often each word occurs, in lower case, hyphens kept inside a word."""
    return Counter(word.casefold() for word in re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", text))


def join_lines(
    before: list[Piece], after: list[Piece], words: Mapping[str, int]
) -> tuple[str, ...]:
    """Append `after` to `before` in place, as one line of prose; the repairs it took.

    A hyphen at the line end goes unless the text elsewhere writes the word with its hyphen.
    """
    if not before or not after:
        before += after
        return ()
    text = "".join(piece.text for piece in before)
    tail = re.search(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$", text)
    head = re.match(r"[^\W\d_]+", "".join(piece.text for piece in after))
    if tail and head and head.group()[0].islower():
        hyphenated = f"{tail.group(1)}-{head.group()}".casefold()
        if hyphenated in words and hyphenated.replace("-", "") not in words:
            before += after
            return ()
        last = before[-1]
        before[-1] = Piece(last.text[:-1], Span(last.raw.start, last.raw.end - 1))
        before += after
        return ("hyphen at a line end",)
    between = Span(before[-1].raw.end, after[0].raw.start)
    before += [Piece(" ", between), *after]
    return ()
