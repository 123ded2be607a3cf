"""How easily a text is read: syllables, the formulas by hand, and what has no figure."""

import pytest

from qa.reading_ease import FEWEST_WORDS, reading_ease, syllables

ENGLISH = {
    1: "cat made makes jumped scan nurse cells bones spine used the be need red through",
    2: "table treated needed special region people doctor little muscle tumour vessels needle "
    "needles being boxes disease changes",
    3: "biopsy vertebrae medicine surgery area idea injection serious previous diseases equina",
    4: "radiation usually metastases",
    5: "hemangioma chemotherapy",
    6: "radiotherapy",
}
SPANISH = {
    1: "que muy ley yo",
    2: "biopsia sangre agua ciudad hueso país guerra quiere causa día",
    3: "columna médico pingüino vértebra cuidado",
    4: "cirugía tratamiento resonancia aéreo hemangioma",
    5: "radioterapia",
}
WORDS = [
    (word, count, language)
    for language, table in (("en", ENGLISH), ("es", SPANISH))
    for count, line in table.items()
    for word in line.split()
]


@pytest.mark.parametrize(("word", "count", "language"), WORDS)
def test_syllables_are_counted_as_they_are_said(word, count, language):
    assert syllables(word, language) == count


def test_english_by_hand():
    # 12 words of one syllable, but "lit-tle" and "bi-op-sy": 15 syllables in 2 sentences.
    found = reading_ease("The cat sat on the little mat. It had a biopsy once.", "en-GB")
    assert found is not None
    assert found.formula == "Flesch"
    assert found.ease == pytest.approx(206.835 - 1.015 * 6 - 84.6 * 15 / 12, abs=0.05)
    assert found.grade == pytest.approx(0.39 * 6 + 11.8 * 15 / 12 - 15.59, abs=0.05)


def test_spanish_by_hand():
    # El ga-to se sien-ta en la ca-ma: 7 words, 10 syllables.
    found = reading_ease("El gato se sienta en la cama.", "es")
    assert found is not None
    assert found.ease == pytest.approx(206.84 - 1.02 * 7 - 60 * 10 / 7, abs=0.05)
    assert found.grade is None


def test_hard_words_and_long_sentences_are_harder():
    easy = reading_ease("A scan takes an hour. It does not hurt. You lie still.", "en")
    hard = reading_ease("Percutaneous vertebroplasty necessitates fluoroscopic guidance.", "en")
    assert easy is not None
    assert hard is not None
    assert easy.ease > 80
    assert hard.ease < 30


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"),
        ("Too few words", "en"),
        ("1 2 3 4 5 6 7", "en"),
        ("Eins zwei drei vier fünf sechs", "de"),
    ],
)
def test_what_has_no_figure(text, language):
    assert reading_ease(text, language) is None


def test_few_words_are_none_and_one_more_is_enough():
    assert reading_ease("word " * (FEWEST_WORDS - 1), "en") is None
    assert reading_ease("word " * FEWEST_WORDS, "en") is not None
