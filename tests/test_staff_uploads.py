"""Files that staff send: whole or not at all, read before anything is kept, added once."""

import io
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from reportlab.pdfgen.canvas import Canvas

from qa.staff.understood import add, understand
from qa.staff.uploads import KEPT_S, UnknownUpload, Uploads
from sources.document import BlockKind, Status, Wording
from sources.errors import (
    BadMetadata,
    EmptyFile,
    TooLarge,
    UnknownFormat,
    Unreadable,
)
from sources.history import Step
from sources.library import Added, Library
from sources.read import read_document

OLD = b"""---
title: Scans of the back
publisher: A ward
status: approved
reviewed: 2026-01-02
review_due: 2027-01-02
asked_as:
  Scans > Noise: [is it loud]
  Scans > After: [can i drive]
---
# Scans

## Noise

An MRI scan is loud.

## After

Rest for a day.
"""
NEW = b"# Scans\n\n## Noise\n\nAn MRI scan is very loud.\n\n- Bring ear plugs\n"


@pytest.fixture
def library(tmp_path):
    made = Library(tmp_path)
    yield made
    made.close()


@pytest.fixture
def uploads(tmp_path):
    return Uploads(tmp_path, limit=1000)


def pdf_of(pages):
    """A PDF with a line of words on each page, none where the line is empty."""
    out = io.BytesIO()
    canvas = Canvas(out)
    for line in pages:
        canvas.drawString(72, 700, line)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def sent(uploads, data=NEW, name="scans.md", who="anna", doc_id=None):
    return uploads.take(io.BytesIO(data), name, who, doc_id)


def held(library, data=OLD, name="scans.md"):
    library.add(read_document(data, name), data, name)
    return library.entry("scans")


def left(uploads):
    return [path.name for path in uploads.folder.glob("*")] if uploads.folder.exists() else []


def test_an_upload_lies_aside_and_the_library_knows_nothing_of_it(uploads, library):
    upload = sent(uploads)
    assert uploads.data(upload) == NEW
    assert uploads.all() == [upload] == [uploads.find(upload.upload_id)]
    assert (upload.name, upload.who, upload.size) == ("scans.md", "anna", len(NEW))
    assert library.entries() == []
    assert list((library.home / "originals").iterdir()) == []


class CutOff(io.BytesIO):
    """A connection that breaks after the first piece."""

    def read(self, size=-1):
        if self.tell():
            raise ConnectionResetError("the other side went away")
        return super().read(10)


@pytest.mark.parametrize(
    ("file", "name", "error", "says"),
    [
        (io.BytesIO(b"x" * 1001), "a.txt", TooLarge, "larger than the 0 MB that may be uploaded"),
        (io.BytesIO(b""), "a.txt", EmptyFile, "a.txt is empty; choose a file"),
        (io.BytesIO(b"x"), "a.exe", UnknownFormat, "a.exe is of an unknown format; known are"),
        (io.BytesIO(b"x"), "", UnknownFormat, "a file is of an unknown format"),
        (CutOff(b"x" * 100), "a.txt", ConnectionResetError, "went away"),
    ],
)
def test_what_cannot_be_taken_whole_leaves_nothing(uploads, file, name, error, says):
    with pytest.raises(error, match=says):
        uploads.take(file, name, "anna")
    assert left(uploads) == []


