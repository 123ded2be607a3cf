"""Receipts: an answer as a file that can be checked with the original documents and nothing else.

`docs/receipts.md` tells the format, `docs/receipt.schema.json` is its schema. A receipt holds the
answer's own link of the ledger's chain, the words of each quote, and what they were read with.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from qa.ledger.chain import link_hash, words_hash
from qa.ledger.entries import Words, canonical, now
from qa.ledger.errors import BadReceipt
from qa.ledger.identity import code_identity, program_version, reader_identity
from qa.ledger.ledger import Ledger
from qa.ledger.proof import Check, Claim, Proof, claims_of, missing, prove
from qa.ledger.seal import Seal, fingerprint, seal_holds
from sources.library import Library

FORMAT = "quotewell-receipt-1"
_SEALED_LATER = ("digest", "seal")


class Verdict(NamedTuple):
    """What checking a receipt found: of the receipt itself, and of each quote.

    `signed_by` is the fingerprint of the key that sealed it: compare it with the one that the
    hospital has published, for anybody can make a key.
    """

    checks: list[Check]
    proofs: list[Proof]
    signed_by: str

    @property
    def holds(self) -> bool:
        """Whether everything does."""
        return all(check.holds for check in self.checks) and all(p.holds for p in self.proofs)


def make_receipt(ledger: Ledger, library: Library, answer_id: str) -> dict[str, Any]:
    """The receipt of an answer. Raises `UnknownAnswer`, `UnknownDocument`."""
    found = ledger.entry(answer_id)
    quotes = []
    for claim in claims_of(ledger, library, answer_id):
        held = library.entry_of(claim.version)
        text = library.document(claim.doc_id, claim.version).text
        quotes.append(
            {
                **claim._asdict(),
                "pages": list(claim.pages),
                "title": held.source.title,
                "format": held.format,
                "text_sha256": sha256(text.encode()).hexdigest(),
                "read_with": dict(reader_identity(held.format)),
            }
        )
    said = {"salt": found.salt, **found.words._asdict()} if found.words else None
    receipt: dict[str, Any] = {
        "format": FORMAT,
        "exported": now(),
        "program": {"version": program_version(), "code": code_identity()},
        "answer_id": answer_id,
        "question": said,
        "quotes": quotes,
        "entry": found.link._asdict(),
    }
    receipt["digest"] = _digest(receipt)
    receipt["seal"] = ledger.witness.sealer.seal(receipt["digest"])._asdict()
    return receipt


def _digest(receipt: Mapping[str, Any]) -> str:
    own = {name: value for name, value in receipt.items() if name not in _SEALED_LATER}
    return sha256(canonical(own).encode()).hexdigest()


def read_receipt(path: Path) -> dict[str, Any]:
    """The receipt in a file. Raises `BadReceipt`."""
    try:
        receipt = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadReceipt(f"{path} cannot be read as JSON; export the receipt again") from error
    if not isinstance(receipt, dict) or receipt.get("format") != FORMAT:
        raise BadReceipt(f"{path} is no receipt of the form {FORMAT}; name another file")
    return receipt


def check_receipt(receipt: Mapping[str, Any], originals: Mapping[str, bytes]) -> Verdict:
    """Check a receipt against itself and against original files, by the SHA-256 of their bytes.

    Raises `BadReceipt` when parts of it are missing or of another kind.
    """
    try:
        entry = receipt["entry"]
        body = json.loads(entry["body"])
        seal = Seal(**receipt["seal"])
        claims = [_claim(quote) for quote in receipt["quotes"]]
        checks = [
            _digest_check(receipt, seal),
            _entry_check(receipt, entry, body),
            _question_check(receipt["question"], body),
            _quotes_check(claims, body["facts"]["quotes"]),
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadReceipt(
            f"the receipt lacks parts or was changed ({error}); export it again"
        ) from error
    proofs = []
    for claim in claims:
        data = originals.get(claim.version)
        where = f"give the original file of {claim.doc_id}, whose SHA-256 is {claim.version}"
        proofs.append(missing(claim, where) if data is None else prove(claim, data))
    return Verdict(checks, proofs, fingerprint(seal.public_key))


def _claim(quote: Mapping[str, Any]) -> Claim:
    first, last = quote["pages"]
    values = {name: quote[name] for name in Claim._fields}
    kinds = {"start": int, "end": int, "pages": list}
    for name, value in values.items():
        if not isinstance(value, kinds.get(name, str)):
            raise ValueError(f"{name} is {value!r}")
    return Claim(**{**values, "pages": (first, last)})


def _digest_check(receipt: Mapping[str, Any], seal: Seal) -> Check:
    if _digest(receipt) != receipt["digest"]:
        return Check("receipt", holds=False, finding="its text was changed after it was exported")
    signed = seal_holds(seal, receipt["digest"])
    finding = "as it was exported" if signed else "the seal is not that of its key"
    return Check("receipt", signed, finding)


def _entry_check(
    receipt: Mapping[str, Any], entry: Mapping[str, Any], body: Mapping[str, Any]
) -> Check:
    same = link_hash(entry["previous"], entry["body"]) == entry["hash"]
    same &= (body["number"], body["entry_id"]) == (entry["number"], receipt["answer_id"])
    finding = f"entry {entry['number']} of the ledger, {entry['hash']}"
    return Check("ledger entry", same, finding if same else f"changed: {finding}")


def _question_check(question: Mapping[str, Any] | None, body: Mapping[str, Any]) -> Check:
    if question is None:
        return Check("question", holds=True, finding="forgotten, or not exported")
    words = Words(question["said"], question["made"])
    same = words_hash(question["salt"], words) == body["words"]
    return Check("question", same, "as it was recorded" if same else "not the one recorded")


def _quotes_check(claims: list[Claim], recorded: list[Mapping[str, Any]]) -> Check:
    given = [
        (c.doc_id, c.version, c.start, c.end, list(c.pages), sha256(c.words.encode()).hexdigest())
        for c in claims
    ]
    names = ("doc_id", "version", "start", "end", "pages", "sha256")
    same = given == [tuple(quote[name] for name in names) for quote in recorded]
    finding = "the ones recorded" if same else "not the ones recorded"
    return Check("quotes", same, f"{len(claims)} quotes, {finding}")
