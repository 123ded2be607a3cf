"""Signing red-flag rules: recorded, bound to one version, and lost when the rules change."""

import json
from datetime import date

import pytest

from qa.cli import main
from qa.triage.check import triage
from qa.triage.signatures import (
    SIGNATURES_FILE,
    SignatureError,
    group_named,
    read_signatures,
    sign,
    signature_of,
)

ON = date(2026, 1, 2)


@pytest.fixture
def stroke():
    return group_named("stroke", "en", triage())


@pytest.fixture
def run(capsys, tmp_path):
    def run(*words):
        code = main(["--home", str(tmp_path), "red-flags", *words])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_nothing_is_signed_in_a_new_home(tmp_path, stroke):
    assert signature_of(stroke, read_signatures(tmp_path)) is None


def test_a_signature_is_kept_with_who_when_and_which_version(tmp_path, stroke):
    given = sign(tmp_path, stroke, "Dr Ada, neurologist", ON)
    assert signature_of(stroke, read_signatures(tmp_path)) == given
    assert (given.by, given.on, given.version) == (
        "Dr Ada, neurologist",
        "2026-01-02",
        stroke.version,
    )


def test_a_changed_group_loses_its_signature_and_the_old_one_is_kept(tmp_path, stroke):
    sign(tmp_path, stroke, "Dr Ada", ON)
    changed = type(stroke)(
        **{name: getattr(stroke, name) for name in stroke.__slots__} | {"version": "other"}
    )
    assert signature_of(changed, read_signatures(tmp_path)) is None
    assert len(read_signatures(tmp_path)) == 1


def test_a_signature_needs_a_name(tmp_path, stroke):
    with pytest.raises(SignatureError, match="needs the name and role of the clinician"):
        sign(tmp_path, stroke, "  ", ON)


def test_a_damaged_file_is_told(tmp_path):
    (tmp_path / SIGNATURES_FILE).write_text("{}\n")
    with pytest.raises(SignatureError, match=r"is damaged: .*restore it from a backup"):
        read_signatures(tmp_path)


def test_the_commands_list_sign_and_list_again(run):
    assert "36 groups are not yet signed off by a clinician" in run("list")[1]
    code, out, _ = run("sign", "stroke", "--by", "Dr Ada", "--language", "es")
    assert code == 0
    assert "signed by Dr Ada" in out
    rows = [json.loads(line) for line in run("list", "--json")[1].splitlines()]
    assert [(r["language"], r["group"]) for r in rows if r["signed"]] == [("es", "stroke")]


def test_an_unknown_group_is_told_with_the_known_ones(run):
    code, _, err = run("sign", "stork", "--by", "Dr Ada")
    assert code == 1
    assert "there is no group 'stork' in 'en'; known: anaphylaxis" in err


def test_a_message_is_checked_in_a_home_without_library_or_index(run, tmp_path):
    code, out, _ = run("check", "I can't feel my legs")
    assert code == 0
    assert "Emergency: Get emergency help now" in out
    assert json.loads(run("check", "I can't feel my legs", "--json")[1])["level"] == "emergency"
    assert run("check", "hello")[1] == "no rule fired\n"
    assert list(tmp_path.iterdir()) == []
