"""Where an answer's time goes: every stage is heard when somebody listens, and none otherwise."""

import pytest

from qa.answer import Turn
from qa.stages import heard, stage

BIOPSY = "# Biopsy\n\n## Pain\n\nA biopsy hurts a little. The skin is numbed first.\n"


def test_what_is_gone_through_twice_is_added_up():
    with heard() as stages:
        for name in ("search", "weigh", "search"):
            with stage(name):
                pass
    assert list(stages) == ["search", "weigh"]
    assert all(took >= 0 for took in stages.values())


def test_nobody_listening_nothing_is_kept():
    with stage("search"):
        pass
    with heard() as stages:
        pass
    assert stages == {}


def test_a_stage_that_fails_is_told_and_the_error_goes_on():
    with heard() as stages:
        with pytest.raises(ValueError, match="no"), stage("search"):
            raise ValueError("no")
        with stage("weigh"):
            pass
    assert list(stages) == ["search", "weigh"]


def test_an_answer_tells_its_stages_in_order(assistant_of):
    assistant = assistant_of({"biopsy.md": BIOPSY})
    answer, workings = assistant.ask_with_workings("Does a biopsy hurt?")
    order = "red flags,understand,library,embed,search,weigh,decide,choose,cut,personal"
    assert ",".join(workings.stages) == order
    assert sum(workings.stages.values()) < 10_000
    assert answer.quotes


def test_a_follow_up_is_embedded_twice_and_told_once(assistant_of):
    assistant = assistant_of({"biopsy.md": BIOPSY})
    before = [Turn("Does a biopsy hurt?", "Does a biopsy hurt?")]
    _, workings = assistant.ask_with_workings("and is it numbed?", before)
    assert {"embed", "search", "weigh"} < workings.stages.keys()


def test_talk_is_not_searched(assistant_of):
    _, workings = assistant_of({"biopsy.md": BIOPSY}).ask_with_workings("hello")
    assert "search" not in workings.stages
