"""The library: versions by content, nothing ever lost, nothing withdrawn ever quoted again."""

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from sources.document import Document, Span, Status
from sources.errors import LibraryDamaged, UnknownDocument
from sources.library import Added, Library
from sources.read import read_document

FIRST = b"# Scans\n\nA scan is short.\n\n- Bring films\n\n| a | b |\n|---|---|\n| c | d |\n"
SECOND = b"# Scans\n\nA scan takes an hour.\n"


@pytest.fixture
def library(tmp_path):
    made = Library(tmp_path / "home")
    yield made
    made.close()


def made(data: bytes = FIRST, name: str = "scans.md", **declared: object) -> Document:
    return read_document(data, name, declared)


def add(library: Library, data: bytes = FIRST, name: str = "scans.md", **declared: object) -> Added:
    return library.add(made(data, name, **declared), data, name)


def test_a_new_library_is_empty(library):
    assert library.entries() == []
    assert dict(library.quotable()) == {}
    assert library.revision == 0


def test_a_document_comes_back_as_it_went_in(library):
    assert add(library, publisher="A ward", reviewed="2026-01-02", references=["One."]) is Added.NEW
    document = made(publisher="A ward", reviewed="2026-01-02", references=["One."])
    reopened = Library(library.home)
    assert library.document("scans", document.version) == document
    assert reopened.document("scans", document.version) == document
    reopened.close()


def test_repairs_pages_and_places_come_back_too(library):
    data = b"Spine Scans\n\nIt may hurt a\n\nlittle \xef\xac\x81rst.\n\nAll is well then.\n"
    document = made(data, "page.txt")
    library.add(document, data, "page.txt")
    library.close()
    again = Library(library.home).document("page", document.version)
    assert (again.repairs, again.pages) == (document.repairs, document.pages)
    whole = Span(0, len(again.text))
    assert again.offsets.to_raw(whole) == document.offsets.to_raw(whole)


def test_the_same_bytes_twice_change_nothing(library):
    add(library)
    before = (library.entries(), library.revision)
    assert add(library) is Added.UNCHANGED
    assert (library.entries(), library.revision) == before


def test_changed_bytes_are_a_new_version_and_only_it_is_quotable(library):
    add(library)
    assert add(library, SECOND) is Added.NEW_VERSION
    assert [entry.current for entry in library.entries()] == [False, True]
    assert list(library.quotable()) == [made(SECOND).version]


def test_an_old_version_can_still_be_read(library):
    add(library)
    add(library, SECOND)
    old = made()
    assert library.document("scans", old.version).text == old.text


def test_an_earlier_version_is_restored_when_its_bytes_come_back(library):
    add(library)
    add(library, SECOND)
    assert add(library) is Added.RESTORED
    assert list(library.quotable()) == [made().version]
    assert len(library.entries()) == 2


def test_a_sidecar_that_changes_changes_the_metadata_alone(library):
    add(library)
    assert add(library, title="New title") is Added.METADATA
    (entry,) = library.entries()
    assert entry.source.title == "New title"
    assert library.document("scans", entry.version).source.title == "New title"


def test_a_withdrawn_document_is_not_quotable_and_not_forgotten(library):
    add(library)
    assert library.withdraw("scans").source.status is Status.WITHDRAWN
    assert dict(library.quotable()) == {}
    assert library.entry("scans").source.status is Status.WITHDRAWN
    assert library.document("scans", made().version).text == made().text


@pytest.mark.parametrize("declared", [{}, {"status": "approved"}, {"title": "Other"}])
def test_a_withdrawn_document_stays_so_when_it_is_added_again(library, declared):
    add(library)
    library.withdraw("scans")
    add(library, **declared)
    assert library.entry("scans").source.status is Status.WITHDRAWN
    assert dict(library.quotable()) == {}


def test_a_withdrawn_version_that_is_restored_stays_withdrawn(library):
    add(library)
    library.withdraw("scans")
    add(library, SECOND)
    assert add(library) is Added.RESTORED
    assert dict(library.quotable()) == {}


@pytest.mark.parametrize("status", ["expired", "withdrawn"])
def test_a_source_that_says_it_is_over_is_not_quotable(library, status):
    add(library, status=status)
    assert dict(library.quotable()) == {}


@pytest.mark.parametrize("status", ["unreviewed", "in review", "approved"])
def test_a_source_in_any_other_state_is_quotable(library, status):
    add(library, status=status)
    assert [entry.source.status for entry in library.quotable().values()] == [status]


def test_the_revision_grows_with_every_change_and_with_nothing_else(library):
    seen = [library.revision]
    for data, declared in [(FIRST, {}), (FIRST, {}), (SECOND, {}), (SECOND, {"title": "New"})]:
        add(library, data, **declared)
        seen.append(library.revision)
    library.withdraw("scans")
    assert [*seen, library.revision] == [0, 1, 1, 2, 3, 4]


def test_a_change_by_another_library_is_seen(library):
    other = Library(library.home)
    add(library)
    assert list(other.quotable()) == [made().version]
    other.withdraw("scans")
    assert dict(library.quotable()) == {}
    other.close()


def test_new_metadata_by_another_library_are_on_a_remembered_document(library):
    add(library)
    version = made().version
    assert library.document("scans", version).source.title == "Scans"
    other = Library(library.home)
    add(other, title="New title")
    assert library.document("scans", version).source.title == "New title"
    other.close()


def test_what_may_be_quoted_is_looked_up_once_for_each_revision(library):
    add(library)
    assert library.quotable() is library.quotable()


def test_the_original_bytes_are_kept(library):
    add(library)
    assert library.original(made().version) == FIRST
    assert [path.name for path in (library.home / "originals").iterdir()] == [made().version]


