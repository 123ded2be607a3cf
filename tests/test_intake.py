"""Files and folders into the library, each whole or not at all; and the starter documents."""

import io
import re

import pytest
from pypdf import PdfWriter
from reportlab.pdfgen.canvas import Canvas

from sources import read as reading
from sources.document import BlockKind, Span, Status
from sources.intake import STARTER, files_in, starter_files, take_in
from sources.library import Added, Library
from sources.read import read_document, sidecar_of

GOOD = "# Scans\n\nA scan is short.\n"
STARTERS = starter_files()


@pytest.fixture
def library(tmp_path):
    made = Library(tmp_path / "home")
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "files"
    made.mkdir()
    return made


def pdf(password: str = "") -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(72, 700, "A scan of the back is short and it does not hurt.")
    canvas.save()
    if not password:
        return out.getvalue()
    writer = PdfWriter(clone_from=out)
    writer.encrypt(password, algorithm="AES-256")
    locked = io.BytesIO()
    writer.write(locked)
    return locked.getvalue()


BAD = {
    "empty.txt": (b"", "is empty; add a file with text in it"),
    "picture.txt": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 20, "is not text; give it the ending"),
    "broken.pdf": (b"%PDF-1.7\n1 0 obj\n<<", "is damaged"),
    "locked.pdf": (pdf("secret"), "needs a password; save a copy without one"),
    "letter.docx": (b"no zip", "is not a readable Word document"),
    "old.doc": (b"\xd0\xcf\x11\xe0", "is of an unknown format; known endings are"),
    "front.md": (b"---\nstatus: perfect\n---\nWords.", "status is 'perfect'"),
}


def test_bad_files_are_refused_with_a_reason_and_the_rest_go_on(library, folder):
    for name, (data, _) in BAD.items():
        (folder / name).write_bytes(data)
    (folder / "good.md").write_text(GOOD)
    (folder / "good.pdf").write_bytes(pdf())
    (folder / "good.meta.yaml").write_text("{}")
    names = [*BAD, "good.md"]
    taken = take_in(library, [folder / name for name in names])
    for row, (_, problem) in zip(taken, BAD.values(), strict=False):
        assert (row.outcome, row.document) == (None, None)
        assert row.path.name in row.problem
        assert problem in row.problem
    assert taken[-1].outcome is Added.NEW
    assert [entry.doc_id for entry in library.entries()] == ["good"]


def test_nothing_of_a_refused_file_is_kept(library, folder):
    for name, (data, _) in BAD.items():
        (folder / name).write_bytes(data)
    take_in(library, [folder / name for name in BAD])
    assert list((library.home / "originals").iterdir()) == []
    assert library.revision == 0


def test_a_missing_file_and_a_folder_are_refused(library, folder):
    missing, inner = take_in(library, [folder / "gone.md", folder])
    assert missing.problem.endswith("does not exist; check the name")
    assert "is a folder; name a file, or use `sources add`" in inner.problem


def test_a_file_over_the_limit_is_refused(library, folder):
    with (folder / "big.txt").open("wb") as file:
        file.truncate(reading.MAX_BYTES + 1)
    (taken,) = take_in(library, [folder / "big.txt"])
    assert "the limit is 100 MB; split it" in taken.problem


def test_an_unreadable_sidecar_refuses_its_file(library, folder):
    (folder / "a.md").write_text(GOOD)
    (folder / "a.meta.yaml").write_text("titel: Scans\n")
    (taken,) = take_in(library, [folder / "a.md"])
    assert taken.problem == "a.meta.yaml has an unknown key 'titel'; did you mean 'title'?"
    assert library.entries() == []


def test_two_different_files_with_one_id_are_refused(library, folder):
    (folder / "a.md").write_text(GOOD)
    (folder / "a.txt").write_text("Other words are here.")
    first, second = take_in(library, [folder / "a.md", folder / "a.txt"])
    assert first.outcome is Added.NEW
    assert "both have the id 'a'; give one of them its own `doc_id:`" in second.problem
    assert len(library.entries()) == 1


def test_one_file_named_twice_is_no_quarrel(library, folder):
    (folder / "a.md").write_text(GOOD)
    taken = take_in(library, [folder / "a.md", folder / "a.md"])
    assert [row.outcome for row in taken] == [Added.NEW, Added.UNCHANGED]


