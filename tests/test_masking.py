"""Masking: identifying details go, medical numbers stay, and masking twice changes nothing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.masking import Detail, mask

NAME, DATE, PHONE = Detail.NAME, Detail.DATE, Detail.PHONE
RECORD, ADDRESS, EMAIL = Detail.RECORD_NUMBER, Detail.ADDRESS, Detail.EMAIL


@pytest.mark.parametrize(
    ("text", "masked", "found"),
    [
        ("My name is John Smith and I have pain", "My name is [name] and I have pain", {NAME}),
        ("my name's anna", "my name's [name]", {NAME}),
        ("I saw Dr. María de la Cruz López today", "I saw Dr. [name] today", {NAME}),
        ("Mrs Jones said hello", "Mrs [name] said hello", {NAME}),
        ("Me llamo Ana García", "Me llamo [name]", {NAME}),
        ("La Dra. Pérez me operó", "La Dra. [name] me operó", {NAME}),
        ("DOB 12/03/1961", "DOB [date]", {DATE}),
        ("born on 3rd March 1975", "born on [date]", {DATE}),
        ("fecha de nacimiento: 3 de mayo de 1970", "fecha de nacimiento: [date]", {DATE}),
        ("seen on 05.06.2024", "seen on [date]", {DATE}),
        ("call 07700 900123", "call [phone]", {PHONE}),
        ("+44 20 7946 0958 please", "[phone] please", {PHONE}),
        ("mi teléfono es 612 34 56 78", "mi teléfono es [phone]", {PHONE}),
        ("phone: 555-1234", "phone: [phone]", {PHONE}),
        ("mail jo.b+x@x-y.co.uk!", "mail [email]!", {EMAIL}),
        ("NHS number 943 476 5919", "NHS number [record number]", {RECORD}),
        ("MRN: 00456123", "MRN: [record number]", {RECORD}),
        ("DNI 12345678Z", "DNI [record number]", {RECORD}),
        ("SSN 123-45-6789", "SSN [record number]", {RECORD}),
        (
            "insurance policy number is AB-1234567",
            "insurance policy number is [record number]",
            {RECORD},
        ),
        ("I live at 12 Acacia Avenue, SW1A 1AA", "I live at [address], [address]", {ADDRESS}),
        ("Vivo en la calle Mayor 15", "Vivo en la [address]", {ADDRESS}),
        ("zip code 90210", "zip code [address]", {ADDRESS}),
    ],
)
def test_details_are_masked(text, masked, found):
    assert mask(text) == (masked, found)


@pytest.mark.parametrize(
    "text",
    [
        "T12 and L4-L5, 40 mg twice a day for 2 years, pain 10/10, 38.5 °C",
        "blood pressure 120/80, pulse 130, PSA 1234.5, calcium 3.1",
        "levels 1 2 3 4 5 6 7 8 9 10 11 12",
        "I fell on 5 March 2020 and in 2021, at 10.30",
        "The doctor said I may drive; the nurse Anna too",
        "take 1000 mg 4 times a day at 8 12 16 20",
        "the name of the tumour is Schwannoma",
        "Tengo 2 hemangiomas en D8 y L1, 15 mm, desde hace 3 años",
        "",
    ],
)
def test_medical_numbers_and_plain_words_stay(text):
    assert mask(text) == (text, frozenset())


@given(st.text(max_size=200))
def test_masking_twice_changes_nothing_more(text):
    once = mask(text).text
    assert mask(once).text == once


SHAPES = (
    "+44 7### ######",
    "0#### ######",
    "61# ### ###",
    "### ### ####",
    "1#/0#/19##",
    "########Z",
)
NUMBERS = st.builds(
    lambda shape, digits: re.sub("#", lambda _: digits.pop(), shape),
    st.sampled_from(SHAPES),
    st.lists(st.sampled_from("0123456789"), min_size=12, max_size=12),
)
WORDS = st.lists(st.sampled_from("my back hurts since then and Please help me, ok.".split()))


@given(WORDS, NUMBERS, WORDS)
def test_the_digits_of_a_number_never_remain(before, number, after):
    text = mask(" ".join([*before, number, *after])).text
    assert not re.search(r"\d", text)


def test_a_long_message_is_masked_at_once():
    text = "record number " + "1 a " * 5000 + "@" * 5000 + "my name is " * 2000
    assert len(mask(text).text) > 0
