"""Plain text files, and web pages saved as plain text with all their noise."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.document import BlockKind, Document, Span
from sources.errors import EmptyFile, NotText, SourceError
from sources.read import read_document
from sources.readers.plain import read_plain

H, P, L, B = (
    BlockKind.HEADING,
    BlockKind.PARAGRAPH,
    BlockKind.LIST_ITEM,
    BlockKind.BOILERPLATE,
)
LEAFLET = "Spine Scans\n\n"
TAIL = "\n\nAll is well at the end of this page.\n"


def read(text: str | bytes) -> Document:
    data = text if isinstance(text, bytes) else text.encode()
    return read_document(data, "page.txt")


def blocks(document: Document) -> list[tuple[BlockKind, str]]:
    return [(block.kind, block.span.of(document.text).strip()) for block in document.blocks]


def body(text: str) -> list[tuple[BlockKind, str]]:
    """The blocks of `text` under a title and above a last paragraph, without these two."""
    return blocks(read(LEAFLET + text + TAIL))[1:-1]


def repairs(text: str) -> list[str]:
    return [repair.kind for repair in read(LEAFLET + text + TAIL).repairs]


PAGE = """Spine Ward Guide

Spine Ward Guide Growths in the backbone have many causes. A nurse explains them, and what the sc

an of the back will show. Most are harmless.

The talk about the plan is done before anything else and

it takes an hour. Spine Ward Guide

A spine scan of the whole back is painless.

Ward BoardAll pages are reviewed for accuracy by our Ward Board
Learning only • Read with care as content is pending human review
Article Review Status
Submitted
Under Review
Approved

Last updated: May 3, 2025View editorial policy

Personalize

Help us tailor your visit

Prices

-
scan: from $75;
-
one night on the ward: $900–$1700.

Spine Ward VisitorAs a growth gets larger, it may press on a nerve.

It was seen in 4 of 10 patients.1 The others had none.2,3 Nobody was harmed.

Click here for detailed footnotes: 1, 2, 3.

Signs to look for:

  • Weak legs
    • One side only
    • Both sides
  • Numb feet

We use cookies to make this site better.

All words on this page are for learning and are no medical advice. Always ask your own doctor.

Skin
Eyes
Teeth
Heart
Blood

Choose a plan
Send a request
Pick a ward, and we’ll take care of the travel and the papers.

