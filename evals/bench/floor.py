"""The plain floor: sentence-transformers, FAISS flat and bm25s, as their own examples use them.

`python -m evals.bench.floor FOLDER QUESTION` asks a floor that `save` wrote, from a cold start.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.embedder import DEFAULT_MODEL, Vectors, model_folder

POOL = 100


class Floor:
    """Texts searched by vectors and by words, the two rankings fused by their ranks.

    What is heavy is imported here, not by whoever only starts this in another process.
    """

    def __init__(self, _folder: Path) -> None:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415

        self.model = SentenceTransformer(str(model_folder(DEFAULT_MODEL)), device="cpu")

    def ingest(self, texts: Sequence[str]) -> None:
        """Embed and index `texts`."""
        self._index(texts, self.model.encode(list(texts), normalize_embeddings=True))

    def hold(self, folder: Path) -> None:
        """Index the `texts.json` of a folder, whose vectors lie beside it as `vectors.npy`."""
        texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
        self._index(texts, np.load(folder / "vectors.npy"))

    def _index(self, texts: Sequence[str], vectors: Vectors) -> None:
        import bm25s  # noqa: PLC0415
        import faiss  # noqa: PLC0415

        self.texts = list(texts)
        self.flat: faiss.Index = faiss.IndexFlatIP(vectors.shape[1])
        self.flat.add(vectors)
        self.words = bm25s.BM25()
        self.words.index(bm25s.tokenize(self.texts, show_progress=False), show_progress=False)

    def search(self, question: str, k: int = 10) -> list[str]:
        """The `k` best texts."""
        import bm25s  # noqa: PLC0415

        vector = self.model.encode([question], normalize_embeddings=True)
        pool = min(POOL, len(self.texts))
        _, near = self.flat.search(vector, pool)
        asked = bm25s.tokenize([question], show_progress=False)
        wordy, _ = self.words.retrieve(asked, k=pool, show_progress=False)
        scores = np.zeros(len(self.texts))
        for rows in (near[0], wordy[0]):
            scores[rows] += 1 / (60 + 1 + np.arange(pool))
        return [self.texts[row] for row in np.argsort(-scores)[:k]]

    def save(self, folder: Path) -> None:
        """Index a folder as `hold` does, and write into it everything that searching needs."""
        import faiss  # noqa: PLC0415

        self.hold(folder)
        faiss.write_index(self.flat, str(folder / "flat.faiss"))
        self.words.save(folder / "words", show_progress=False)

    @classmethod
    def open(cls, folder: Path) -> "Floor":
        """What `save` wrote."""
        import bm25s  # noqa: PLC0415
        import faiss  # noqa: PLC0415

        floor = cls(folder)
        floor.flat = faiss.read_index(str(folder / "flat.faiss"))
        floor.words = bm25s.BM25.load(folder / "words")
        floor.texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
        return floor


if __name__ == "__main__":
    print(Floor.open(Path(sys.argv[1])).search(sys.argv[2])[0])
