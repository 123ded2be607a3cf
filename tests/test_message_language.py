"""Which language a message is in, several questions at once, and texts that ask nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.message_language import message_language, plainly_not_english
from qa.several import SHOWN, is_pasted, several_questions


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¿Duele una biopsia?", "es"),
        ("que es un hemangioma", "es"),
        ("Hola", "es"),
        ("What is a hemangioma?", "en"),
        ("biopsia", None),
        ("MRI", None),
        ("Est-ce que la biopsie fait mal ?", None),
        ("Combien de temps dure la radiothérapie ?", None),
        ("Tut eine Biopsie weh?", None),
        ("", None),
        ("👍", None),
    ],
)
def test_a_language_is_told_only_where_it_is_plain(text, language):
    assert message_language(text) == language


@pytest.mark.parametrize(
    "text",
    [
        "Est-ce que la biopsie fait mal ?",
        "Tut eine Biopsie weh?",
        "A biópsia dói?",
        "Czy biopsja boli?",
        "Biyopsi acıtır mı?",
        "Doet een biopsie pijn?",
        "生检疼吗？",
        "هل الخزعة مؤلمة؟",
        "Болит ли биопсия?",
        "क्या बायोप्सी में दर्द होता है?",
    ],
)
def test_ten_languages_are_plainly_not_english(text):
    assert plainly_not_english(text)


@pytest.mark.parametrize(
    "text", ["Does a biopsy hurt?", "vertebroplasty", "MRI T2 signal L2", "👍", "", "mets in spine"]
)
def test_english_short_and_wordless_messages_are_not_taken_for_other_languages(text):
    assert not plainly_not_english(text)


@given(st.text(max_size=300))
def test_any_text_has_a_language_or_none(text):
    assert message_language(text) in ("en", "es", None)
    assert several_questions(text) == [] or len(several_questions(text)) <= SHOWN


def test_many_questions_come_apart_in_their_own_words_each_once():
    message = "Hello. What is an MRI? Does it hurt?\nHow long does it take? does it hurt? Thanks!"
    assert several_questions(message) == [
        "What is an MRI?",
        "Does it hurt?",
        "How long does it take?",
    ]
    assert several_questions("What is an MRI? Does it hurt?") == []
    assert several_questions("Really?? You sure?? What is it???") == []
    fifty = " ".join(f"What is the scan number {n}?" for n in range(50))
    assert len(several_questions(fifty)) == SHOWN


def test_a_long_text_without_a_question_was_pasted():
    report = "MRI spine. T2 hyperintense lesion in L2, typical haemangioma. No stenosis. " * 5
    assert is_pasted(report)
    assert not is_pasted(report + "What does this mean?")
    assert not is_pasted("a short text")
