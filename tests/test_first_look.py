"""What comes before the library: warnings that nothing keeps back, and what an answer becomes."""

import json
import logging
import re
import shutil
from datetime import date

import pytest

from index.errors import NoSnapshot
from qa.answer import Outcome
from qa.answer_json import answer_to_json
from qa.answer_text import answer_as_text
from qa.assistant import Assistant
from qa.cli import main
from qa.first_look import card_to_show, is_crisis
from qa.notices import notice_text
from qa.settings import Settings
from qa.triage.check import triage
from qa.triage.signatures import SIGNATURES_FILE, group_named, sign
from qa.ui.care import care
from sources.document import Audience
from sources.library import Library

NUMB = "I suddenly cannot feel my legs and I cannot pee"
NUMB_ES = "No siento las piernas y no puedo orinar desde hoy"
CRISIS = "I want to kill myself"
URGENT = "My calf is swollen, hot and painful since yesterday"
DOSE = "Should I take more morphine?"
LEGS = (
    "# Legs\n\n## Warning signs\n\nLegs that you cannot feel and a bladder that cannot pee are an "
    "emergency.\n\n## Morphine\n\nTo take more morphine, ask your doctor first.\n"
)
NUMBERS = {
    "emergency_number": "999",
    "urgent_line": "NHS 111",
    "crisis_line": "Samaritans on 116 123",
}


@pytest.fixture
def assistant(assistant_of):
    made = assistant_of({"legs.md": LEGS})
    made.settings = Settings(home=made.settings.home, **NUMBERS)
    return made


@pytest.fixture
def without_index(tmp_path, embedder):
    library = Library(tmp_path / "home")
    yield Assistant(Settings(home=library.home, **NUMBERS), library, embedder)
    library.close()


def plain(markup):
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def test_a_warning_comes_before_the_quotes(assistant):
    answer = assistant.ask(NUMB)
    assert answer.urgent.first.level == "emergency"
    assert "cannot feel" in answer.quotes[0].text
    said = answer_as_text(answer, assistant.settings)
    assert said.startswith("Emergency: Get emergency help now\n")
    assert said.index("999") < said.index("[1]")
    assert "not yet signed off by a clinician" in said


def test_a_warning_as_json_names_rule_level_and_notice(assistant):
    told = answer_to_json(assistant.ask(NUMB))["urgent"]
    assert (told["rule"], told["level"]) == ("cauda-equina", "emergency")
    assert notice_text(told["notice"])
    assert answer_to_json(assistant.ask("What are the warning signs?"))["urgent"] is None


@pytest.mark.parametrize("text", [NUMB, NUMB_ES, URGENT])
def test_without_an_index_the_warning_comes_with_a_word_on_the_search(without_index, text):
    answer = without_index.ask(text)
    assert (answer.outcome, answer.quotes) == (Outcome.NOT_SEARCHED, ())
    said = answer_as_text(answer, without_index.settings)
    assert said.index(notice_text("outcome.not_searched")) > said.index("999")
    with pytest.raises(NoSnapshot, match="nothing is indexed yet"):
        without_index.ask("What is a biopsy?")


def test_with_a_damaged_index_or_library_the_warning_comes(assistant, caplog):
    for folder in (assistant.settings.home / "snapshots").iterdir():
        for file in folder.glob("*.npy"):
            file.write_bytes(b"broken")
    fresh = Assistant(assistant.settings, assistant.library, assistant.embedder)
    assert fresh.ask(NUMB).outcome is Outcome.NOT_SEARCHED
    shutil.rmtree(assistant.settings.home / "snapshots")
    assert fresh.ask(NUMB).urgent
    assert len([r for r in caplog.records if "warned without searching" in r.message]) == 2


def test_a_failure_that_nobody_expected_keeps_no_warning_back(assistant, caplog):
    def fail(texts, seen=None):
        raise RuntimeError(f"no power for {texts}")

    assistant.embedder.embed = fail
    with caplog.at_level(logging.ERROR):
        assert assistant.ask(NUMB).outcome is Outcome.NOT_SEARCHED
    assert "RuntimeError at " in caplog.text
    assert "legs" not in caplog.text
    with pytest.raises(RuntimeError, match="no power"):
        assistant.ask("What are the warning signs?")


def test_a_crisis_shows_help_and_nothing_that_goes_on_beside_it(assistant):
    answer = assistant.ask(f"{CRISIS}. My name is Ann Lee")
    assert is_crisis(answer.urgent)
    assert answer.outcome is not Outcome.ANSWERED
    assert (answer.quotes, answer.related, answer.personal) == ((), (), None)
    assert answer.details == frozenset()
    said = answer_as_text(answer, assistant.settings)
    assert said.startswith("Help now: You do not have to face this alone\n")
    assert "116 123" in said
    for name in ("outcome.not_in_library", "outcome.not_searched", "disclaimer.patient"):
        assert notice_text(name) not in said
    assert "kill" not in said


