"""What a person wrote, and what is searched for it.

Talk ("hello", "thank you") is recognised only when it is the whole message. A slip of the pen
is corrected against the library's own words, never a word that is a real one, and the page
always shows what was searched. A question that leans on the one before carries its topic.
"""

import re
import unicodedata
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from index.words import STOP_WORDS, stem, words
from qa.answer import Turn
from qa.english import correct, is_rarer, weight

TALK: dict[str, re.Pattern[str]] = {
    "talk.greeting": re.compile(
        r"(hi|hello|hey|hiya|good (morning|afternoon|evening|day))( there| everyone| quotewell)?"
        r"( how are you( doing)?( today)?)?|how are you( doing)?( today)?"
        r"|(hola )?(buenos d[ií]as|buenas( tardes| noches)?)|hola( qu[eé] tal)?"
    ),
    "talk.thanks": re.compile(
        r"(ok |okay |great |oh |perfect |lovely )*(many )?(thanks|thank you|thx|ty|cheers|ta)"
        r"( so much| very much| a lot| again| for (that|this|your help|the help|all your help))*"
        r"|that (is|was|s) (really |very )?helpful( thanks| thank you)?"
        r"|(muchas |mil |much[ií]simas )?gracias( por (todo|su ayuda|tu ayuda))?"
    ),
    "talk.goodbye": re.compile(
        r"(ok |thanks )*(bye|goodbye|bye bye|see you( later)?|good night)"
        r"|(gracias )?(adi[oó]s|hasta luego|hasta pronto|chao)"
    ),
    "talk.about": re.compile(
        r"(who|what) are you|are you (a |an )?(real )?(robot|bot|doctor|nurse|human|person|ai|real)"
        r"( person| doctor)?|what (can|do) you do|how (do|does) (you|this) work"
        r"|qui[eé]n (eres|es usted)|(eres|es usted) (un |una )?(robot|persona|m[eé]dico|m[eé]dica)"
        r"|c[oó]mo funciona( esto)?|qu[eé] (puedes|puede) hacer"
    ),
}
_LEANS = re.compile(
    r"^(?:(?:ok|okay|so|and|but|then|also|yes|no)\b[ ,]*)*(?:what|how) about\b"
    r"|^(?:and|but|also|or)\b|\b(?:it|its|that|this|they|them|those|these|he|she)\b",
    re.IGNORECASE,
)
_GENERIC = frozenset(
    stem(word)
    for word in "long take hurt painful pain cost work happen need bad common normal often soon "
    "time side effect effects risk risks cause causes symptom symptoms treatment "
    "treat test tests help safe dangerous serious cure cured back come return "
    "chance chances much many old people person know mean means called done do "
    "doctor hospital day days week weeks month months".split()
)
CARRIED_TERMS = 6
NAMES = 400_000  # a word rarer than one in so many names a subject: "biopsy", not "bone"
SAYS = 25_000  # one rarer than that says something: "bread", not "people"


class Term(NamedTuple):
    """A stem that was searched, and how much its word says in English, 0 to 1."""

    stem: str
    weight: float


@dataclass(frozen=True, slots=True)
class Question:
    """A question ready to be searched, or the name of the notice that answers it instead.

    `own_terms` are the terms of the words just written, without what was carried over.
    """

    asked: str
    searched: str
    terms: tuple[Term, ...]
    own_terms: tuple[Term, ...]
    notice: str | None = None


class Vocabulary(NamedTuple):
    """The words of a library with their counts, and the stems that name its subjects."""

    counts: Mapping[str, int]
    subjects: Container[str] = frozenset()


def understand(
    text: str,
    history: Sequence[Turn],
    vocabulary: Vocabulary,
    *,
    limit: int = 2000,
    exact: bool = False,
) -> Question:
    """What to search for `text`. With `exact` the words are searched as they were written.

    `vocabulary` is the library's. Longer than `limit` characters is refused.
    """
    asked = " ".join(_visible(text).split())
    notice = _notice(asked, limit)
    if notice:
        return Question(asked[:limit], "", (), (), notice)
    corrected = asked if exact else correct(asked, vocabulary.counts)
    own = _terms(corrected)
    searched = corrected
    stems = [term.stem for term in own]
    if history and not exact and _leans(corrected, own, vocabulary):
        searched = _with_topic(corrected, stems, history[-1].searched)
    return Question(asked, searched, _terms(searched), own)


def _terms(text: str) -> tuple[Term, ...]:
    """The terms of `text`, each once, in order."""
    found = {stem(word): weight(word) for word in words(text) if word not in STOP_WORDS}
    return tuple(Term(stem_, weight_) for stem_, weight_ in found.items())


def _visible(text: str) -> str:
    """`text` in composed form, control characters as blanks and invisible ones gone."""
    composed = unicodedata.normalize("NFC", text)
    shown = (c for c in composed if unicodedata.category(c) != "Cf")  # soft hyphens and the like
    return "".join(c if unicodedata.category(c)[0] != "C" else " " for c in shown)


def _notice(asked: str, limit: int) -> str | None:
    if len(asked) > limit:
        return "question.too_long"
    if not any(character.isalnum() for character in asked):
        return "question.empty"
    plain = " ".join(re.sub(r"[^\w\s]", " ", asked.lower()).split())
    return next((name for name, pattern in TALK.items() if pattern.fullmatch(plain)), None)


def subjects_of(titles: Iterable[str]) -> frozenset[str]:
    """The stems that name what documents are about: the rarer words of their titles."""
    named = {word for title in titles for word in words(title)}
    return frozenset(stem(word) for word in named if is_rarer(word, NAMES)) - _GENERIC


def _leans(text: str, own: Sequence[Term], vocabulary: Vocabulary) -> bool:
    """Whether a question cannot be understood without the one before it.

    One that names a subject of the library stands alone. Of the others a question leans that
    points back ("and", "it"), or has no word that the library does not know: that would be
    another subject.
    """
    if any(term.stem in vocabulary.subjects for term in own):
        return False
    strange = [
        word for word in words(text) if word not in vocabulary.counts and not _says_little(word)
    ]
    return not strange or bool(_LEANS.search(text))


def _says_little(word: str) -> bool:
    return word in STOP_WORDS or stem(word) in _GENERIC or not is_rarer(word, SAYS)


def _with_topic(text: str, own: Sequence[str], before: str) -> str:
    """`text` behind the content words of the question before that it does not have itself."""
    topic: list[str] = []
    for word in words(before):
        found = stem(word)
        if word in STOP_WORDS or found in own or found in _GENERIC or word in topic:
            continue
        topic.append(word)
    return f"{' '.join(topic[:CARRIED_TERMS])}: {text}" if topic else text