def test_a_full_disk_leaves_nothing(tmp_path):
    code = (
        "import io, os, resource, sys; from pathlib import Path\n"
        "from qa.staff.indexing import problem_in_words; from qa.staff.uploads import Uploads\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try: Uploads(Path(sys.argv[1]), 10**6).take(io.BytesIO(b'x' * 9000), 'a.txt', 'anna')\n"
        "except OSError as error: print(problem_in_words(error))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith("the disk is full. Nothing was changed")
    assert list((tmp_path / "uploads").iterdir()) == []


@pytest.mark.parametrize("name", ["../../scans.md", "C:\\files\\scans.md", "/etc/scans.md"])
def test_the_name_of_a_file_leads_nowhere(uploads, name):
    assert sent(uploads, name=name).name == "scans.md"
    assert len(left(uploads)) == 1


@pytest.mark.parametrize("upload_id", ["", "..", "../originals", "x" * 16, "a/b"])
def test_an_upload_that_is_not_there_says_so(uploads, upload_id):
    with pytest.raises(UnknownUpload, match="upload the file again"):
        uploads.find(upload_id)


def test_what_nobody_came_back_to_is_dropped(uploads):
    old, cut_off = sent(uploads), uploads.folder / ".half"
    cut_off.mkdir()
    long_ago = time.time() - KEPT_S - 60
    for folder in (uploads.folder / old.upload_id, cut_off):
        os.utime(folder, (long_ago, long_ago))
    new = sent(uploads)
    assert left(uploads) == [new.upload_id]


def test_a_preview_tells_what_was_understood(uploads, library):
    page = b"Spine Scans\n\nIt may hurt a\n\nlittle first.\n\nAccept all cookies\n\nAll is well.\n"
    found = understand(uploads, sent(uploads, page, "page.txt"), library)
    assert found.counts[BlockKind.PARAGRAPH] >= 1
    assert found.furniture == ["Accept all cookies"]
    assert sum(found.repairs.values()) >= 1
    assert (found.known, found.same, found.wordless) == (None, None, ())
    assert found.document.source.status is Status.IN_REVIEW
    assert library.entries() == []


def test_a_page_without_words_is_named(uploads, library):
    uploads.limit = 10**6
    data = pdf_of(["A scan is loud and takes an hour.", "", "Rest for one whole day."])
    assert understand(uploads, sent(uploads, data, "scans.pdf"), library).wordless == (2,)


@pytest.mark.parametrize(
    ("data", "name", "error"),
    [
        (b"%PDF-1.7 and no more", "a.pdf", Unreadable),
        (b"\x00\x01\x02" * 40, "a.txt", Unreadable),
        (b"---\nstatus: due\n---\n# A\n\nWords.\n", "a.md", BadMetadata),
        (b"   \n", "a.txt", EmptyFile),
    ],
)
def test_what_cannot_be_read_says_why_and_what_to_do(uploads, library, data, name, error):
    upload = sent(uploads, data, name)
    with pytest.raises(error, match=name):
        add(uploads, upload, library, "anna")
    assert library.entries() == []
    assert uploads.all() == [upload]


def test_a_new_version_keeps_the_metadata_that_people_gave(uploads, library):
    held(library)
    found = understand(uploads, sent(uploads, name="other.md", doc_id="scans"), library)
    source = found.document.source
    assert found.document.doc_id == "scans"
    assert (source.title, source.publisher) == ("Scans of the back", "A ward")
    assert (source.status, source.reviewed, source.review_due) == (Status.IN_REVIEW, None, None)
    assert source.asked_as == (Wording(("Scans", "Noise"), "is it loud"),)
    assert found.lost == (Wording(("Scans", "After"), "can i drive"),)


def test_a_file_that_calls_itself_approved_is_in_review(uploads, library):
    assert understand(uploads, sent(uploads, OLD), library).document.source.status is (
        Status.IN_REVIEW
    )


def test_adding_lets_the_version_wait_and_forgets_the_upload(uploads, library):
    before = held(library)
    assert add(uploads, sent(uploads), library, "anna", "the new leaflet") is Added.NEW_VERSION
    assert list(library.quotable()) == [before.version]
    assert [entry.waiting for entry in library.entries()] == [False, True]
    last = library.history("scans")[-1]
    assert (last.step, last.who, last.note) == (Step.ADDED, "anna", "the new leaflet")
    assert uploads.all() == []


def test_one_file_uploaded_twice_at_once_is_one_version_and_two_clear_outcomes(uploads, library):
    held(library)
    two = [sent(uploads, who=who) for who in ("anna", "ben")]
    with ThreadPoolExecutor(2) as pool:
        outcomes = set(pool.map(lambda one: add(uploads, one, library, one.who), two))
    assert outcomes == {Added.NEW_VERSION, Added.UNCHANGED}
    assert len(library.entries()) == 2


def test_the_very_bytes_that_are_there_are_recognised(uploads, library):
    before = held(library)
    found = understand(uploads, sent(uploads, OLD), library)
    assert found.same == before
    assert add(uploads, sent(uploads, OLD), library, "anna") is Added.UNCHANGED
    assert library.entry("scans") == before
