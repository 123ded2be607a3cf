"""A sheet to take away: all that is said on it, for the page and the PDF alike."""

from dataclasses import dataclass
from datetime import date, datetime

from qa.answer import DifferenceKind, Outcome
from qa.first_look import card_to_show, is_crisis
from qa.ledger.code import code_of
from qa.ledger.compare import State
from qa.ledger.reopen import Reopened, reopen_quotes
from qa.ledger.saved import Saved
from qa.message_language import message_language
from qa.notices import notice_names, notice_text
from qa.personal import PersonalQuestion, all_kinds
from qa.settings import Settings
from qa.triage.care_card import CareCard
from qa.triage.check import Fired, RedFlag
from qa.triage.rules import Level
from qa.ui.conversation import DIFFERS
from qa.ui.in_words import date_in_words
from sources.library import Library

SIGNS = {
    State.UNCHANGED: "sheet.unchanged",
    State.MOVED: "sheet.moved",
    State.REWORDED: "sheet.reworded",
    State.GONE: "sheet.gone",
    State.WITHDRAWN: "sheet.withdrawn",
    State.LOST: "sheet.lost",
}
ASKS = ("sheet.ask_one", "sheet.ask_two", "sheet.ask_three")


@dataclass(frozen=True, slots=True)
class Sheet:
    """An answer opened again on the day `today`, to be read in `language` at `address`.

    `flag` is the rule whose card was shown, `personal` who can answer instead.
    """

    saved: Saved
    quotes: list[Reopened]
    flag: RedFlag | None
    personal: PersonalQuestion | None
    address: str
    today: date
    language: str

    @property
    def code(self) -> str:
        """The code that opens it too."""
        return code_of(self.saved.answer_id)

    @property
    def question(self) -> str:
        """The masked question, or that it is forgotten."""
        return self.saved.said or notice_text("sheet.no_question")

    @property
    def given(self) -> str:
        """When the answer was given, in words."""
        day = datetime.fromisoformat(self.saved.at).date()
        return notice_text("sheet.given").format(date=date_in_words(day))

    @property
    def standing(self) -> str:
        """Whether its sources have changed since; nothing when there is no quote."""
        if self.changed:
            filled = {"first": self.changed, "last": len(self.quotes)}
            return notice_text("sheet.changed").format(**filled)
        return notice_text("sheet.all_stand") if self.quotes else ""

    @property
    def changed(self) -> int:
        """How many quotes no longer stand as they were shown."""
        return sum(not quote.stands for quote in self.quotes)

    @property
    def outcome(self) -> str:
        """How the question ended.

        Nothing where a crisis card says all that there is to say, and where what was found to
        answer does not stand any more: how it stands is said instead.
        """
        past = self.answered and self.changed
        alone = is_crisis(self.flag) and not self.quotes
        return "" if past or alone else _said(self.saved.facts["notice"])

    @property
    def disclaimer(self) -> str:
        """What stands under every answer."""
        return _said(self.saved.facts["disclaimer"])

    @property
    def answered(self) -> bool:
        """Whether the quotes were held to answer the question."""
        return bool(self.saved.facts["outcome"] == Outcome.ANSWERED)

    @property
    def differs(self) -> list[str]:
        """Which quotes cannot both hold, in words."""
        return [
            notice_text(DIFFERS[DifferenceKind(kind)]).format(first=first + 1, last=second + 1)
            for first, second, kind in self.saved.facts["differs"]
        ]

    @property
    def asks(self) -> list[str]:
        """Three questions to ask the team."""
        return self.personal.questions if self.personal else [notice_text(name) for name in ASKS]


def open_sheet(library: Library, saved: Saved, address: str, today: date) -> Sheet:
    """The sheet of a saved answer, its quotes as they stand now."""
    facts = saved.facts
    flag = _flag(facts["urgent"])
    # As on the page: the language of the question where it is plain, or that of its page.
    told = flag.first.language if flag else message_language(saved.said or "")
    language = told or facts["language"]
    personal = _personal(facts["personal"], language)
    return Sheet(saved, reopen_quotes(library, facts), flag, personal, address, today, language)


def care_card_of(sheet: Sheet, settings: Settings) -> CareCard | None:
    """The care card that was shown, with the numbers that hold now; none when there was none."""
    return card_to_show(sheet.flag, settings) if sheet.flag else None


def also_of(quote: Reopened) -> str:
    """Which other documents say the same, in words; nothing when none does."""
    return f"{notice_text('page.also')}: {', '.join(quote.also)}" if quote.also else ""


def sign_of(quote: Reopened) -> str:
    """What became of a quote, in words."""
    return notice_text("sheet.weighty" if quote.weighty else SIGNS[quote.state])


def _said(name: str) -> str:
    """The notice called `name`; nothing where an older program had one that is gone."""
    return notice_text(name) if name in notice_names() else ""


def _flag(fired: dict[str, str] | None) -> RedFlag | None:
    """The rule that fired; the words it fired on were never kept."""
    if fired is None or not _said(fired["notice"]):
        return None
    group = fired["rule"].split("/")[0]
    rule, version, language = fired["rule"], fired["version"], fired["language"]
    first = Fired(rule, version, group, language, Level(fired["level"]), fired["notice"], ())
    return RedFlag((first,), "")


def _personal(name: str | None, language: str) -> PersonalQuestion | None:
    """The kind of personal question called `name`, in `language` where it has been put so."""
    found = [
        PersonalQuestion(kind.name, part.language, kind.notice, kind.to_ask)
        for part in all_kinds()
        for kind in part.kinds
        if kind.name == name
    ]
    return min(found, key=lambda one: one.language != language, default=None)
