"""Passage retrieval on collections in the BEIR layout, and evidence sentences where marked.

A document's place is that of its best passage. Where a document that holds evidence is among
the first ten we find, its own statements are looked at, in the order of their scores.
"""

from collections.abc import Iterator, Mapping, Sequence

from evals.baselines import PLAIN, PlainSearch, PlainStatements, best_rows
from evals.corpus import Corpus, raw_span
from evals.formats.beir import Collection, collections_in
from evals.judged import OURS, Judged
from evals.measures import overlap, ranking_values, share, times
from evals.suite import Bench, Suite
from qa.selection import choose_quotes
from sources.document import Audience, Span
from sources.segments import sentences, trimmed

RANKED = ("nDCG@10", "R@10", "R@100", "RR@10")
KEPT = 100
FOUND = 10  # a document further down was not found
QUOTES = 3

Figures = dict[str, float]


def judge(bench: Bench) -> Iterator[Judged]:
    """Every judged query of every collection, by our retriever and by the plain ones."""
    for collection in collections_in(bench.folder("beir"), bench.problems.append):
        bench.read_from(collection.name, collection.files)
        if collection.unplaced:
            told = f"{collection.unplaced} left out, only numbered and beyond our own count"
            bench.used[collection.name]["evidence"] = told
        systems = _Systems(collection, bench)
        runs: dict[str, dict[str, list[str]]] = {system: {} for system in (OURS, *PLAIN)}
        figures: dict[tuple[str, str], Figures] = {}
        for query_id in collection.qrels:
            query = collection.queries[query_id]
            answer = bench.ask(systems.corpus.assistant, query)
            for system, ranking in systems.rankings(query).items():
                runs[system][query_id] = ranking
            for system, found in systems.evidence(query_id, runs[OURS][query_id]).items():
                figures[system, query_id] = found
            figures.setdefault((OURS, query_id), {})["ms"] = answer.took_ms
        for system, run in runs.items():
            yield from _judged(collection, system, run, figures)


def _judged(
    collection: Collection,
    system: str,
    run: Mapping[str, Sequence[str]],
    figures: Mapping[tuple[str, str], Figures],
) -> Iterator[Judged]:
    for query_id, ranked in ranking_values(RANKED, collection.qrels, run).items():
        first = run[query_id][0] if run[query_id] else ""
        yield Judged(
            suite="beir",
            data=collection.name,
            system=system,
            question_id=query_id,
            question=collection.queries[query_id],
            group="",
            values={**ranked, **figures.get((system, query_id), {})},
            right=ranked["R@10"] > 0,
            shown=collection.documents[first].title or first if first else "",
        )


class _Systems:
    """Our retriever over a collection, and the plain rankings of its documents and statements."""

    def __init__(self, collection: Collection, bench: Bench) -> None:
        self._collection = collection
        self._embedders = bench.place.embedders
        texts = list(collection.documents.values())
        self.corpus: Corpus = bench.corpus(collection.name, texts)
        self._ids = [text.text_id for text in texts]
        whole = [f"{text.title} {text.text}" for text in texts]
        self._documents = PlainSearch(whole, self._embedders.indexing)
        self._ids_of = self.corpus.ids_of()
        self._statements: PlainStatements | None = None
        if collection.evidence:
            self._statements = PlainStatements(self.corpus.assistant, self._embedders.indexing)

    def rankings(self, query: str) -> dict[str, list[str]]:
        """The ids of documents, best first, by system."""
        ours = [text_id for v in self.corpus.ranking(query) for text_id in self._ids_of[v]]
        scores = self._documents.scores(query, self._embedders.asking.embed([query])[0])
        plain = {
            system: [self._ids[row] for row in best_rows(rows, KEPT)]
            for system, rows in scores.items()
        }
        return {OURS: ours[:KEPT], **plain}

    def evidence(self, query_id: str, ranking: Sequence[str]) -> dict[str, Figures]:
        """By system, how the statements of the first found document with evidence are ranked."""
        marked = self._collection.evidence
        text_id = next((t for t in ranking[:FOUND] if (query_id, t) in marked), None)
        if text_id is None or self._statements is None:
            return {}
        query, gold = self._collection.queries[query_id], marked[query_id, text_id]
        version = self.corpus.versions[text_id]
        _, found = self.corpus.assistant.evidence(query)
        inside = [e for e in found if e.document.version == version]
        ours = [raw_span(e.document, e.statement.focus) for e in inside]
        quotes = choose_quotes(inside, Audience.PATIENT, QUOTES, whole=False)
        quoted = [raw_span(inside[0].document, quote.span) for quote in quotes]
        vector = self._embedders.asking.embed([query])[0]
        plain = self._statements.ranked_in(version, query, vector)
        text = self._collection.documents[text_id].text
        figures = {system: _hits(places, gold) for system, places in plain.items()}
        return {OURS: {**_hits(ours, gold), **_sentences(text, quoted, gold)}, **figures}


def _hits(places: Sequence[Span], gold: Sequence[Span]) -> Figures:
    right = [any(place.overlaps(answer) for answer in gold) for place in places]
    return {"evidence hit@1": float(any(right[:1])), "evidence hit@3": float(any(right[:3]))}


def _sentences(text: str, quoted: Sequence[Span], gold: Sequence[Span]) -> Figures:
    """How many sentences of a text are quoted, are evidence, and are both."""
    whole = [trimmed(text, span) for span in sentences(text, Span(0, len(text)))]
    marked = {n for n, s in enumerate(whole) if any(s.overlaps(g) for g in gold)}
    shown = {n for n, s in enumerate(whole) if any(s.overlaps(q) for q in quoted)}
    return {
        "sentences right": len(marked & shown),
        "sentences quoted": len(shown),
        "sentences gold": len(marked),
    }


SUITE = Suite(
    name="beir",
    about="Finding the documents that matter to a query, and in them the evidence",
    measures=(
        *(share(name) for name in RANKED),
        share("evidence hit@1"),
        share("evidence hit@3"),
        *overlap("sentence", "sentences right", "sentences quoted", "sentences gold"),
        *times(),
    ),
    judge=judge,
)
