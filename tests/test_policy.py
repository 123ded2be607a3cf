"""What may be quoted follows from the review, the calendar and the house's policy, at once."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.build import build
from qa.answer_json import answer_to_json
from qa.answer_text import answer_as_text
from qa.assistant import Assistant
from qa.ledger.clerk import Clerk
from qa.ledger.inbox import inbox
from qa.ledger.ledger import Ledger
from qa.notices import notice_text
from qa.settings import Settings, SettingsError, read_settings
from qa.ui.quote_card import Place, quote_card
from qa.ui.recorder import Recorder
from sources.document import Audience, Source, Status
from sources.errors import BadMetadata
from sources.library import Library
from sources.policy import Policy, Quoting
from sources.read import read_document

DUE = date(2027, 3, 1)
TEXT = b"# Scan\n\nAn MRI scan is very loud inside the tunnel.\n"


def on(days: int) -> date:
    return DUE + timedelta(days=days)


@pytest.mark.parametrize(
    ("status", "days", "stands"),
    [
        (Status.APPROVED, -1, Status.APPROVED),
        (Status.APPROVED, 0, Status.DUE),
        (Status.APPROVED, 90, Status.DUE),
        (Status.APPROVED, 91, Status.EXPIRED),
        (Status.UNREVIEWED, 90, Status.UNREVIEWED),
        (Status.IN_REVIEW, 91, Status.EXPIRED),  # a review that lingers buys no time
        (Status.WITHDRAWN, 91, Status.WITHDRAWN),
        (Status.EXPIRED, -1, Status.EXPIRED),
    ],
)
def test_a_review_falls_due_and_runs_out_by_the_date(status, days, stands):
    source = Source("Scan", status=status, review_due=DUE)
    assert Policy(grace_days=90).status(source, on(days)) is stands


@given(st.sampled_from([s for s in Status if s is not Status.DUE]), st.dates())
def test_without_a_day_for_the_next_review_nothing_runs_out(status, today):
    assert Policy().status(Source("Scan", status=status), today) is status


@given(
    st.integers(0, 400),
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
    st.dates(date(2000, 1, 1), date(2090, 1, 1)),
)
def test_what_has_run_out_does_not_come_back_with_time(grace, earlier, later):
    policy, source = Policy(grace_days=grace), Source("S", status=Status.APPROVED, review_due=DUE)
    order = [Status.APPROVED, Status.DUE, Status.EXPIRED]
    first, last = sorted((earlier, later))
    stands = [order.index(policy.status(source, day)) for day in (first, last)]
    assert stands == sorted(stands)


@given(st.sampled_from(Quoting))
def test_no_policy_quotes_what_is_withdrawn(chosen):
    policy = Policy(chosen, chosen, chosen, chosen, chosen)
    assert policy.quoting(Status.WITHDRAWN) is Quoting.NEVER
    assert {policy.quoting(status) for status in Status if status is not Status.WITHDRAWN} == {
        chosen
    }


def test_as_the_program_comes_the_starter_library_is_quoted_and_the_overdue_with_a_banner():
    policy = Settings().policy
    assert policy == Policy()
    told = {status: policy.quoting(status) for status in Status}
    assert told == {
        Status.UNREVIEWED: Quoting.QUOTE,
        Status.IN_REVIEW: Quoting.QUOTE,
        Status.APPROVED: Quoting.QUOTE,
        Status.DUE: Quoting.BANNER,
        Status.EXPIRED: Quoting.NEVER,
        Status.WITHDRAWN: Quoting.NEVER,
    }


def test_nobody_can_write_that_a_review_is_due():
    with pytest.raises(BadMetadata, match="not one of: unreviewed, in review, approved, expired"):
        read_document(TEXT, "scan.md", {"status": "due"})


def test_the_policy_is_read_from_the_settings(tmp_path):
    (tmp_path / "quotewell.toml").write_text('when_unreviewed = "banner"\ngrace_days = 7\n')
    policy = read_settings(tmp_path).policy
    assert (policy.unreviewed, policy.grace_days) == (Quoting.BANNER, 7)


@pytest.mark.parametrize("line", ['when_due = "sometimes"', "when_due = 3", "when_due = true"])
def test_a_policy_that_is_none_is_refused(tmp_path, line):
    (tmp_path / "quotewell.toml").write_text(line)
    with pytest.raises(SettingsError, match="when_due must be one of quote, banner, never"):
        read_settings(tmp_path)


class Calendar:
    """A day that a test turns."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __call__(self) -> date:
        return self.day


@pytest.fixture
def calendar():
    return Calendar(on(-1))


@pytest.fixture
def assistant(tmp_path, calendar, embedder):
    """An approved text whose review is due tomorrow, indexed once and never again."""
    settings = Settings(home=tmp_path, wrong_at_most=0.2)
    library = Library(tmp_path, settings.policy, calendar)
    declared = {"status": "approved", "reviewed": "2026-03-01", "review_due": str(DUE)}
    library.add(read_document(TEXT, "scan.md", declared), TEXT, "scan.md")
    build(library, embedder, lambda *_: None)
    yield Assistant(settings, library, embedder)
    library.close()


def asked(assistant):
    return assistant.ask("Is an MRI scan loud inside the tunnel?")


def test_an_expired_text_is_quoted_no_more_from_its_day_on_without_a_new_index(assistant, calendar):
    seen = []
    for days in (-1, 0, 90, 91):
        calendar.day = on(days)
        seen.append([(q.source.status.value, q.banner) for q in asked(assistant).quotes])
    assert seen == [[("approved", None)], [("due", "banner.due")], [("due", "banner.due")], []]


def test_a_banner_stands_on_the_card_in_the_terminal_and_in_the_json(assistant, calendar):
    calendar.day = on(1)
    answer = asked(assistant)
    (quote,) = answer.quotes
    document = assistant.library.document(quote.doc_id, quote.version)
    banner = notice_text("banner.due")
    card = quote_card(quote, document, Place(1, 1, 1), calendar.day)
    assert card.index(banner) < card.index("<blockquote")
    assert banner in answer_as_text(answer, assistant.settings)
    assert [q["banner"] for q in answer_to_json(answer)["quotes"]] == [banner]
    assert notice_text("status.due") in card


def test_the_ledger_re_checks_what_ran_out_overnight(assistant, calendar, tmp_path):
    with_ledger = Ledger(tmp_path)
    clerk = Clerk(with_ledger, assistant.library, 180)
    answer, workings = assistant.ask_with_workings("Is an MRI scan loud inside the tunnel?")
    Recorder(assistant.settings, clerk).record(answer, workings, Audience.PATIENT, "en")

    def found() -> list[str]:
        while clerk.one_round():
            pass
        return [concern.finding.state.value for concern in inbox(with_ledger)]

    assert found() == []
    calendar.day = on(91)
    assert found() == ["withdrawn"]
    with_ledger.close()
