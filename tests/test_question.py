"""What is searched for what a person wrote."""

import pytest

from index.words import stem
from qa.answer import Turn
from qa.english import LEAST_WEIGHT, correct, is_english, weight
from qa.notices import notice_text
from qa.question import CARRIED_TERMS, Vocabulary, subjects_of, understand

SUBJECTS = subjects_of(["Biopsy of the spine", "Vertebroplasty", "Radiotherapy", "Hemangioma"])
KNOWN = {
    word: count
    for count, word in enumerate(
        "spread back spinal biopsy needle hemangioma hemangiomas symptoms surgery vertebroplasty "
        "cement radiotherapy pregnancy embolization tumour growth metastasis".split(),
        start=5,
    )
}
LIBRARY = Vocabulary(KNOWN, SUBJECTS)


def searched(text, *before, exact=False):
    history = [Turn(one, one) for one in before]
    return understand(text, history, LIBRARY, exact=exact).searched


def notice(text, limit=2000):
    return understand(text, (), LIBRARY, limit=limit).notice


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello!", "talk.greeting"),
        ("hi there", "talk.greeting"),
        ("Good morning, how are you?", "talk.greeting"),
        ("Thanks a lot!!", "talk.thanks"),
        ("ok thank you so much for your help", "talk.thanks"),
        ("that's helpful", "talk.thanks"),
        ("Bye bye", "talk.goodbye"),
        ("Who are you?", "talk.about"),
        ("are you a real doctor?", "talk.about"),
    ],
)
def test_talk_is_answered_as_talk(text, name):
    assert notice(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "Hello, does a biopsy hurt?",
        "thanks, and how long does it take?",
        "help me with my back pain",
        "good morning stiffness",
        "are you allowed to eat before surgery",
        "what can I do after surgery",
        "hi dose radiotherapy",
        "who are you supposed to ring",
    ],
)
def test_talk_in_front_of_a_question_does_not_hide_it(text):
    assert notice(text) is None


@pytest.mark.parametrize("text", ["", " \t\n", "?!…", "🙂👍🏽", "\x00\x07\u200b", "___", "—"])
def test_what_holds_no_word_is_told_so(text):
    assert notice(text) == "question.empty"


@pytest.mark.parametrize("text", ["a" * 20_000, "pain " * 4_000, "?" * 20_000, "hello " * 400])
def test_what_is_too_long_is_told_so_and_kept_short(text):
    question = understand(text, (), LIBRARY, limit=2000)
    assert question.notice == "question.too_long"
    assert (len(question.asked), question.searched, question.terms) == (2000, "", ())


def test_the_limit_counts_what_a_person_can_see():
    assert notice("a" * 100, limit=100) is None
    assert notice("a" * 101, limit=100) == "question.too_long"
    assert notice("pain\n" + " " * 5000, limit=100) is None


def test_control_characters_and_blanks_become_single_blanks():
    assert searched("does\x00 a\u200b\tbiopsy\r\n hurt?\x1b") == "does a biopsy hurt?"


def test_a_decomposed_letter_is_searched_composed():
    assert searched("cafe\u0301") == "café"


@pytest.mark.parametrize("name", ["question.empty", "question.too_long", "talk.greeting"])
def test_every_notice_of_a_question_was_written(name):
    assert notice_text(name)


def test_slips_are_corrected_against_the_words_of_the_library():
    assert searched("hemangoma sympotms") == "hemangioma symptoms"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("biospy", "biopsy"),
        ("Biopsey?", "biopsy?"),
        ("metastatis", "metastasis"),
        ("vertabroplasty", "vertebroplasty"),
        ("radiothreapy", "radiotherapy"),
    ],
)
def test_a_slip_is_mended(wrong, right):
    assert searched(wrong) == right


@pytest.mark.parametrize(
    "text", ["my bank", "bread for surgeons", "Spinach", "sock", "tumult", "grown", "necdle eye"]
)
def test_a_real_word_is_never_touched(text):
    kept = [word for word in text.split() if is_english(word.lower())]
    assert [word for word in searched(text).split() if word in kept] == kept