def test_in_a_crisis_words_that_answer_stay(assistant_of):
    helped = "# Help\n\n## Feeling suicidal\n\nWhen you want to kill yourself, talk to someone.\n"
    answer = assistant_of({"help.md": helped}).ask("I want to kill myself, who can I talk to?")
    assert is_crisis(answer.urgent)
    kept = bool(answer.quotes)
    assert kept == (answer.outcome is Outcome.ANSWERED)
    assert answer.related == ()


def test_a_question_about_one_person_comes_with_who_can_answer(assistant):
    answer = assistant.ask(DOSE)
    assert (answer.urgent, answer.personal.kind) == (None, "dose-change")
    told = answer_to_json(answer)["personal"]
    assert (told["notice"], len(told["to_ask"])) == ("personal.dose_change", 3)
    said = answer_as_text(answer, assistant.settings)
    assert said.startswith(notice_text("personal.dose_change"))
    assert notice_text("personal.dose_change_three") in said
    nothing_found = answer_as_text(assistant.ask("Can I double my gabapentin?"), assistant.settings)
    assert notice_text("personal.dose_change") in nothing_found
    assert (notice_text("personal.below") in nothing_found) == ("[1]" in nothing_found)
    assert notice_text("personal.dose_change_one") in nothing_found


def test_identifying_details_are_noticed(assistant):
    answer = assistant.ask("My e-mail is ann@example.org. Is a weak bladder an emergency?")
    assert answer_to_json(answer)["details"] == ["email"]
    assert notice_text("masking.noticed") in answer_as_text(answer, assistant.settings)
    assert assistant.ask("Is T12 with 40 mg an emergency?").details == frozenset()


def test_a_card_links_each_number_once_in_the_order_of_its_advice():
    settings = Settings(**NUMBERS)
    card = care(triage().check(URGENT), 1, settings)
    assert re.findall(r'href="([^"]+)"', card) == ["tel:111", "tel:999"]
    assert re.findall(r'href="([^"]+)"', care(triage().check(CRISIS), 1, settings)) == [
        "tel:116123",
        "tel:999",
    ]
    assert "href" not in care(triage().check(NUMB), 1, Settings())


def test_a_card_is_in_the_language_of_the_message():
    card = care(triage().check(NUMB_ES), 1, Settings(**NUMBERS))
    assert 'lang="es"' in card
    assert "Emergencia: Pida ayuda de emergencia ahora" in plain(card)


@pytest.mark.parametrize("text", [NUMB, NUMB_ES, CRISIS, URGENT])
def test_a_card_never_says_what_anybody_has(text):
    said = plain(care(triage().check(text), 1, Settings(**NUMBERS))).lower()
    assert not re.search(
        r"\byou (do not |don't |may |might )?have\b(?! to| hurt| had| a cancer)", said
    )
    assert "usted tiene" not in said


def test_words_of_a_message_are_text_and_settings_are_text():
    settings = Settings(emergency_number="<b>999</b>")
    card = care(triage().check(NUMB), 1, settings)
    assert "<b>" not in card
    assert "&lt;b&gt;999" in card


def test_the_card_says_so_until_a_clinician_has_signed(tmp_path):
    flag, settings = triage().check(NUMB), Settings(home=tmp_path)
    assert card_to_show(flag, settings).unsigned
    (tmp_path / SIGNATURES_FILE).write_text("not JSON\n", encoding="utf-8")
    assert card_to_show(flag, settings).unsigned
    (tmp_path / SIGNATURES_FILE).unlink()
    group = group_named(flag.first.group, "en", triage())
    sign(tmp_path, group, "Dr A. Reader, spinal nurse", date(2026, 1, 2))
    assert card_to_show(flag, settings).unsigned == ""


def test_at_equal_support_the_reader_decides_whose_source_comes_first(assistant_of):
    text = "---\ntitle: {0}\naudience: {0}\n---\n\n# {0}\n\nA biopsy needs one small needle.\n"
    files = {f"{a.value}.md": text.format(a.value) for a in Audience}
    assistant = assistant_of(files)
    for audience in Audience:
        quotes = assistant.ask("What does a biopsy need?", audience=audience).quotes
        assert quotes[0].source.audience is audience


def test_the_command_line_warns_without_an_index(tmp_path, capsys):
    home = str(tmp_path / "home")
    assert main(["--home", home, "ask", NUMB]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("Emergency: ")
    assert notice_text("outcome.not_searched") in said.out
    assert said.err == "quotewell: nothing is indexed yet; run `quotewell index build`\n"
    assert main(["--home", home, "ask", NUMB, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["urgent"]["level"] == "emergency"
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"q": q}) + "\n" for q in (URGENT, "What is a biopsy?")))
    assert main(["--home", home, "ask", "--batch", str(rows), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["urgent"]["level"] == "urgent"
