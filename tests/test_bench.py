"""The benchmark: how figures are told, how a library is grown, and the page that shows both."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.bench.bench import fill
from evals.bench.figures import MANY, Aim, Figure, Spread, alone, beside
from evals.bench.growth import growth
from evals.bench.measured import Measured
from evals.bench.page import line_of, stacks_of, write_page
from evals.bench.parts import PARTS
from evals.bench.retitled import TurningEmbedder, copies_of
from index.build import build
from index.conversion import open_embedder
from index.embedder import DEFAULT_MODEL
from index.passages import prepare
from qa.assistant import Assistant
from qa.settings import Settings
from sources.library import Library
from sources.read import read_document
from tests.conftest import add_file

BIOPSY = "# Biopsy\n\n## Pain\n\nA biopsy hurts a little. The skin is numbed first.\n"
SCAN = "# MRI scan\n\n## Noise\n\nAn MRI scan is loud. Ask for ear plugs.\n"


def test_a_ratio_is_taken_pair_by_pair():
    figure = beside("retrieval", "ms", [(1, 4), (4, 8), (9, 10)], Aim(0.5, of_ratio=True))
    assert figure.ours == (4, 1, 9)
    assert figure.floor == (8, 4, 10)
    assert figure.ratio == pytest.approx((0.5, 0.25, 0.9))
    assert figure.reached
    assert figure.verdict == "reached: at most 0.5 of the floor"


@pytest.mark.parametrize(
    ("aim", "value", "reached"),
    [
        (Aim(25), 25, True),
        (Aim(25), 26, False),
        (Aim(150, at_least=True), 149, False),
        (Aim(150, at_least=True), 151, True),
    ],
)
def test_an_aim_is_a_bound_from_one_side(aim, value, reached):
    assert alone("answers", "a second", [value], aim).reached is reached


def test_a_figure_without_an_aim_has_no_verdict():
    assert (alone("memory", "MB", [3]).reached, alone("memory", "MB", [3]).verdict) == (None, "")


def test_of_many_runs_the_outermost_do_not_count():
    calm, one_late = [1.0] * (2 * MANY), [1.0] * (2 * MANY - 1) + [90.0]
    assert Spread.of(one_late) == Spread.of(calm) == (1, 1, 1)
    assert Spread.of([1.0, 1.0, 90.0]).most == 90


@given(st.lists(st.floats(0.001, 1e6), min_size=1, max_size=40))
def test_a_spread_holds_its_median(values):
    spread = Spread.of(values)
    assert min(values) <= spread.least <= spread.median <= spread.most <= max(values)


def test_a_copy_has_the_words_under_another_title_and_no_wordings():
    document = read_document(BIOPSY.encode(), "biopsy.md")
    (copy,) = copies_of([document], 2)
    assert (copy.doc_id, copy.source.title) == ("biopsy-2", "Biopsy (copy 2)")
    assert copy.version != document.version
    assert copy.text == document.text
    assert copy.source.asked_as == ()


def test_the_vectors_of_a_copy_are_turned_a_little_and_always_alike(embedder):
    turning = TurningEmbedder(embedder)
    texts = ["Biopsy › Pain\nIt hurts.", "Biopsy (copy 1) › Pain\nIt hurts.", "Beds"]
    plain, copy, other = turning.embed(texts)
    assert np.array_equal(plain, embedder.embed(texts[:1])[0])
    assert np.array_equal(other, embedder.embed(texts[2:])[0])
    assert 0.85 < float(plain @ copy) < 0.99
    assert float(copy @ copy) == pytest.approx(1, abs=1e-5)
    assert np.array_equal(turning.embed_tokens(texts)[0][1], copy)
    assert turning.embed([]).shape == (0, 128)


def test_the_tokens_of_a_copy_stand_behind_its_longer_title(embedder):
    text, marked = "Biopsy › Pain\nIt hurts.", "Biopsy (copy 1) › Pain\nIt hurts."
    _, (plain, copy) = TurningEmbedder(embedder).embed_tokens([text, marked])
    words = [marked[start:end] for start, end in copy.offsets]
    assert words == [text[start:end] for start, end in plain.offsets]


def test_a_library_grows_to_the_size_that_is_wanted(tmp_path, embedder):
    for name, text in (("biopsy.md", BIOPSY), ("scan.md", SCAN)):
        (tmp_path / name).write_text(text)
    library = Library(tmp_path / "home")
    fill(library, sorted(tmp_path.glob("*.md")), 7)
    entries = library.quotable().values()
    held = [prepare(library.document(entry.doc_id, entry.version)) for entry in entries]
    assert sum(1 for rows in held for _ in rows) == 7
    build(library, TurningEmbedder(embedder), lambda *_: None)
    answer = Assistant(Settings(home=library.home), library, embedder).ask("Does a biopsy hurt?")
    assert "A biopsy hurts a little." in answer.quotes[0].text


def test_growth_is_measured_at_every_size(tmp_path, models):
    (tmp_path / "models").symlink_to(models)
    library = Library(tmp_path)
    for name, text in (("biopsy.md", BIOPSY), ("scan.md", SCAN)):
        add_file(library, name, text)
    embedder = open_embedder(DEFAULT_MODEL, models)
    build(library, embedder, lambda *_: None)
    figures = {f.name: f.ours.median for f in growth(tmp_path, embedder, tmp_path / "g", (40, 90))}
    for size in (40, 90):
        assert figures[f"recall@10 of passages, {size} passages"] == 1
        assert figures[f"of it searching, {size} passages"] > 0
        assert figures[f"of it searching, {size} passages"] < figures[f"retrieval, {size} passages"]
        assert 1500 < figures[f"index, {size} passages"] < 100_000
    between = figures["retrieval, 90 passages"] / figures["retrieval, 40 passages"]
    assert figures["retrieval, 90 passages beside 40"] == pytest.approx(between)


def test_marks_of_a_line_stand_on_its_scale():
    aim = Aim(0.45, of_ratio=True)
    line = line_of(beside("retrieval", "ms", [(4, 10), (5, 10)], aim))
    assert line.floor.at == pytest.approx(100 / 1.08, abs=0.01)
    assert line.aim == pytest.approx(45 / 1.08, abs=0.01)
    assert line.ours.left == pytest.approx(40 / 1.08, abs=0.01)
    assert line_of(alone("nothing", "ms", [0])).ours == (0, 0, 0)


def stages():
    return [
        alone("of this, embed, 666 passages", "ms", [3.0]),
        alone("of this, weigh, 666 passages", "ms", [1.0]),
        alone("of this, embed, 4,000 passages", "ms", [3.0]),
    ]


def test_stages_are_stacked_by_library():
    small, large = stacks_of(stages())
    assert (small.library, small.total) == ("666 passages", 4)
    assert [(one.name, one.share) for one in small.slices] == [("embed", 75), ("weigh", 25)]
    assert large.library == "4,000 passages"


def test_the_page_needs_nothing_else_and_tells_every_figure(tmp_path):
    figures: list[Figure] = [
        beside("retrieval, 666 passages", "ms", [(4, 10), (5, 10)], Aim(0.45, of_ratio=True)),
        alone("whole answer <b>", "ms", [30.0], Aim(25)),
        *stages(),
    ]
    measured = Measured(PARTS["questions"], figures, (0.5, 1.5))
    path = tmp_path / "deep" / "bench.html"
    write_page(path, {"taken": "today", "libraries": "666 passages"}, [measured])
    page = path.read_text(encoding="utf-8")
    assert not re.findall(r"(?:src|href)=\"(?!#)", page)
    assert "whole answer &lt;b&gt;" in page
    assert "missed: at most 25" in page
    assert "1</b> of 2 aims reached" in page
    assert "666 passages: 4.0 ms" in page
    told = measured.to_json()["figures"]
    assert [one["reached"] for one in told] == [True, False, None, None, None]
    assert "missed: at most 25" in measured.as_text()