def test_the_same_id_in_a_later_call_is_a_new_version(library, folder):
    (folder / "a.md").write_text(GOOD)
    take_in(library, [folder / "a.md"])
    (folder / "a.md").write_text(GOOD + "\nIt is loud.\n")
    (taken,) = take_in(library, [folder / "a.md"])
    assert taken.outcome is Added.NEW_VERSION


def test_a_sidecar_that_changes_is_new_metadata(library, folder):
    (folder / "a.md").write_text(GOOD)
    take_in(library, [folder / "a.md"])
    (folder / "a.meta.yaml").write_text("publisher: A ward\n")
    (taken,) = take_in(library, [folder / "a.md"])
    assert taken.outcome is Added.METADATA
    assert library.entry("a").source.publisher == "A ward"


def test_every_file_is_told_as_it_is_done(library, folder):
    (folder / "a.md").write_text(GOOD)
    told = []
    taken = take_in(library, [folder / "a.md", folder / "gone.md"], told.append)
    assert told == taken


def test_a_folder_gives_the_known_formats_below_it_in_order(folder):
    (folder / "inner").mkdir()
    for name in ("b.md", "a.TXT", "inner/c.html", "d.rtf", "a.meta.yaml"):
        (folder / name).write_text("words")
    names = [path.relative_to(folder).as_posix() for path in files_in([folder])]
    assert names == ["a.TXT", "b.md", "inner/c.html"]


@pytest.mark.parametrize("name", [".hidden.md", "_draft.md", ".git/a.md", "_old/a.md"])
def test_hidden_files_are_skipped_in_a_folder(folder, name):
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("words")
    assert list(files_in([folder])) == []


def test_a_folder_inside_a_hidden_one_is_read_when_it_is_named(tmp_path):
    folder = tmp_path / ".home" / "files"
    folder.mkdir(parents=True)
    (folder / "a.md").write_text("words")
    assert list(files_in([folder])) == [folder / "a.md"]


def test_a_hidden_file_that_is_named_is_meant(folder):
    assert list(files_in([folder / ".hidden.md"])) == [folder / ".hidden.md"]


def test_a_folder_named_like_a_file_is_not_a_file(folder):
    (folder / "odd.md").mkdir()
    assert list(files_in([folder])) == []


@pytest.fixture(scope="module", params=STARTERS, ids=lambda path: path.name)
def starter(request):
    path = request.param
    return read_document(path.read_bytes(), path.name, sidecar_of(path))


def test_a_starter_document_loses_no_words_to_boilerplate(starter):
    lost = [block for block in starter.blocks if block.kind is BlockKind.BOILERPLATE]
    if starter.format == "html":  # the page has a menu, a cookie notice and a footer around it
        page = (STARTER / f"{starter.doc_id}.html").read_text(encoding="utf-8")
        main = Span(page.index("<article"), page.index("</article>"))
        lost = [block for block in lost if starter.offsets.to_raw(block.span).overlaps(main)]
    assert [block.span.of(starter.text) for block in lost] == []


def test_a_starter_document_has_a_publisher_and_is_not_reviewed(starter):
    source = starter.source
    assert source.publisher
    assert (source.status, source.reviewed) == (Status.UNREVIEWED, None)
    assert source.licence


def test_a_starter_document_says_that_nobody_reviewed_it(starter):
    first = starter.text[
        :500
    ].casefold()  # in words of its own, so that no search finds them all at once
    assert re.search(r"\b(no|not|nothing|without|lack|yet|waiting)\b", first)
    assert re.search(r"\b(review|check|approv|looked over)", first)
    assert re.search(r"\bclinic", first)


def test_a_starter_document_tiles_and_has_sections(starter):
    assert "".join(block.span.of(starter.text) for block in starter.blocks) == starter.text
    assert any(block.heading_path for block in starter.blocks)


def test_every_file_beside_the_starter_documents_belongs_to_one():
    stems = {path.stem for path in STARTERS}
    sidecars = {path.name.removesuffix(".meta.yaml") for path in STARTER.glob("*.meta.yaml")}
    assert sidecars <= stems


def test_the_whole_starter_library_goes_in(library):
    taken = take_in(library, STARTERS)
    assert [row.problem for row in taken if row.problem] == []
    assert len(library.quotable()) == len(STARTERS)
