"""Medical words in quotes and their meanings: which words, whose meaning, and the words kept."""

import html
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from qa.answer import Quote, cut
from qa.glossary import NO_GLOSSARY, Glossary, glossary_of
from qa.ui.quote_card import Place, quote_card
from sources.document import Span
from sources.intake import STARTER
from sources.library import Library
from sources.read import read_document

WORDS = b"""# Words

Some words. This line explains nothing.

**Vertebra**: A vertebra is a bone of the spine.

**Vertebral body**: The front of a vertebra.

**Magnetic resonance imaging (MRI), MR scan**: Pictures by a magnet.

**Stage**: How far it went.

- Haemangioma: A growth of blood vessels.

| Word | Meaning |
|---|---|
| Embolization | Vessels are blocked. |
"""
SPANISH = b"# Palabras\n\nBiopsia: Una muestra de tejido.\n"
ABOUT = {"glossary": True, "language": "en"}


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library(tmp_path / "home")
    for data, name, declared in (
        (WORDS, "words.md", ABOUT),
        (SPANISH, "palabras.md", {"glossary": True, "language": "es"}),
    ):
        made.add(read_document(data, name, declared), data, name)
    return made


@pytest.fixture
def quoted() -> Callable[..., Quote]:
    def quote(text: str, **declared: object) -> Quote:
        document = read_document(f"{text}\n".encode(), "leaflet.md", declared)
        return cut(document, Span(0, len(text)), 1.0)

    return quote


def found(glossary: Glossary, quote: Quote) -> list[tuple[str, str]]:
    return [
        (quote.text[m.place.start : m.place.end], m.quote.text) for m in glossary.meanings(quote)
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Three vertebrae and a vertebra.", ["vertebrae"]),
        ("The Vertebral Body is a part of a vertebra.", ["Vertebral Body", "vertebra"]),
        ("An MRI is also an MR scan.", ["MRI"]),
        ("Hemangiomas grow.", ["Hemangiomas"]),
        ("It needs embolisation.", ["embolisation"]),
        ("An embolism is something else.", []),
        ("At any stage of life.", []),
        ("The vertebral. Body parts.", []),
        ("Some words.", []),
    ],
)
def test_the_words_that_are_explained(library, quoted, text, words):
    assert [word for word, _ in found(glossary_of(library), quoted(text))] == words


def test_a_meaning_is_a_quote_of_the_glossary(library, quoted):
    (meaning,) = glossary_of(library).meanings(quoted("A vertebra hurts."))
    assert meaning.quote.text == "A vertebra is a bone of the spine."
    document = library.document(meaning.quote.doc_id, meaning.quote.version)
    assert meaning.quote.span.of(document.text) == meaning.quote.text


def test_a_glossary_explains_its_own_language_and_never_itself(library, quoted):
    glossary = glossary_of(library)
    assert found(glossary, quoted("Una biopsia.", language="es"))
    assert not found(glossary, quoted("One biopsia.", language="en"))
    assert not found(glossary, quoted("A vertebra.", glossary=True))


def test_a_withdrawn_glossary_explains_nothing(library, quoted):
    library.withdraw("words")
    assert not found(glossary_of(library), quoted("A vertebra hurts."))


@pytest.mark.parametrize(
    "text",
    [
        "A vertebra & a <b>haemangioma</b>.",
        "- vertebra\n- two vertebrae\n- MRI",
        "| When | Where |\n|---|---|\n| MRI | vertebra |",
        "\n".join(f"Line {n} of a vertebral body & MRI." for n in range(4)),
    ],
)
def test_the_words_of_a_card_stay_what_they_are(library, text):
    document = read_document(f"# Title\n\n{text}\n".encode(), "leaflet.md")
    glossary = glossary_of(library)
    for start in range(0, len(document.text) - 4, 3):
        for focus in (None, Span(start, start + 3)):
            quote = cut(document, Span(start, len(document.text)), 1.0, focus)
            card = quote_card(
                quote, document, Place(1, 1, 1), date(2026, 3, 5), list(glossary.meanings(quote))
            )
            words = re.search(r"<blockquote[^>]*>(.*?)</blockquote>", card, re.DOTALL)
            assert words
            assert html.unescape(re.sub(r"<[^>]*>", "", words[1])) == quote.text


def test_every_word_has_a_note_with_its_source_and_no_note_stands_in_the_words(library, quoted):
    quote = quoted("A vertebra.")
    document = read_document(b"A vertebra.\n", "leaflet.md")
    meanings = list(glossary_of(library).meanings(quote))
    card = quote_card(quote, document, Place(2, 1, 1), date(2026, 3, 5), meanings)
    assert 'data-meaning="quote-2-1-meaning-1"' in card
    assert card.index("</blockquote>") < card.index('id="quote-2-1-meaning-1"')
    assert "Not reviewed by a clinician" in card[card.index('class="meaning"') :]
    plain = quote_card(quote, document, Place(2, 1, 1), date(2026, 3, 5))
    assert 'class="term"' not in plain
    assert not list(NO_GLOSSARY.meanings(quote))


def test_the_starter_glossary_explains_most_of_its_words(tmp_path):
    made = Library(tmp_path / "home")
    data = (STARTER / "glossary.md").read_bytes()
    made.add(read_document(data, "glossary.md", {"glossary": True}), data, "glossary.md")
    glossary = glossary_of(made)
    assert len(glossary.entries) > 70
    assert ("cancer",) not in glossary.entries