def test_a_missing_original_is_damage(library):
    add(library)
    (library.home / "originals" / made().version).unlink()
    with pytest.raises(LibraryDamaged, match=r"is missing; restore it from a backup"):
        library.original(made().version)


def test_a_version_may_be_named_by_its_first_letters(library):
    add(library)
    assert library.entry("scans", made().version[:8]).version == made().version


def test_an_unknown_document_is_named(library):
    add(library)
    with pytest.raises(UnknownDocument, match="no document nothing; see `quotewell sources list`"):
        library.entry("nothing")
    with pytest.raises(UnknownDocument, match="no document scans version 123"):
        library.entry("scans", "123zz")
    with pytest.raises(UnknownDocument, match="no document nothing"):
        library.withdraw("nothing")


def test_an_unknown_version_is_named(library):
    add(library)
    with pytest.raises(UnknownDocument, match="no version 0000"):
        library.document("scans", "0000")
    with pytest.raises(UnknownDocument, match="no document other version"):
        library.document("other", made().version)


def test_more_documents_than_memory_holds_are_all_readable(library, monkeypatch):
    monkeypatch.setattr("sources.library.CACHED_DOCUMENTS", 2)
    texts = [f"Text number {number} is here.".encode() for number in range(5)]
    for number, data in enumerate(texts):
        add(library, data, f"{number}.md")
    look = library.look()
    found = [look.document(made(data).version).text for data in texts * 2]
    assert found == [text.decode() for text in texts] * 2


def test_a_look_stays_as_the_library_was(library):
    add(library)
    version, look = made().version, library.look()
    library.withdraw("scans")
    assert look.source(version) == look.document(version).source
    assert look.source(version).status is Status.UNREVIEWED
    assert library.look().source(version).status is Status.WITHDRAWN
    with pytest.raises(UnknownDocument, match="no version 0000"):
        look.document("0000")


def test_damage_to_the_database_is_named_with_its_remedy(tmp_path):
    (tmp_path / "library.db").write_bytes(b"this is no database at all. " * 100)
    with pytest.raises(LibraryDamaged, match=r"library\.db cannot be used .*; restore it from"):
        Library(tmp_path)


def test_damage_that_comes_later_is_named_too(library):
    add(library)
    library.close()
    with sqlite3.connect(library.home / "library.db") as connection:
        connection.execute("DROP TABLE versions")
    connection.close()
    with pytest.raises(LibraryDamaged, match="no such table: versions"):
        library.entries()


ADD_SOME = """
import sys
from pathlib import Path
from sources.library import Library
from sources.read import read_document

library = Library(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), int(sys.argv[3])):
    data = f"Text number {number} is here.".encode()
    library.add(read_document(data, f"{number}.md"), data, f"{number}.md")
"""


def test_two_processes_add_at_once(library):
    command = [sys.executable, "-c", ADD_SOME, library.home]
    root = Path(__file__).parent.parent
    both = [subprocess.Popen([*command, *ends], cwd=root) for ends in (("0", "8"), ("8", "16"))]
    assert [process.wait() for process in both] == [0, 0]
    assert {entry.doc_id for entry in library.entries()} == {str(n) for n in range(16)}
    assert library.revision == 16


def add_some(home: Path, numbers: range) -> None:
    library = Library(home)
    for number in numbers:
        add(library, f"Text number {number} is here.".encode(), f"{number}.md")
    library.close()


def test_threads_read_while_another_adds(library):
    add(library)
    version = made().version
    with ThreadPoolExecutor(4) as pool:
        writer = pool.submit(add_some, library.home, range(6))
        readers = pool.map(lambda _: library.document("scans", version).text, range(60))
        assert set(readers) == {made().text}
        writer.result()
    assert len(library.entries()) == 7


def test_a_document_with_another_id_keeps_its_own_versions(library):
    add(library)
    add(library, SECOND, "other.md")
    assert {entry.doc_id: entry.current for entry in library.entries()} == {
        "scans": True,
        "other": True,
    }


def test_a_source_is_kept_whatever_its_letters(library):
    document = made()
    source = replace(document.source, title="Größe “x” 😀", references=("a\nb", "c"))
    library.add(replace(document, source=source), FIRST, "scans.md")
    assert library.entry("scans").source == source


def test_a_withdrawn_document_says_so_when_it_is_read_again(library):
    add(library)
    entry = library.entry("scans")
    library.document("scans", entry.version)
    library.withdraw("scans")
    assert library.document("scans", entry.version).source.status is Status.WITHDRAWN


def test_the_same_bytes_under_another_name_are_no_other_document(library):
    add(library)
    assert add(library, FIRST, "other.md", title="Other") is Added.UNCHANGED
    assert [entry.doc_id for entry in library.entries()] == ["scans"]


def test_a_damaged_row_is_an_error_that_names_the_file(library, tmp_path):
    add(library)
    entry = library.entry("scans")
    with sqlite3.connect(library.home / "library.db") as connection:
        connection.execute("UPDATE versions SET body = x'00'")
    connection.close()
    with pytest.raises(LibraryDamaged, match=r"library\.db cannot be used .* restore it"):
        library.document("scans", entry.version)


def test_processes_that_meet_in_a_new_home_all_get_in(tmp_path):
    program = (
        "import sys; from pathlib import Path; from sources.library import Library; "
        "from sources.read import read_document; library = Library(Path(sys.argv[1])); "
        "data = b'# Same\\n\\nThe same words.'; "
        "print(library.add(read_document(data, 'same.md'), data, 'same.md').value)"
    )
    root = Path(__file__).parents[1]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "home")],
            cwd=root,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    said = sorted(process.communicate()[0].strip() for process in started)
    assert said == ["already there"] * 3 + ["new document"]
