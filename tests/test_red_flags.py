"""Red flags: the rules' own examples, our labelled messages, and what the layer promises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.red_flags import check_messages, messages, redflags_report
from qa.settings import Settings
from qa.terminal import BadInput
from qa.triage.care_card import care_card, red_flag_to_json
from qa.triage.check import triage
from qa.triage.rules import Level, card_text

GROUPS = [group for language in triage().languages for group in language.groups]
RULES = [(group, rule) for group in GROUPS for rule in group.rules]
EXAMPLES = [
    (group.language, rule.rule_id, text, expected)
    for group, rule in RULES
    for texts, expected in ((rule.fires, True), (rule.quiet, False))
    for text in texts
]
WANTED = (
    "anaphylaxis bleeding breathing cauda-equina chest-pain child-pregnancy clot cord-compression "
    "high-calcium infection limb-weakness poisoning seizure sepsis severe-headache severe-pain "
    "stroke suicide"
).split()


def named(group):
    return f"{group.language}-{group.name}"


@pytest.fixture(scope="module")
def report():
    return redflags_report()


@pytest.mark.parametrize(("language", "rule", "text", "expected"), EXAMPLES)
def test_a_rule_fires_on_its_examples_and_all_keep_still_on_the_others(
    language, rule, text, expected
):
    flag = triage().check(text)
    fired = {(one.language, one.rule) for one in flag.fired} if flag else set()
    assert (language, rule) in fired if expected else not fired


@pytest.mark.parametrize("language", triage().languages, ids=lambda language: language.name)
def test_every_language_has_every_group(language):
    assert sorted(group.name for group in language.groups) == WANTED


@pytest.mark.parametrize("group", GROUPS, ids=named)
def test_a_group_says_why_from_where_and_has_examples_both_ways(group):
    assert group.reason
    assert "to be confirmed at sign-off" in group.source or "por confirmar" in group.source
    assert group.ask.endswith("?")
    assert all(rule.fires and rule.quiet for rule in group.rules)


def test_no_emergency_among_our_messages_is_missed(report):
    assert report["recall"][Level.EMERGENCY] == 1.0


def test_few_of_our_other_messages_raise_an_alarm(report):
    assert report["false_alarms"] <= 0.05


def test_urgent_signs_are_found_in_both_languages(report):
    assert report["recall"][Level.URGENT] >= 0.97
    assert all(share >= 0.97 for share in report["recall_by_language"].values())


def test_there_are_enough_messages_of_both_kinds():
    levels = [message.level for message in messages()]
    assert len(levels) == 1209
    assert sum(level is Level.EMERGENCY for level in levels) >= 400
    assert sum(level is None for level in levels) >= 600


def test_a_message_takes_few_milliseconds_of_the_processor(report):
    """The aim is 5; about 12 were measured beside others, and much more means it became slow."""
    assert report["ms_median"] < 4
    assert report["ms_of_2000_characters"] < 40


def test_the_most_urgent_rule_comes_first_and_tells_its_words():
    flag = triage().check("My calf is swollen and sore, and I took all my tablets to kill myself")
    assert [fired.level for fired in flag.fired] == sorted(
        (fired.level for fired in flag.fired), key=list(Level).index
    )
    assert flag.first.group == "suicide"
    assert "kill myself" in flag.first.words


def test_of_two_languages_the_preferred_one_comes_first_at_equal_urgency():
    both = "I can't breathe. No puedo respirar."
    assert triage().check(both, "es").first.language == "es"
    assert triage().check(both, "en").first.language == "en"


@pytest.mark.parametrize(
    "text",
    [
        "I CAN’T FEEL MY LEGS!!!",
        "i cant feel my leggs",
        "I  cannot\u200b feel   my legs 😢😢",
        "Ｉ ｃａｎ'ｔ ｆｅｅｌ ｍｙ ｌｅｇｓ",
        "icant feel my legs",
        "I caaaan't feeeel my legs",
        "my legs, I really can not properly feel them",
        "no puedo sentir las piérnas",
        "<b>I can't feel</b> my *legs*",
    ],
)
def test_writing_makes_no_difference(text):
    assert triage().check(text).first.level is Level.EMERGENCY


@pytest.mark.parametrize("text", ["", " ", "🙂🙂", "?!", "a" * 5000, "\x00\ufffd", "脚が動かない"])
def test_what_says_nothing_in_our_languages_is_none(text):
    assert triage().check(text) is None


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text):
    flag = triage().check(text)
    assert flag is None or flag.first.words


def test_many_cues_and_signs_in_one_message_are_still_read_quickly():
    text = "no leg weakness or numbness, no fever after surgery, " * 200
    (checked,) = check_messages([next(messages())._replace(text=text)], triage())
    assert checked.took_ms < 2000


@pytest.mark.parametrize(("group", "rule"), RULES, ids=lambda part: getattr(part, "rule_id", None))
def test_every_rule_has_a_card_that_tells_whom_to_call_and_diagnoses_nobody(group, rule):
    text = card_text(rule.notice, group.language)
    assert "{emergency_number}" in text
    assert "you have a " not in text.lower()
    assert "you do not have" not in text.lower()


def test_a_card_has_the_numbers_of_the_settings_and_says_that_nobody_signed():
    flag = triage().check("I want to kill myself")
    card = care_card(flag, Settings(emergency_number="112", crisis_line="Helpline 123"))
    assert card.level is Level.CRISIS
    assert "112" in card.advice
    assert "Helpline 123" in card.advice
    assert "not yet signed off" in card.unsigned
    assert care_card(flag, Settings(), signed=True).unsigned == ""


def test_a_card_whose_numbers_nobody_set_speaks_one_language():
    card = care_card(triage().check("No puedo respirar"), Settings())
    assert "número de emergencias" in card.advice
    assert card.prefix == "Emergencia:"


def test_the_json_names_the_rule_its_level_and_its_notice():
    urgent = red_flag_to_json(triage().check("I can't breathe"))
    assert (urgent["rule"], urgent["level"]) == ("breathing", "emergency")
    assert urgent["notice"] == "urgent.breathing"
    assert red_flag_to_json(None) is None


def test_a_row_that_lacks_something_is_told_with_its_line(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('\n{"id": "x", "text": "?", "lang": "en", "level": null}\n')
    with pytest.raises(BadInput, match=r"rows\.jsonl line 2 lacks 'fires'"):
        list(messages(path))
