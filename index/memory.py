"""An index that lives as long as the question: for one document that is in no library."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from index.embedded import Known, embed_all
from index.embedder import Embedder
from index.engines import Engine
from index.engines.exact import ExactEngine
from index.lexical import LexicalIndex
from index.passage_table import PassageTable
from index.passages import embedded_texts, passage_rows, prepare
from index.statements import StatementTable
from index.wordings import Wordings, statement_of_each
from index.words import words
from sources.document import Document


class MemorySnapshot:
    """The same parts as a `Snapshot`, made of a few documents and kept nowhere."""

    snapshot_id = "memory"

    def __init__(self, documents: Sequence[Document], embedder: Embedder) -> None:
        prepared = [passage for document in documents for passage in prepare(document)]
        made = embed_all(prepared, embedder, Known({}, {}), lambda *_: None)
        self.passages = PassageTable.of(passage_rows(prepared))
        self.vectors, self.tokens = made.passages, made.tokens
        targets = statement_of_each(prepared, made.alone, made.asked)
        self.wordings = Wordings(made.asked, targets, self.passages.asked_ends)
        self.statement_vectors: NDArray[np.float16] = made.alone.astype(np.float16)
        self.context_vectors: NDArray[np.float16] = made.in_context.astype(np.float16)
        self.engine: Engine = ExactEngine.build(self.vectors)
        self.asked_engine: Engine = ExactEngine.build(made.asked)
        self.lexical = LexicalIndex.build([p.terms for p in prepared])
        self.statements = StatementTable.of(prepared, self.tokens, self.lexical)
        texts = embedded_texts(prepared)
        self.word_counts: dict[str, int] = Counter(word for t in texts for word in words(t))