@pytest.mark.parametrize(
    "text", ["can it go where it shouldnt", "theyre moving it", "why wouldnt they", "it isnt back"]
)
def test_a_left_out_apostrophe_is_no_slip(text):
    known = {**KNOWN, "should": 9, "there": 9, "would": 9}
    assert correct(text, known) == text


def test_bank_is_no_slip_for_back():
    assert searched("my bank hurts") == "my bank hurts"


@pytest.mark.parametrize("text", ["hemangioblastoma", "xqzvkwpt", "biop", "MRI5", "zoledronate"])
def test_a_word_that_is_far_from_all_others_stays(text):
    assert searched(text) == text


def test_another_form_of_a_known_word_is_no_slip():
    assert correct("embolizations", KNOWN) == "embolizations"


def test_nothing_is_corrected_without_known_words():
    assert correct("hemangoma", {}) == "hemangoma"


def test_the_exact_words_are_searched_when_a_person_wants_that():
    assert searched("hemangoma sympotms", exact=True) == "hemangoma sympotms"
    assert searched("does it hurt?", "How is a biopsy done?", exact=True) == "does it hurt?"


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("and how long does that take?", "biopsy"),
        ("does it hurt?", "biopsy"),
        ("what are the risks?", "biopsy"),
        ("what about in pregnancy?", "biopsy"),
        ("how long?", "biopsy"),
        ("ok, but is it safe?", "biopsy"),
    ],
)
def test_a_question_that_leans_on_the_one_before_carries_its_topic(text, topic):
    assert searched(text, "How is a biopsy done?") == f"{topic}: {text}"


@pytest.mark.parametrize(
    "text",
    [
        "What is vertebroplasty?",
        "How long does radiotherapy take?",
        "What are the symptoms of a hemangioma?",
        "Can I swim after embolization of the tumour?",
    ],
)
def test_a_new_subject_does_not_lean(text):
    assert searched(text, "How is a biopsy done?") == text


@pytest.mark.parametrize(
    "text", ["is it hereditary?", "will the surgery spread the growth?", "why the needle though"]
)
def test_a_question_in_the_words_of_the_library_without_a_subject_leans(text):
    assert searched(text, "How is a biopsy done?") == f"biopsy: {text}"


@pytest.mark.parametrize("text", ["How do I bake bread?", "Who won the football?"])
def test_a_question_on_what_the_library_never_speaks_of_does_not_lean(text):
    assert searched(text, "How is a biopsy done?") == text


def test_subjects_are_the_rarer_words_of_titles():
    found = subjects_of(["Blood tests and bone scans", "Osteosarcoma of the spine", "Side effects"])
    assert found == {stem("osteosarcoma")}


def test_only_the_last_question_is_leaned_on():
    assert searched("does it hurt?", "What is a tumour?", "How is a biopsy done?") == (
        "biopsy: does it hurt?"
    )


def test_a_topic_is_carried_from_follow_up_to_follow_up():
    second = searched("does it hurt?", "How is a biopsy done?")
    assert searched("and how long does it take?", second).startswith("biopsy: ")


def test_a_question_before_without_content_lends_nothing():
    assert searched("does it hurt?", "what is it?") == "does it hurt?"


def test_only_a_few_words_are_carried():
    long = "needle cement growth surgery spinal tumour biopsy pregnancy radiotherapy"
    topic = searched("does it hurt?", long).split(": ")[0]
    assert topic.split() == long.split()[:CARRIED_TERMS]


def test_own_terms_leave_out_what_was_carried():
    question = understand("does it hurt?", [Turn("a biopsy", "a biopsy")], LIBRARY)
    assert [term.stem for term in question.own_terms] == [stem("hurt")]
    assert {term.stem for term in question.terms} == {stem("hurt"), stem("biopsy")}


def test_each_term_stands_once_and_weighs_what_it_says():
    question = understand("pain, PAINS and a hemangioma", (), LIBRARY)
    weights = {term.stem: term.weight for term in question.terms}
    assert len(question.terms) == len(weights) == 2
    assert all(LEAST_WEIGHT <= value <= 1 for value in weights.values())


def test_a_rare_word_says_more_than_a_common_one():
    assert weight("biopsy") > weight("need") >= LEAST_WEIGHT
    assert weight("hemangioma") == weight("xqzvk") == 1
