"""Proof: every quote of an answer against its original, and receipts that are checked offline."""

import json
import shutil
import sqlite3
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import jsonschema
import pytest

from qa.cli import main
from qa.ledger.answers import Shown, answer_entry
from qa.ledger.entries import Entry, Kind, Words, canonical, now
from qa.ledger.errors import BadReceipt
from qa.ledger.identity import code_identity, configuration_identity
from qa.ledger.proof import prove_quotes
from qa.ledger.seal import Sealer
from qa.receipts import _digest, check_receipt, make_receipt
from sources.document import Audience
from sources.intake import starter_files, take_in

ROOT = Path(__file__).parents[1]
SCHEMA = json.loads((ROOT / "docs/receipt.schema.json").read_text(encoding="utf-8"))
FILES = {
    "biopsy.md": "# Biopsy\n\n## Pain\n\nA biopsy hurts a little. Größe: 2 mm.\n",
    "scan.txt": "MRI scan\n\nAn MRI scan is loud. Ask for ear plugs.\n",
}
QUESTION = "Does a biopsy hurt?"


@pytest.fixture
def assistant(assistant_of):
    return assistant_of(FILES)


def record(assistant, ledger, question):
    answer = replace(assistant.ask(question), answer_id="-begins-with-a-dash")
    shown = Shown(
        Audience.PATIENT,
        "en",
        [()] * len(answer.quotes),
        code_identity(),
        configuration_identity(assistant.settings),
    )
    ledger.append([answer_entry(answer, shown, str)])
    assert answer.quotes
    return answer.answer_id


@pytest.fixture
def answer_id(assistant, ledger):
    return record(assistant, ledger, QUESTION)


@pytest.fixture
def receipt(assistant, ledger, answer_id):
    return make_receipt(ledger, assistant.library, answer_id)


@pytest.fixture
def originals():
    return {sha256(text.encode()).hexdigest(): text.encode() for text in FILES.values()}


def test_every_quote_of_an_answer_is_proved(assistant, ledger, answer_id):
    proofs = prove_quotes(ledger, assistant.library, answer_id)
    assert proofs
    assert all(proof.holds for proof in proofs)
    assert [check.what for check in proofs[0].checks] == ["library", "file", "words", "pages"]
    assert proofs[0].found == proofs[0].claim.words
    assert "bytes are the same" in proofs[0].checks[2].finding


def test_an_original_that_changed_by_one_byte_is_found(assistant, ledger, answer_id):
    version = ledger.entry(answer_id).facts["quotes"][0]["version"]
    path = assistant.library.home / "originals" / version
    path.write_bytes(path.read_bytes().replace(b"little", b"lottle"))
    proof = prove_quotes(ledger, assistant.library, answer_id)[0]
    assert [check.what for check in proof.checks if not check.holds] == ["file", "words"]
    assert ("out", "little") in proof.diff
    assert "byte 19 of" in proof.checks[2].finding


def test_a_receipt_keeps_its_schema_and_proves_itself(receipt, originals):
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.check_schema(SCHEMA)
    validator.validate(json.loads(json.dumps(receipt)))
    verdict = check_receipt(receipt, originals)
    assert verdict.holds
    assert len(verdict.proofs) == len(receipt["quotes"])


def test_an_original_that_is_not_given_is_asked_for(receipt):
    verdict = check_receipt(receipt, {})
    assert not verdict.holds
    assert "give the original file of biopsy" in verdict.proofs[0].checks[0].finding


def edits(receipt):
    """Every value of a receipt changed by hand, one at a time, with its path."""

    def walk(value, path):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield from walk(inner, (*path, key))
        elif isinstance(value, list):
            for at, inner in enumerate(value):
                yield from walk(inner, (*path, at))
        else:
            yield path, value

    for path, value in walk(receipt, ()):
        changed = json.loads(json.dumps(receipt))
        place = changed
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value + 1 if isinstance(value, int) else f"{value[:-1]}~"
        yield path, changed


def holds(receipt, originals):
    try:
        return check_receipt(receipt, originals).holds
    except BadReceipt:
        return False


def test_a_receipt_edited_by_hand_is_found_whatever_was_edited(receipt, originals):
    found = {path: holds(changed, originals) for path, changed in edits(receipt)}
    assert len(found) > 20
    assert [path for path, unseen in found.items() if unseen] == []


@pytest.mark.parametrize(
    "path",
    [
        ("quotes", 0, "words"),
        ("quotes", 0, "start"),
        ("answer_id",),
        ("question", "said"),
        ("entry", "hash"),
    ],
)
def test_an_edit_with_a_new_digest_and_another_seal_is_still_found(
    receipt, originals, tmp_path, path
):
    forger = Sealer(tmp_path / "forged.key")
    changed = next(changed for where, changed in edits(receipt) if where == path)
    changed["digest"] = _digest(changed)
    changed["seal"] = forger.seal(changed["digest"])._asdict()
    verdict = check_receipt(changed, originals)
    assert verdict.checks[0].holds  # a digest alone proves nothing ...
    assert not verdict.holds  # ... but the entry, the words or the file do
    assert verdict.signed_by != check_receipt(receipt, originals).signed_by


