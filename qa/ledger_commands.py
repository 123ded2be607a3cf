"""The ledger and receipts from the command line."""

import argparse
import json
from hashlib import sha256
from pathlib import Path

from qa.ledger.errors import LedgerError
from qa.ledger.inbox import standing
from qa.ledger.ledger import Ledger
from qa.ledger.outbox import Outbox
from qa.ledger.proof import Proof, prove_quotes
from qa.ledger.retention import forget
from qa.ledger.seal import fingerprint
from qa.ledger.search import Wanted, find_answers
from qa.ledger.verify import verify
from qa.library_commands import ProgressBar
from qa.open_library import open_library
from qa.receipts import check_receipt, make_receipt, read_receipt
from qa.settings import Settings
from qa.terminal import BadUsage, print_json
from sources.read import read_bytes

SHOWN = 20  # answers in a list


def _open_ledger(settings: Settings) -> Ledger:
    if not settings.ledger and not (settings.home / "ledger.db").exists():
        raise LedgerError(f"{settings.home} holds no ledger yet; name another folder with --home")
    ledger = Ledger(settings.home, settings.ledger)
    while Outbox(settings.home).write_into(ledger):
        pass  # a server that was stopped may have left some
    return ledger


def ledger_verify(settings: Settings, chosen: argparse.Namespace) -> int:
    """Check every entry; 1 when one is missing, changed or out of order."""
    bar = ProgressBar()
    ledger = _open_ledger(settings)
    try:
        faults = verify(ledger, lambda done, of: bar("entries", done, of))
    finally:
        bar.close()
    key = fingerprint(ledger.witness.sealer.public_key)
    head = ledger.head()
    if chosen.json:
        found = [fault._asdict() for fault in faults]
        print_json({"holds": not faults, **head._asdict(), "key": key, "faults": found})
        return int(bool(faults))
    for fault in faults:
        print(f"FAIL {fault.what}")
    if not faults:
        print(f"the chain holds: {head.number} entries, the last one {head.hash}")
    print(f"the key of this home is {key}")
    return int(bool(faults))


def ledger_show(settings: Settings, chosen: argparse.Namespace) -> int:
    """List the newest answers, or show one with the proof of its quotes."""
    ledger = _open_ledger(settings)
    if chosen.answer_id is None:
        for row in find_answers(ledger, Wanted(text=chosen.text), SHOWN):
            if chosen.json:
                print_json(row._asdict())
            else:
                question = row.question if row.question is not None else "(forgotten)"
                print(f"{row.answer_id}  {row.at[:16]}  {row.outcome}  {question}")
        return 0
    found = ledger.entry(chosen.answer_id)
    proofs = prove_quotes(ledger, open_library(settings), chosen.answer_id)
    if chosen.json:
        values = {**found._asdict(), "link": found.link._asdict(), "salt": None}
        print_json({**values, "words": found.words and found.words._asdict()})
    else:
        question = found.words.said if found.words else "(forgotten)"
        print(f"{found.at}  {found.facts['outcome']}\n{question}")
        for proof, state in zip(proofs, standing(ledger, chosen.answer_id), strict=True):
            _print_proof(proof)
            print(f"     now: {state.state if state else 'unchanged'}")
    return int(not all(proof.holds for proof in proofs))


def _print_proof(proof: Proof) -> None:
    claim = proof.claim
    pages = " to ".join(str(page) for page in sorted(set(claim.pages)))
    print(f"\n{claim.doc_id} ({claim.name}), page {pages}, characters {claim.start} to {claim.end}")
    print("".join(f"    {line}\n" for line in claim.words.splitlines()), end="")
    for check in proof.checks:
        print(f"{'ok  ' if check.holds else 'FAIL'} {check.what}: {check.finding}")
    if proof.found is not None and proof.found != claim.words:
        marks = {"same": "{}", "out": "[-{}-]", "in": "[+{}+]"}
        print("     " + "".join(marks[what].format(text) for what, text in proof.diff))


def ledger_forget(settings: Settings, chosen: argparse.Namespace) -> int:
    """Delete words that are old enough, now and not at the clerk's next round."""
    days = settings.retain_days if chosen.days is None else chosen.days
    if days < 0:
        raise BadUsage("give --days 0 or more")
    count = forget(_open_ledger(settings), days)
    print(f"the words of {count} entries older than {days} days are forgotten; their figures stay")
    return 0


def ledger_export(settings: Settings, chosen: argparse.Namespace) -> int:
    """Write the receipt of an answer, or print it."""
    ledger, library = _open_ledger(settings), open_library(settings)
    receipt = make_receipt(ledger, library, chosen.answer_id)
    text = json.dumps(receipt, indent=1, ensure_ascii=False)
    if chosen.file is None:
        print(text)
    else:
        Path(chosen.file).write_text(f"{text}\n", encoding="utf-8")
        print(f"{chosen.file}: {len(receipt['quotes'])} quotes; give the originals with it")
    return 0


def verify_receipt(settings: Settings, chosen: argparse.Namespace) -> int:
    """Check a receipt offline; without ORIGINAL the files kept in the home folder are used."""
    receipt = read_receipt(Path(chosen.receipt))
    paths = [Path(name) for name in chosen.originals]
    if not paths and (settings.home / "originals").is_dir():
        wanted = [str(quote.get("version")) for quote in receipt.get("quotes", [])]
        kept = settings.home / "originals"
        paths = [path for path in kept.iterdir() if path.name in wanted]
    files = [read_bytes(path) for path in paths]
    verdict = check_receipt(receipt, {sha256(data).hexdigest(): data for data in files})
    wrong_key = chosen.key is not None and chosen.key != verdict.signed_by
    holds = verdict.holds and not wrong_key
    if chosen.json:
        proofs = [{**p._asdict(), "claim": p.claim._asdict()} for p in verdict.proofs]
        print_json({**verdict._asdict(), "holds": holds, "proofs": proofs})
        return int(not holds)
    for check in verdict.checks:
        print(f"{'ok  ' if check.holds else 'FAIL'} {check.what}: {check.finding}")
    asked = f", not by {chosen.key}" if wrong_key else ""
    print(f"{'FAIL' if wrong_key else 'ok  '} key: sealed by {verdict.signed_by}{asked}")
    for proof in verdict.proofs:
        _print_proof(proof)
    print("\nproved" if holds else "\nNOT PROVED")
    return int(not holds)
