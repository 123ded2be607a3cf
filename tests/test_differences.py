"""Where two sources cannot both hold: figures by hand, opposites by table, quotes side by side."""

import pytest

from qa.answer import Difference, DifferenceKind, cut
from qa.differences import difference, differences, quantities
from sources.document import Span
from sources.read import read_document

BENIGN = "# Hemangioma\n\nA spinal hemangioma is a benign growth of vessels.\n"
MALIGNANT = "# Hemangioma\n\nA spinal hemangioma is a malignant growth of vessels.\n"


def quote(text, name="a.md"):
    document = read_document(text.encode(), name)
    return cut(document, Span(0, len(document.text.rstrip())), 1.0)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It takes 30 to 60 minutes.", [("minutes", 30, 60)]),
        ("Leaks happen in 5 % of cases, 12 per cent in older ones.", [("%", 5, 5), ("%", 12, 12)]),
        ("It costs $5,000 to $8,000.", [("money", 5000, 8000)]),
        ("Rest for about two weeks.", [("weeks", 2, 2)]),
        ("A dose of 1.5 mg.", [("mg", 1.5, 1.5)]),
        ("At T12 and L4, in 2 of them.", []),
    ],
)
def test_figures_are_read_with_their_units(text, found):
    assert [tuple(quantity) for quantity in quantities(text)] == found


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("You stay two days.", "You stay 5 days.", "figures"),
        ("It takes 20 to 40 minutes.", "It takes 30 minutes.", None),
        ("It takes two weeks.", "It costs $200.", None),
        ("The first dose is after 2 days, the next after 9 days.", "After 5 days.", None),
        ("It is benign.", "It is malignant.", "advice"),
        ("It may be benign or malignant.", "It is malignant.", None),
        ("Conservative care comes first.", "Vertebroplasty is the treatment of choice.", "advice"),
        ("You can drive after a day.", "Do not drive for a day.", "advice"),
        ("You can drive after a day.", "You can drive at once.", None),
    ],
)
def test_what_cannot_both_hold(one, other, kind):
    assert difference(one, other) == kind == difference(other, one)


def test_quotes_of_two_documents_on_the_same_thing_are_set_side_by_side():
    quotes = [quote(BENIGN), quote("# Tea\n\nTea is hot.\n", "b.md"), quote(MALIGNANT, "c.md")]
    assert differences(quotes) == (Difference(0, 2, DifferenceKind.ADVICE),)


def test_one_document_does_not_differ_with_itself():
    assert differences([quote(BENIGN), quote(MALIGNANT)]) == ()


def test_quotes_on_different_things_do_not_differ():
    other = quote("# Melanoma\n\nThis skin cancer is malignant.\n", "b.md")
    assert differences([quote(BENIGN), other]) == ()


def test_the_same_from_two_documents_is_one_quote_with_both_named(assistant_of):
    text = "# Biopsy\n\n## Pain\n\nA biopsy hurts a little.\n"
    files = {"a.md": text, "b.md": f"{text}\n## Tea\n\nTea is hot.\n"}
    answer = assistant_of(files).ask("Does a biopsy hurt?")
    found = answer.quotes[0]
    (also,) = found.also
    assert {found.doc_id, also.doc_id} == {"a", "b"}
    assert also.text == "A biopsy hurts a little."
    assert answer.differs == ()


def test_what_only_seems_the_same_is_shown_beside_it(assistant_of):
    files = {
        "a.md": "# Biopsy\n\n## Stay\n\nAfter a biopsy of the spine you stay for two days.\n",
        "b.md": "# Biopsy\n\n## Stay\n\nAfter a biopsy of the spine you stay for six days.\n",
    }
    answer = assistant_of(files).ask("How long do you stay after a biopsy of the spine?")
    assert len(answer.quotes) == 2
    assert answer.differs == (Difference(0, 1, DifferenceKind.FIGURES),)