Bone Growths - Related Articles
"""


def test_a_saved_web_page_becomes_its_words_and_its_furniture():
    assert blocks(read(PAGE)) == [
        (H, "Spine Ward Guide"),
        (
            P,
            "Growths in the backbone have many causes. A nurse explains them, and what the scan of "
            "the back will show. Most are harmless.",
        ),
        (P, "The talk about the plan is done before anything else and it takes an hour."),
        (P, "A spine scan of the whole back is painless."),
        (B, "Ward BoardAll pages are reviewed for accuracy by our Ward Board"),
        (B, "Learning only • Read with care as content is pending human review"),
        (B, "Article Review Status"),
        (B, "Submitted"),
        (B, "Under Review"),
        (B, "Approved"),
        (B, "Last updated: May 3, 2025View editorial policy"),
        (B, "Personalize"),
        (B, "Help us tailor your visit"),
        (H, "Prices"),
        (L, "scan: from $75;"),
        (L, "one night on the ward: $900–$1700."),
        (B, "Spine Ward Visitor"),
        (P, "As a growth gets larger, it may press on a nerve."),
        (P, "It was seen in 4 of 10 patients.1 The others had none.2,3 Nobody was harmed."),
        (B, "Click here for detailed footnotes: 1, 2, 3."),
        (P, "Signs to look for:"),
        (L, "Weak legs"),
        (L, "One side only"),
        (L, "Both sides"),
        (L, "Numb feet"),
        (B, "We use cookies to make this site better."),
        (
            P,
            "All words on this page are for learning and are no medical advice. Always ask your "
            "own doctor.",
        ),
        (B, "Skin"),
        (B, "Eyes"),
        (B, "Teeth"),
        (B, "Heart"),
        (B, "Blood"),
        (B, "Choose a plan"),
        (B, "Send a request"),
        (B, "Pick a ward, and we’ll take care of the travel and the papers."),
        (B, "Bone Growths - Related Articles"),
    ]


def test_every_repair_of_a_saved_page_is_on_record():
    assert sorted(repair.kind for repair in read(PAGE).repairs) == [
        "caption glued to a paragraph",
        "paragraph broken in two",
        "paragraph broken in two",
        "title repeated in a paragraph",
        "title repeated in a paragraph",
    ]


def test_a_mended_sentence_leads_back_over_its_break():
    document = read(PAGE)
    start = document.text.index("the scan of")
    raw = document.offsets.to_raw(Span(start, start + len("the scan of")))
    assert raw.of(PAGE) == "the sc\n\nan of"


@pytest.mark.parametrize(
    "line",
    [
        "Growths - Related Articles",
        "Read more about growths",
        "Share this page",
        "Was this page helpful?",
        "5 min read",
        "Submit your question and our team will answer.",
        "Book a free consultation now",
        "The Nurse platform helps patients find a ward.",
        "Shop now",
        "© 2026 A Ward. All rights reserved.",
        "This website uses cookies.",
        "Privacy Policy",
        "Click on the button and tell us who your doctor is.",
        "Choose a package that suits you, from one talk to a whole year",
        "Last modified 3 May 2025",
    ],
)
def test_navigation_sales_and_widgets_are_boilerplate(line):
    assert body(line) == [(B, line)]


@pytest.mark.parametrize(
    "line",
    [
        "A scan costs from $60 and a stay from $900.",
        "This page is no medical advice; always ask your own doctor.",
        "Your team will arrange the next scan with you.",
        "Your review is due in six months.",
        "Call your doctor if the next step is not clear.",
        "You can request a second opinion at any time.",
        "Print this list and bring it to your visit.",
        "It was approved for children in 2019.",
        "Ask for a copy of the plan, or register at the front desk.",
    ],
)
def test_facts_prices_and_disclaimers_stay_quotable(line):
    assert body(line) == [(P, line)]


def test_three_short_headings_are_not_yet_a_menu():
    text = "Some Words on Your Visit\n\nSkin\n\nEyes\n\nTeeth\n\nThey are checked first."
    assert [kind for kind, _ in blocks(read(text))] == [H, H, H, H, P]


def test_a_menu_needs_four_labels_in_a_row():
    kinds = [kind for kind, _ in body("Skin\nEyes\nTeeth\nHeart\n\nThey are checked first.")]
    assert kinds == [B, B, B, B, P]


def test_a_heading_over_nothing_but_furniture_is_furniture():
    assert body("Want Some Help\n\nSend a request\n\nOther Signs\n\nPain.")[:2] == [
        (B, "Want Some Help"),
        (B, "Send a request"),
    ]


def test_a_title_glued_once_is_left_alone():
    assert body("Spine Scans Are painless.") == [(P, "Spine Scans Are painless.")]
    assert repairs("Spine Scans Are painless.") == []


def test_a_title_glued_to_front_and_end_goes_from_both():
    glued = "Spine Scans Are painless. Spine Scans\n\nSpine Scans They are short."
    assert body(glued) == [(P, "Are painless."), (P, "They are short.")]


def test_a_title_inside_a_sentence_stays():
    text = (
        "Spine Scans Are painless.\n\nAll Spine Scans Are short. Spine Scans\n\nSpine Scans of it."
    )
    assert body(text)[2] == (P, "Spine Scans of it.")
    assert body(text)[1] == (P, "All Spine Scans Are short.")


def test_a_sentence_broken_between_words_is_one_again():
    assert body("It may hurt a\n\nlittle at first.") == [(P, "It may hurt a little at first.")]


def test_a_sentence_broken_inside_a_word_is_one_again():
    text = "It may confirm t\n\nhe growth. We read the scan."
    assert body(text)[0] == (P, "It may confirm the growth. We read the scan.")


def test_a_sentence_that_ended_is_not_joined_to_the_next():
    assert len(body("It may hurt a little.\n\nthen it stops, as a rule.")) == 2


@pytest.mark.parametrize("bullet", ["-", "*", "•", "‣", "–", "·", "▪"])
def test_bullets_on_their_own_lines_belong_to_the_next_line(bullet):
    text = f"Signs are:\n{bullet}\npain;\n{bullet}\nfever."
    assert body(text) == [(P, "Signs are:"), (L, "pain;"), (L, "fever.")]


def test_indents_become_depths():
    document = read(LEAFLET + "Signs:\n\n  • Legs\n      • Left\n      • Right\n  • Feet\n" + TAIL)
    depths = [block.depth for block in document.blocks if block.kind is L]
    assert depths == [1, 2, 2, 1]


WRAPPED = LEAFLET + "This leaflet was wrapped by hand at some forty signs and it has a "


def test_a_hyphen_at_a_line_end_goes():
    text = WRAPPED + "broken hy-\nphenated word which should be whole again once it is read here.\n"
    assert "a broken hyphenated word" in read(text).text
    assert [repair.kind for repair in read(text).repairs] == ["hyphen at a line end"]


def test_a_hyphen_that_the_text_writes_elsewhere_stays():
    text = WRAPPED + "date for a follow-\nup talk that comes some weeks after the treatment.\n\n"
    text += "Each follow-up is short.\n"
    assert "a follow-up talk" in read(text).text
    assert "hyphen at a line end" not in [repair.kind for repair in read(text).repairs]


def test_lines_that_ran_out_of_room_are_one_paragraph():
    text = "The first line of this is long and\nit goes on in the second one, and\nends here."
    assert body(text) == [(P, text.replace("\n", " "))]


def test_a_line_that_had_room_left_ends_its_paragraph():
    assert (
        len(body("One short line here.\nAnother of them, which is rather longer than that.")) == 2
    )


def test_a_paragraph_wrapped_early_is_not_a_heading():
    lines = ["The nurse walks with you to the", "door and back, and shows you how", "to sit up."]
    text = "A Wrapped Leaflet\n\n" + "\n".join(lines) + "\n\n" + "\n".join(lines)
    assert blocks(read(text)) == [(H, "A Wrapped Leaflet"), *[(P, " ".join(lines))] * 2]


def test_a_heading_of_two_lines_is_one_heading():
    text = (
        "Words of some length stand in this line here.\n\nWhat the Nurse on the Ward May Ask You\n"
    )
    assert body(text + "Before You Go Home\n\nShe asks.")[1] == (
        H,
        "What the Nurse on the Ward May Ask You Before You Go Home",
    )


def test_a_label_over_words_in_small_letters_stays_a_heading():
    assert body("Kidney tests\n\neGFR is measured first.")[0] == (H, "Kidney tests")
    assert body("Signs to look out for\n\nweak legs\n\nnumb feet")[0][0] is H


def test_numbers_in_a_row_are_a_list():
    assert body("1. Eat early\n2. Drink water\n3. Rest") == [
        (L, "1. Eat early"),
        (L, "2. Drink water"),
        (L, "3. Rest"),
    ]


def test_a_number_over_text_is_a_heading():
    assert body("1. Eat Early\n\nA meal is light.\n\n2. Rest Well\n\nSleep is good.") == [
        (H, "1. Eat Early"),
        (P, "A meal is light."),
        (H, "2. Rest Well"),
        (P, "Sleep is good."),
    ]


def test_a_line_with_a_colon_or_a_stop_is_no_heading():
    assert [kind for kind, _ in body("Signs are:\n\nPain.\n\nOther Signs\n\nFever.")] == [
        P,
        P,
        H,
        P,
    ]


def test_a_caption_is_cut_off_only_before_a_sentence():
    assert body("Ward VisitorThe ward is open.")[0] == (B, "Ward Visitor")
    assert body("The McDonald rule is used here.") == [(P, "The McDonald rule is used here.")]


def test_the_first_line_is_the_title_when_it_looks_like_one():
    assert read(LEAFLET + TAIL).source.title == "Spine Scans"
    assert read("This is a sentence. It is no title.\n\nMore.").source.title == "Page"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_common_encoding_is_understood(encoding):
    text = LEAFLET + "The naïve patient’s café – a “quiet” place – is open. It is près de là.\n" * 3
    assert read(text.encode(encoding)).text.startswith("Spine Scans\n\nThe naïve patient’s café –")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_understood(newline):
    text = (LEAFLET + "Signs:\n\n- pain\n- fever\n" + TAIL).replace("\n", newline)
    assert blocks(read(text)) == blocks(read(text.replace(newline, "\n")))


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n", b"\xef\xbb\xbf", b"...\n\n---\n"])
def test_a_file_without_words_is_empty(data):
    with pytest.raises(EmptyFile, match=r"page\.txt (is empty|has no words)"):
        read(data)


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 9, b"%PDF-1.7\nwords", bytes(range(256)) * 9],
)
def test_another_format_under_this_name_is_not_text(data):
    with pytest.raises(NotText, match=r"page\.txt is not text"):
        read(data)


SCRAPS = st.sampled_from(
    [
        *"\n\r\t \x0b\x85\u2028\ufeff\u200b\xa0-•.:1",
        "\n\n",
        "- ",
        "• ",
        "1. ",
        "hy-\n",
        "Spine Scans ",
    ]
)


@settings(max_examples=150)
@given(st.lists(st.one_of(SCRAPS, st.text(max_size=6)), max_size=25).map("".join))
def test_any_text_is_read_or_refused_and_tiles(text):
    with suppress(SourceError):
        document = read(text)
        assert "".join(b.span.of(document.text) for b in document.blocks) == document.text


def test_invisible_lines_do_not_stop_the_reader():
    assert [
        draft.text for draft in read_plain("-\n\ufeff\n\u200b\nWords.".encode(), "a.txt").drafts
    ]