def test_a_quote_from_a_pdf_is_proved_offline(library_of, tmp_path, ledger):
    pdf = next(path for path in starter_files() if path.suffix == ".pdf")
    library = library_of({})
    taken = take_in(library, [pdf])[0].document
    start = taken.text.index(". ") + 2
    words = taken.text[start : start + 80]
    facts = {"doc_id": taken.doc_id, "version": taken.version, "start": start, "end": start + 80}
    quote = {**facts, "sha256": sha256(words.encode()).hexdigest(), "pages": [1, 1]}
    rest = dict.fromkeys(("outcome", "reader", "language"), "x")
    rest |= {"probability": 0.5, "took_ms": 1.0, "urgent": None, "quotes": [quote]}
    ledger.append([Entry("pdf", Kind.ANSWER, now(), "pdf", rest, Words("?", "{}"))])
    receipt = make_receipt(ledger, library, "pdf")
    assert check_receipt(receipt, {taken.version: pdf.read_bytes()}).holds


def quotewell(capsys, *words):
    capsys.readouterr()
    code = main([str(word) for word in words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_from_ledger_to_receipt_to_proof_on_another_machine(
    assistant, ledger, answer_id, tmp_path, capsys
):
    home, elsewhere = assistant.library.home, tmp_path / "elsewhere"
    elsewhere.mkdir()
    code, out, _ = quotewell(capsys, "ledger", "show", "--home", home)
    assert (code, QUESTION in out) == (0, True)
    code, out, _ = quotewell(capsys, "ledger", "show", "--home", home, "--", answer_id)
    assert (code, "A biopsy hurts a little." in out, "now: unchanged" in out) == (0, True, True)
    code, out, _ = quotewell(capsys, "ledger", "verify", "--home", home)
    assert (code, "the chain holds: 1 entries" in out) == (0, True)
    key = out.split()[-1]
    file = elsewhere / "receipt.json"
    assert quotewell(capsys, "ledger", "export", "--home", home, "--", answer_id, file)[0] == 0
    files = [elsewhere / name for name in FILES]
    for path in files:
        path.write_text(FILES[path.name], encoding="utf-8")
    shutil.rmtree(home)
    nothing = ["--home", elsewhere / "none"]
    code, out, _ = quotewell(capsys, "verify", file, *files, "--key", key, *nothing)
    assert (code, out.endswith("\nproved\n")) == (0, True)
    assert not (elsewhere / "none").exists()
    code, out, _ = quotewell(capsys, "verify", file, *nothing)
    assert (code, "give the original file" in out) == (1, True)
    code, out, _ = quotewell(capsys, "verify", file, *files, "--key", "0" * 32, *nothing)
    assert (code, "FAIL key" in out) == (1, True)
    files[0].write_text(FILES["biopsy.md"].replace("little", "lot"), encoding="utf-8")
    code, out, _ = quotewell(capsys, "verify", file, *files, *nothing)
    assert (code, "NOT PROVED" in out) == (1, True)
    file.write_text(file.read_text(encoding="utf-8").replace("little", "lot"), encoding="utf-8")
    code, out, _ = quotewell(capsys, "verify", file, *files, *nothing)
    assert (code, "FAIL receipt: its text was changed" in out) == (1, True)


def test_a_changed_row_is_named_by_the_command(assistant, ledger, answer_id, capsys):
    home = assistant.library.home
    with sqlite3.connect(home / "ledger.db") as database:
        database.execute("UPDATE answers SET outcome = 'closest'")
    database.close()
    code, out, _ = quotewell(capsys, "ledger", "verify", "--home", home)
    assert (code, "FAIL the listed answer of entry 1 was changed" in out) == (1, True)
    code, out, _ = quotewell(capsys, "ledger", "verify", "--json", "--home", home)
    assert (code, json.loads(out)["faults"][0]["number"]) == (1, 1)


def test_words_are_forgotten_from_the_command_line(assistant, ledger, answer_id, capsys):
    home = assistant.library.home
    code, out, _ = quotewell(capsys, "ledger", "forget", "--days", "1", "--home", home)
    assert (code, "the words of 0 entries" in out) == (0, True)
    code, out, _ = quotewell(capsys, "ledger", "forget", "--days", "0", "--home", home)
    assert (code, "the words of 1 entries" in out) == (0, True)
    code, out, _ = quotewell(capsys, "ledger", "show", "--home", home)
    assert "(forgotten)" in out
    receipt = make_receipt(ledger, assistant.library, answer_id)
    assert receipt["question"] is None
    jsonschema.validate(json.loads(canonical(receipt)), SCHEMA)


def test_a_number_of_days_below_nought_is_not_understood(assistant, ledger, capsys):
    home = assistant.library.home
    code, _, err = quotewell(capsys, "ledger", "forget", "--days", "-1", "--home", home)
    assert (code, "give --days 0 or more" in err) == (2, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "is no receipt of the form quotewell-receipt-1"),
        ('{"format": "quotewell-receipt-1"}', "lacks parts or was changed"),
    ],
)
def test_what_is_no_receipt_is_refused_in_one_line(tmp_path, capsys, text, words):
    file = tmp_path / "receipt.json"
    file.write_text(text)
    code, _, err = quotewell(capsys, "verify", file, "--home", tmp_path)
    assert (code, words in err, err.count("\n")) == (1, True, 1)


def test_a_home_without_a_ledger_is_not_given_one(tmp_path, capsys):
    code, _, err = quotewell(capsys, "ledger", "verify", "--home", tmp_path / "x")
    assert (code, "holds no ledger yet" in err) == (1, True)
    assert not (tmp_path / "x").exists()
