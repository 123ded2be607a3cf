"""A library grown by copies of its documents under other titles, their vectors a little turned.

Real text in such amounts is seldom at hand. What a copy is called reaches its passages and its
statements in context, and those vectors are turned by random amounts, so that no two are equal.
Times are like those of a real library; whether answers are right is not measured on it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256

import numpy as np

from evals.vectors import Passing
from index.embedder import TokenRows, Vectors
from sources.document import Document

TURN = 0.35  # length of what is added to a vector of length 1: a cosine of .94
_MARK = re.compile(r" \(copy \d+\)")


def copies_of(documents: Sequence[Document], number: int) -> Iterator[Document]:
    """Each document once more, under another name and title, without wordings."""
    for document in documents:
        title = f"{document.source.title} (copy {number})"
        yield replace(
            document,
            doc_id=f"{document.doc_id}-{number}",
            version=sha256(f"{document.version} {number}".encode()).hexdigest(),
            source=replace(document.source, title=title, asked_as=()),
        )


class TurningEmbedder(Passing):
    """Gives a text of a copy the vectors of the original, turned; computes nothing twice."""

    def embed(self, texts: Sequence[str], seen: Callable[[int], None] = lambda _: None) -> Vectors:
        """Vectors `(n, dimension)` for `texts`, in order."""
        plain = [_MARK.sub("", text) for text in texts]
        once = {text: row for row, text in enumerate(dict.fromkeys(plain))}
        if not once:
            return self._embedder.embed(texts, seen)
        made = self._embedder.embed(list(once), seen)
        rows = made[[once[text] for text in plain]]
        return np.stack([_turned(row, text) for row, text in zip(rows, texts, strict=True)])

    def embed_tokens(
        self,
        texts: Sequence[str],
        seen: Callable[[int], None] = lambda _: None,
        *,
        apart: bool = False,
    ) -> tuple[Vectors, list[TokenRows]]:
        """What `embed` gives, and the tokens of each text."""
        plain = list(dict.fromkeys(_MARK.sub("", text) for text in texts))
        vectors, tokens = self._embedder.embed_tokens(plain, seen, apart=apart)
        at = {text: row for row, text in enumerate(plain)}
        whole, found = np.zeros((len(texts), self.identity.dimension), np.float32), []
        for row, text in enumerate(texts):
            own = at[_MARK.sub("", text)]
            whole[row] = _turned(vectors[own], text)
            found.append(_moved(tokens[own], text))
        return whole, found


def _turned(vector: Vectors, text: str) -> Vectors:
    """The vector of a copy: turned by chance, in a way that its text decides."""
    if not _MARK.search(text):
        return vector
    seed = int.from_bytes(sha256(text.encode()).digest()[:8])
    chance = np.random.default_rng(seed).standard_normal(len(vector), dtype=np.float32)
    turned: Vectors = vector + TURN * chance / np.linalg.norm(chance)
    return turned / np.linalg.norm(turned)


def _moved(tokens: TokenRows, text: str) -> TokenRows:
    """The tokens of a copy, which stand behind a longer title."""
    mark = _MARK.search(text)
    if mark is None:
        return tokens
    behind = tokens.offsets[:, :1] >= mark.start()
    return TokenRows(tokens.vectors, tokens.offsets + (mark.end() - mark.start()) * behind)
