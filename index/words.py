"""Words as the lexical index knows them: lower case, one spelling, stemmed.

British and American spellings, and the spelling of haem-/hem-, fall together here and only
here; no text that anyone reads is changed.
"""

import hashlib
import re
import threading
import tomllib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from pathlib import Path

import Stemmer

_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_SPELLINGS = (
    (re.compile(r"^(h)ae(m)"), r"\1e\2"),
    (re.compile(r"(an)ae(m|s)"), r"\1e\2"),
    (re.compile(r"(leuk|isch|hypox|glyc|septic|uric)ae(m)"), r"\1e\2"),
    (re.compile(r"(o)e(dem|soph|strog)"), r"e\2"),
    (re.compile(r"^(p)ae(d)"), r"\1e\2"),
    (re.compile(r"(gyn)ae(c)"), r"\1e\2"),
    (re.compile(r"(tum|hum|col|fav|lab|behavi|neighb)our"), r"\1or"),
    (re.compile(r"(fib|cent|lit|met)re(s?)$"), r"\1er\2"),
    (
        re.compile(r"([^aeiou]|[aeiou]l|[aeiou]r|[aeiou]n|[aeiou]t)is(e|ed|es|ing|ation|ations)$"),
        r"\1iz\2",
    ),
    (re.compile(r"ys(e|ed|es|ing)$"), r"yz\1"),
)
_STOP_WORDS = (
    "a about after all also am an and any are aren't as at be because been before being but by "
    "can can't could couldn't did didn't do does doesn't doing don't down during each ever few "
    "for from further get go had hadn't has hasn't have haven't having he he's hello her here "
    "here's hers hi him his how i i'd i'm i've if in into is isn't it it'll it's its just let "
    "let's like many me more most much my no nor not now of off often on once one only or other "
    "our out over own please pls really s same she she's should shouldn't so some soon still such "
    "tell than thank thanks that that's the their them then there there's these they they'll "
    "they're they've this those through to too u under until up ur us usually very was wasn't we "
    "we're we've were weren't what what's when where which while who who's whom why will with "
    "won't would wouldn't you you'll you're you've your yours".split()
)
# Phones leave the apostrophe out. "Wont" and "id" are words too, but not in what people ask.
STOP_WORDS = frozenset(_STOP_WORDS) | {word.replace("'", "") for word in _STOP_WORDS}
_FAMILIES = Path(__file__).with_name("families.toml")
_local = threading.local()  # a Snowball stemmer may not be shared between threads


@cache
def words_recipe() -> str:
    """Names the rules by which words become stems; an index made by others must be rebuilt."""
    return "words-3-" + hashlib.sha256(_FAMILIES.read_bytes()).hexdigest()[:8]


@cache
def families() -> dict[str, str]:
    """Each word of `families.toml` to the first word of its family."""
    rows = tomllib.loads(_FAMILIES.read_text(encoding="utf-8"))["families"]
    return {word: row.split()[0] for row in rows for word in row.split()}


def words(text: str) -> list[str]:
    """The words of `text` in lower case, as written."""
    return [match.replace("’", "'") for match in _WORD.findall(text.lower())]


def word_places(text: str) -> list[tuple[int, int, str]]:
    """Where each word of `text` begins and ends, and the word in lower case."""
    return [
        (*match.span(), match.group().lower().replace("’", "'")) for match in _WORD.finditer(text)
    ]


def words_at(text: str, places: Iterable[int]) -> list[str]:
    """The word that each character of `text` belongs to, in lower case; "" where there is none."""
    spans = word_places(text)
    return [next((word for start, end, word in spans if start <= at < end), "") for at in places]


def one_spelling(word: str) -> str:
    """A lower-case word as it would be spelled whoever wrote it: "haemangioma" as "hemangioma"."""
    for pattern, spelled in _SPELLINGS:
        word = pattern.sub(spelled, word)
    return word


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """One form for the spellings, endings and family of a lower-case word."""
    word = one_spelling(families().get(word, word))
    if not hasattr(_local, "stemmer"):
        _local.stemmer = Stemmer.Stemmer("english")
    return str(_local.stemmer.stemWord(word.removesuffix("'s")))


def terms(text: str) -> list[str]:
    """The stems that searching compares, in order, without stop words."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS]


def index_terms(
    title: str, heading: Sequence[str], text: str, asked_as: Sequence[str] = ()
) -> list[str]:
    """Terms of a passage as it is indexed.

    Its title and headings count beside its words, and so do the wordings that ask for its section
    (document expansion, Nogueira et al., 2019, arXiv:1904.08375).
    """
    return terms(" ".join((title, *heading, text, *asked_as)))
