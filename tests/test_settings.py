"""Settings: defaults, and errors that say where and what to write."""

import json
from dataclasses import FrozenInstanceError, fields

import pytest

from qa.settings import SETTINGS_FILE, Settings, SettingsError, read_settings


@pytest.fixture
def home(tmp_path):
    return tmp_path


def write(home, text):
    (home / SETTINGS_FILE).write_text(text, encoding="utf-8")
    return read_settings(home)


def test_the_share_of_wrong_answers_is_one_that_was_calibrated(home):
    assert write(home, "wrong_at_most = 0.1").wrong_at_most == 0.1
    with pytest.raises(SettingsError, match=r"wrong_at_most must be one of 0.05, 0.1"):
        write(home, "wrong_at_most = 0.15")


def test_a_home_without_a_file_has_the_defaults(home):
    assert read_settings(home) == Settings(home=home)


def test_an_empty_file_has_the_defaults(home):
    assert write(home, "") == Settings(home=home)


def test_every_setting_can_be_written(home):
    values = {f.name: f.default for f in fields(Settings) if f.name != "home"}
    text = "\n".join(f"{key} = {json.dumps(value)}" for key, value in values.items())
    assert write(home, text) == Settings(home=home)


def test_what_is_written_is_used(home):
    read = write(home, 'port = 9000\nemergency_number = "112"\nengine = "exact"\n')
    assert (read.port, read.emergency_number, read.engine) == (9000, "112", "exact")


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("prot = 1", "port"),
        ("max_quote = 2", "max_quotes"),
        ('emergency = "9"', "emergency_number"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_known_one(home, text, near):
    key = text.split(" ")[0]
    with pytest.raises(SettingsError, match=f"unknown setting '{key}'; did you mean '{near}'"):
        write(home, text)


def test_a_key_like_no_other_is_told_with_all_known_ones(home):
    with pytest.raises(
        SettingsError, match="unknown setting 'xyzzy'; known: model, reranker, engine"
    ):
        write(home, "xyzzy = 1")


@pytest.mark.parametrize(
    ("text", "kind"),
    [('port = "7860"', "int"), ("port = true", "int"), ("port = 1.0", "int"), ("host = 1", "str")],
)
def test_a_value_of_another_type_is_told_with_the_right_one(home, text, kind):
    with pytest.raises(SettingsError, match=f"must be of type {kind}; correct it"):
        write(home, text)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("port", 0, 65535),
        ("max_quotes", 1, 10),
        ("max_question_characters", 100, 20000),
        ("concurrent_questions", 1, 256),
        ("queue_size", 1, 10000),
    ],
)
def test_a_number_out_of_range_is_told_with_the_range(home, name, low, high):
    for fits in (low, high):
        assert getattr(write(home, f"{name} = {fits}"), name) == fits
    for outside in (low - 1, high + 1):
        with pytest.raises(SettingsError, match=f"{name} must be between {low} and {high}"):
            write(home, f"{name} = {outside}")


def test_an_unknown_engine_is_told_with_the_known_ones(home):
    with pytest.raises(SettingsError, match="engine must be one of auto, exact, faiss"):
        write(home, 'engine = "milvus"')


@pytest.mark.parametrize("data", [b"port = ", b"port: 1", b"\xff\xfe", b"port = 1\nport = 2"])
def test_a_file_that_does_not_parse_is_told(home, data):
    (home / SETTINGS_FILE).write_bytes(data)
    with pytest.raises(SettingsError, match=rf"{SETTINGS_FILE} does not parse: .*; correct it"):
        read_settings(home)


def test_settings_cannot_be_changed(home):
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'port'"):
        Settings(home=home).port = 1


@pytest.mark.parametrize("engine", ["milvus", "milvus://", "mulvis://host:1", "auto://x", ""])
def test_what_is_no_address_of_an_engine_is_refused(home, engine):
    (home / "quotewell.toml").write_text(f'engine = "{engine}"')
    with pytest.raises(SettingsError, match=r"faiss-ivf, milvus://HOST:PORT; correct it"):
        read_settings(home)


def test_an_engine_may_be_chosen_by_its_address(home):
    (home / "quotewell.toml").write_text('engine = "milvus+tls://search.example:443/library"')
    assert read_settings(home).engine == "milvus+tls://search.example:443/library"
