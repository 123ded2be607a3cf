"""The rule language: phrases, scopes, rule files, and errors that say what to correct."""

import shutil

import pytest

from qa.triage.check import Triage
from qa.triage.phrases import Lexicon, PhraseError
from qa.triage.reading import read
from qa.triage.rules import RED_FLAGS, Language, RuleError
from qa.triage.wording import Spelling, Vocabulary, plain

SPELLING = Spelling(
    stemmer="english",
    expand={"cant": "can not", "feet": "foot"},
    fillers=frozenset({"my", "really", "the"}),
    telltale=frozenset({"the"}),
    negators=frozenset({"not"}),
)


def found(text, *phrases, **concepts):
    """What a concept of these phrases finds in `text`."""
    lexicon = Lexicon(SPELLING, {**concepts, "sought": phrases})
    reading = read(text, lexicon)
    return [reading.written(match) for match in reading.find("sought")]


@pytest.mark.parametrize(
    ("text", "phrase", "words"),
    [
        ("I was vomiting", "vomit", ["vomiting"]),
        ("can't feel my foot", "can not ... feel", ["can't feel"]),
        ("can not quite always feel", "can not ... feel", ["can not quite always feel"]),
        ("can not at all even now then feel", "can not ... feel", []),
        ("can not. I feel", "can not ... feel", []),
        ("numb my really the feet", "numb foot", ["numb my really the feet"]),
        ("numb cold feet", "numb foot", []),
        ("dead or numb", "numb/dead", ["dead", "numb"]),
        ("it was 38,5 then 37", "#38-42", ["38,5"]),
        ("he died and is dying", "=died", ["died"]),
        ("feel and not see", "feel ... see", []),
        ("vomitting", "vomit", ["vomitting"]),
        ("cantfeel it", "can not feel", ["cantfeel"]),
    ],
)
def test_a_phrase_finds(text, phrase, words):
    assert found(text, phrase) == words


def test_a_phrase_may_name_concepts_beside_words():
    limbs = {"leg": ["leg", "foot"], "limb": ["{leg}/arm"]}
    assert found("my foot, an arm", "{limb}", **limbs) == ["foot", "arm"]


@pytest.mark.parametrize(
    ("phrase", "problem"),
    [
        ("... feel", "must begin and end with a word"),
        ("", "must begin and end with a word"),
        ("{nowhere}", "unknown concept nowhere; define it"),
        ("Feel", "must be lower-case letters"),
        ("#hot", "is no range such as #38-42"),
        ("cant feel", "stands for 'can not'; write that"),
        ("{sought} a", "the concept sought contains itself"),
    ],
)
def test_a_phrase_that_cannot_be_understood_is_told(phrase, problem):
    with pytest.raises(PhraseError, match=problem):
        found("text", phrase)


def test_a_slip_is_taken_for_the_nearest_word_and_a_real_word_is_not():
    vocabulary = Vocabulary(["weakness", "chest"], [])
    assert vocabulary.meant("weekness") == "weakness"
    assert vocabulary.meant("chets") == "chest"
    assert vocabulary.meant("chess") == "chess"
    assert vocabulary.meant("zzz") == "zzz"


def test_the_tilde_of_an_n_stays_and_other_marks_go():
    assert plain("AÑOS") == "años"
    assert plain("Crème") == "creme"
    assert plain("can’t") == "cant"


# Scopes, on the project's own English and Spanish


@pytest.mark.parametrize(
    ("text", "fires"),
    [
        ("I have no chest pain", False),
        ("Not only chest pain but I feel faint", True),
        ("No chest pain, but I cannot breathe", True),
        ("I had chest pain two years ago", False),
        ("I had chest pain two years ago and it is back again today", True),
        ("My father died of a stroke", False),
        ("My father can't move his arm", True),
        ("What if I get chest pain?", False),
        ("Can a tumour cause chest pain?", False),
        ("Is it normal that I have chest pain right now?", True),
        ("I might be wrong but my chest hurts", True),
        ("No tengo dolor de pecho", False),
        ("Tengo dolor de pecho", True),
        ("Tuve dolor de pecho hace dos años", False),
        ("¿Un tumor puede causar dolor de pecho?", False),
        ("Weak at the knees when the surgeon walked in", False),
        ("Weak at the knees when the surgeon walked in, and I can't move my arm", True),
        ("Should a fever after chemo always be reported?", False),
        ("I have a fever after chemo, should it be reported?", True),
        ("Had lymphoma years back. Now my back pain wakes me every night", True),
        ("My wound is a bit sore, nurse says that is normal", False),
        ("I'm a bit breathless and can't get enough air, nurse says that is normal", True),
        ("I lost all power in my legs, doing a poster about it for my dissertation", False),
        ("Me ahogo en papeles del seguro", False),
        ("Me ahogo, no me entra aire", True),
        ("No se me duermen las piernas", False),
    ],
)
def test_how_a_sign_is_spoken_of_decides(own_rules, text, fires):
    assert bool(own_rules.check(text)) is fires


@pytest.fixture(scope="module")
def own_rules():
    return Triage([Language(RED_FLAGS / "en"), Language(RED_FLAGS / "es")])


# Rule files


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(RED_FLAGS / "en", tmp_path / "en")


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("stroke.toml", "group =", "group", r"stroke\.toml does not parse: .*; correct it"),
        ("stroke.toml", "reason =", "raisin =", r"stroke\.toml has the unknown raisin; correct it"),
        ("stroke.toml", "why =", "y =", r"stroke\.toml has the unknown y; correct it"),
        ("stroke.toml", "[concepts]", '[concepts]\nlegs = ["leg"]', "defines legs again"),
        ("stroke.toml", "{droop}", "{saddle}", "uses saddle of another group; share it"),
        ("language.toml", 'sense = "past"', 'sense = "gone"', "a cue in .* has .*gone.*; correct"),
    ],
)
def test_a_rule_file_that_cannot_be_used_is_told(folder, name, old, new, problem):
    change(folder / name, old, new)
    with pytest.raises(RuleError, match=problem):
        _ = Language(folder).groups


def test_the_version_of_a_group_covers_its_file_and_what_it_shares(folder):
    def versions():
        return {group.name: group.version for group in Language(folder).groups}

    before = versions()
    change(folder / "stroke.toml", "face", "visage")
    after = versions()
    assert {name for name in before if before[name] != after[name]} == {"stroke"}
    change(folder / "language.toml", "numb", "benumbed")
    assert all(versions()[name] != after[name] for name in after)
