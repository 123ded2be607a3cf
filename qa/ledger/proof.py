"""Proof of a quote: the original is read anew, the span cut, and every byte compared."""

from hashlib import sha256
from typing import NamedTuple

from qa.ledger.compare import word_diff
from qa.ledger.entries import Facts
from qa.ledger.ledger import Ledger
from sources.document import Span
from sources.errors import SourceError
from sources.library import Library
from sources.read import read_document


class Claim(NamedTuple):
    """That `words` stand from `start` to `end` in the text of the file that `version` names.

    `version` is the SHA-256 of the file's bytes; the ending of `name` says how it is read.
    """

    doc_id: str
    version: str
    name: str
    start: int
    end: int
    pages: tuple[int, int]
    words: str


class Check(NamedTuple):
    """One thing that was looked at, whether it holds, and what was found."""

    what: str
    holds: bool
    finding: str


class Proof(NamedTuple):
    """What was looked at for one quote. `found` is what stands there now, none if nothing does.

    `diff` is as `qa.ledger.compare.word_diff` gives it, from the claim to what was found.
    """

    claim: Claim
    checks: list[Check]
    found: str | None
    diff: list[tuple[str, str]]

    @property
    def holds(self) -> bool:
        """Whether all of it does."""
        return all(check.holds for check in self.checks)


def prove(claim: Claim, data: bytes) -> Proof:
    """Compare `claim` with the file of these bytes, by nothing but the file and the readers."""
    digest = sha256(data).hexdigest()
    same_file = digest == claim.version
    finding = "the bytes are those that were quoted" if same_file else f"another file: {digest}"
    checks = [Check("file", same_file, finding)]
    try:
        document = read_document(data, claim.name)
    except SourceError as error:
        checks.append(Check("reading", holds=False, finding=str(error)))
        return Proof(claim, checks, None, word_diff(claim.words, ""))
    found = document.text[max(claim.start, 0) : max(claim.end, 0)]
    checks.append(Check("words", found == claim.words, _compared(claim, found, document.text)))
    if found == claim.words:
        pages = document.pages_of(Span(claim.start, claim.end))
        checks.append(Check("pages", pages == claim.pages, f"pages {pages[0]} to {pages[1]}"))
    return Proof(claim, checks, found, word_diff(claim.words, found))


def _compared(claim: Claim, found: str, text: str) -> str:
    expected, there = claim.words.encode(), found.encode()
    if expected == there:
        return f"all {len(there)} bytes are the same"
    pairs = zip(expected, there, strict=False)
    same = next((at for at, (one, other) in enumerate(pairs) if one != other), None)
    at = min(len(expected), len(there)) if same is None else same
    elsewhere = text.find(claim.words)
    if elsewhere >= 0:
        return f"the words stand at {elsewhere} instead; the file was read by other rules"
    return f"byte {at + 1} of {len(expected)} is the first that differs"


def missing(claim: Claim, where: str) -> Proof:
    """The proof that cannot be had because the original is not there."""
    return Proof(claim, [Check("file", holds=False, finding=where)], None, [])


def claims_of(ledger: Ledger, library: Library, answer_id: str) -> list[Claim]:
    """What an answer claims, quote by quote; the words as the library holds them.

    Raises `UnknownAnswer`, `UnknownDocument` or `LibraryDamaged`.
    """
    return [_claim(library, quote) for quote in ledger.entry(answer_id).facts["quotes"]]


def _claim(library: Library, quote: Facts) -> Claim:
    held = library.entry_of(quote["version"])
    text = library.document(quote["doc_id"], quote["version"]).text
    return Claim(
        doc_id=quote["doc_id"],
        version=quote["version"],
        name=held.name,
        start=quote["start"],
        end=quote["end"],
        pages=(quote["pages"][0], quote["pages"][1]),
        words=text[quote["start"] : quote["end"]],
    )


def prove_quotes(ledger: Ledger, library: Library, answer_id: str) -> list[Proof]:
    """Every quote of an answer: recorded hash, stored text and original file must agree."""
    quotes = ledger.entry(answer_id).facts["quotes"]
    return [prove_quote(library, quote) for quote in quotes]


def prove_quote(library: Library, quote: Facts) -> Proof:
    """The same for one quote, as an answer's facts have it."""
    claim = _claim(library, quote)
    same = sha256(claim.words.encode()).hexdigest() == quote["sha256"]
    finding = "the library holds the words that were shown" if same else "other words are held"
    proof = prove(claim, library.original(claim.version))
    return proof._replace(checks=[Check("library", same, finding), *proof.checks])
