"""Dates and names of languages, as people write them in the language that is spoken."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from html import escape

from babel import Locale, UnknownLocaleError
from babel.dates import format_date

from qa.message_language import message_language, plainly_not_english
from qa.notices import FIRST, notice_text, spoken
from qa.ui.icons import icon
from sources.library import Library


def date_in_words(day: date) -> str:
    """A date as people write it: 5 March 2026, 5 de marzo de 2026."""
    return format_date(day, "long", locale=_locale())


def language_in_words(tag: str) -> str:
    """The name of the language of a tag like `en` or `es-MX`; the tag where it has no name."""
    try:
        return Locale.parse(tag.partition("-")[0]).get_language_name(_locale()) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def same_language(tag: str, other: str) -> bool:
    """Whether two tags name one language, whatever the country."""
    return tag.partition("-")[0].lower() == other.partition("-")[0].lower()


def library_languages(library: Library) -> tuple[str, ...]:
    """The languages of the documents that may be quoted, that of most of them first."""
    found = Counter(entry.source.language for entry in library.quotable().values())
    return tuple(tag for tag, _ in found.most_common())


def other_languages(written_in: Sequence[str]) -> tuple[str, ...]:
    """The languages of a library, where none of its documents is in the language spoken."""
    ours = any(same_language(tag, spoken()) for tag in written_in)
    return () if ours else tuple(written_in)


def library_in(written_in: Sequence[str], question: str = "") -> str:
    """That a question in the library's own language finds more, where another is used."""
    asked = message_language(question)
    if asked and any(same_language(asked, tag) for tag in written_in):
        return ""
    foreign = set(written_in) == {FIRST} and plainly_not_english(question)
    tags = written_in if foreign else other_languages(written_in)
    others = ", ".join(map(language_in_words, tags))
    said = escape(notice_text("page.library_in").format(language=others))
    return f'<p class="library-in">{icon("info")}<span>{said}</span></p>' if others else ""


def language_label(tag: str) -> str:
    """In which language something is, where it is not the one spoken."""
    if same_language(tag, spoken()):
        return ""
    said = notice_text("page.written_in").format(language=language_in_words(tag))
    return f'<span class="label label-language">{escape(said)}</span>'


def _locale() -> str:
    return notice_text("language.locale")
