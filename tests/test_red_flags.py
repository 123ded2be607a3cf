"""Red flags: every rule fires on its own examples, keeps still on the others, and is fast."""

import pytest

from qa.triage.check import triage

EXAMPLES = [
    (language.name, rule.rule_id, text, expected)
    for language in triage().languages
    for group in language.groups
    for rule in group.rules
    for texts, expected in ((rule.fires, True), (rule.quiet, False))
    for text in texts
]


@pytest.mark.parametrize(("language", "rule", "text", "expected"), EXAMPLES)
def test_a_rule_fires_on_its_examples_and_all_keep_still_on_the_others(
    language, rule, text, expected
):
    flag = triage().check(text)
    fired = {(one.language, one.rule) for one in flag.fired} if flag else set()
    assert (language, rule) in fired if expected else not fired
