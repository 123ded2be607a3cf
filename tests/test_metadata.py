"""Who answers for a document: front matter, sidecars, and what is refused in either."""

from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.document import Audience, Status, Wording
from sources.errors import BadMetadata
from sources.metadata import doc_id_from, parse_yaml, read_sidecar, source_from
from sources.read import read_document, sidecar_of


def source(**declared):
    return source_from(declared, "A title", "a.md")


def sidecar(folder, text):
    path = folder / "leaflet.meta.yaml"
    path.write_text(text, encoding="utf-8")
    return read_sidecar(path)


def test_nothing_declared_is_unreviewed_english_for_patients():
    made = source()
    assert (made.title, made.publisher, made.language) == ("A title", None, "en")
    assert (made.audience, made.status) == (Audience.PATIENT, Status.UNREVIEWED)


def test_wordings_are_kept_by_section():
    made = source(asked_as={"Pain": ["does it hurt", " will it  sting "], "Pain > After": "later?"})
    assert made.asked_as == (
        Wording(("Pain",), "does it hurt"),
        Wording(("Pain",), "will it sting"),
        Wording(("Pain", "After"), "later?"),
    )


def test_wordings_without_sections_are_refused():
    with pytest.raises(BadMetadata, match=r"asked_as is \['hurts'\], which is not a list of sect"):
        source(asked_as=["hurts"])


def test_wordings_of_a_section_that_is_not_there_bring_the_nearest():
    text = "# Biopsy\n\n## Pain\n\nIt hurts.\n"
    wrong = {"asked_as": {"Pein": ["does it hurt"]}}
    said = r"a.md: asked_as names no section of it: 'Pein'; did you mean 'Pain'\?"
    with pytest.raises(BadMetadata, match=said):
        read_document(text.encode(), "a.md", wrong)


def test_every_declared_field_reaches_the_source():
    made = source(
        title="  Two \n lines ",
        publisher="A ward",
        url="https://example.org/a?b=c",
        licence="CC BY 4.0",
        audience="Clinician",
        language="en-GB",
        status="in_review",
        reviewed="2026-01-02",
        review_due=datetime(2027, 1, 2, 3, 4),
        references=["One.", "Two."],
    )
    assert made.title == "Two lines"
    assert (made.audience, made.status) == (Audience.CLINICIAN, Status.IN_REVIEW)
    assert (made.reviewed, made.review_due) == (date(2026, 1, 2), date(2027, 1, 2))
    assert made.references == ("One.", "Two.")


def test_one_reference_needs_no_list():
    assert source(references="Only one.").references == ("Only one.",)


def test_empty_values_are_as_good_as_none():
    assert source(publisher="", url=None, status=None) == source()


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        ("reviewed", "soon", "not a date like 2026-11-21"),
        ("review_due", "2026-02-30", "not a date like"),
        ("status", "perfect", "not one of: unreviewed, in review, approved"),
        ("status", True, "not one of"),
        ("audience", "children", "not one of: patient, clinician"),
        ("url", "www.example.org", "does not start with http"),
        ("url", "javascript:alert(1)", "does not start with http"),
        ("url", "https://a.b/<script>", "does not start with http"),
        ("language", "en_US", "not a language tag"),
        ("title", ["a"], "not a line of text"),
        ("references", [{"a": 1}], "not a line of text"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_by_name(key, value, problem):
    with pytest.raises(BadMetadata, match=rf"a\.md: {key} is .*{problem}.*; correct it"):
        source(**{key: value})


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        ("License", "licence"),
        ("author", "publisher"),
        ("last-reviewed", "reviewed"),
        ("Review Status", "status"),
        ("lang", "language"),
        ("id", "doc_id"),
        ("next review", "review_due"),
    ],
)
def test_other_spellings_of_a_key_are_known(written, ours):
    assert parse_yaml(f"{written}: x", "a.md") == {ours: "x"}


def test_empty_metadata_declare_nothing():
    assert parse_yaml("# only a remark\n", "a.md") == {}


@pytest.mark.parametrize("text", ["just words", "- a\n- b", "42"])
def test_metadata_that_are_no_mapping_are_refused(text):
    with pytest.raises(BadMetadata, match=r"a\.md is not a list of `key: value` lines"):
        parse_yaml(text, "a.md")


@pytest.mark.parametrize(
    "text",
    [
        "title: [a",
        "a: b: c",
        "\ttitle: a",
        "a: *nowhere",
        "reviewed: 2026-13-45",
        "a: !!int ''",
        "a: !!bool x",
        "a: !!timestamp x",
        "a: !!python/name:os.system",
        "[" * 3000,
    ],
)
def test_metadata_that_do_not_parse_are_refused(text):
    with pytest.raises(BadMetadata, match=r"a\.md does not parse.*; correct it or remove it"):
        parse_yaml(text, "a.md")


def test_the_line_that_does_not_parse_is_named():
    with pytest.raises(BadMetadata, match=r"\(line 2\)"):
        parse_yaml("title: a\nurl: @b\n", "a.md")


@given(st.text(max_size=60))
def test_no_text_whatever_raises_anything_but_bad_metadata(text):
    with suppress(BadMetadata):
        assert isinstance(parse_yaml(text, "a.md"), dict)


def test_an_unknown_key_in_a_sidecar_brings_the_nearest_known_one(tmp_path):
    with pytest.raises(BadMetadata, match="unknown key 'pubisher'; did you mean 'publisher'"):
        sidecar(tmp_path, "pubisher: A ward\n")


def test_an_unknown_key_like_none_of_ours_brings_the_whole_list(tmp_path):
    with pytest.raises(BadMetadata, match=r"'zzz'; known keys: title, .*doc_id"):
        sidecar(tmp_path, "zzz: 1\n")


def test_a_sidecar_that_is_not_text_is_refused(tmp_path):
    path = tmp_path / "leaflet.meta.yaml"
    path.write_bytes(b"title: \xff\xfe\x9d")
    with pytest.raises(BadMetadata, match="not UTF-8 text; save it as UTF-8"):
        read_sidecar(path)


def test_a_sidecar_lies_beside_its_file_whatever_the_ending(tmp_path):
    sidecar(tmp_path, "title: Beside\n")
    assert sidecar_of(tmp_path / "leaflet.pdf") == {"title": "Beside"}
    assert sidecar_of(tmp_path / "other.pdf") == {}


def test_a_sidecar_wins_over_front_matter():
    data = b"---\ntitle: Inside\npublisher: A ward\n---\nSome text."
    document = read_document(data, "a.md", {"title": "Beside", "doc_id": "mine"})
    assert (document.doc_id, document.source.title) == ("mine", "Beside")
    assert document.source.publisher == "A ward"


@pytest.mark.parametrize(
    ("stem", "doc_id"),
    [
        ("leaflet", "leaflet"),
        ("My leaflet (2)", "My-leaflet-2"),
        ("Größe_1.2", "Größe_1.2"),
        ("../../etc", "etc"),
        ("...", "document"),
        ("x" * 200, "x" * 120),
    ],
)
def test_an_id_is_the_stem_made_safe(stem, doc_id):
    assert doc_id_from({}, stem) == doc_id


@pytest.mark.parametrize("wanted", ["a b", "../a", "", ".a", "x" * 121, ["a"]])
def test_an_id_with_other_characters_is_refused(wanted):
    with pytest.raises(BadMetadata, match=r"the doc_id of leaflet is .*; it may only hold"):
        doc_id_from({"doc_id": wanted}, "leaflet")
