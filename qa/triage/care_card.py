"""What is shown when a rule fires: a care card whose every sentence a person wrote."""

from dataclasses import dataclass

from qa.settings import Settings
from qa.triage.check import RedFlag
from qa.triage.rules import Level, card_text

HEADS = {  # the notices of the prefix that only screen readers say, and of the heading
    Level.CRISIS: ("care.prefix_crisis", "care.heading_crisis"),
    Level.EMERGENCY: ("care.prefix_emergency", "care.heading_emergency"),
    Level.URGENT: ("care.prefix_urgent", "care.heading_urgent"),
}
LINES = {  # the blanks of a card and the notices that fill them while nobody set the numbers
    "emergency_number": "care.emergency_number",
    "urgent_line": "care.urgent_line",
    "crisis_line": "care.crisis_line",
}


@dataclass(frozen=True, slots=True)
class CareCard:
    """A card ready to be shown, in the language of the rule that fired.

    `prefix` is for screen readers and not seen. `words` are those of the message that fired the
    rule. `unsigned` is empty once a clinician has signed the rules.
    """

    level: Level
    language: str
    prefix: str
    heading: str
    advice: str
    words_label: str
    words: tuple[str, ...]
    library_label: str
    unsigned: str


def care_card(flag: RedFlag, settings: Settings, *, signed: bool = False) -> CareCard:
    """The card of the most urgent rule of `flag`, with the numbers of `settings` filled in."""
    first = flag.first
    prefix, heading = HEADS[first.level]
    return CareCard(
        level=first.level,
        language=first.language,
        prefix=card_text(prefix, first.language),
        heading=card_text(heading, first.language),
        advice=card_text(first.notice, first.language).format(**lines_in(settings, first.language)),
        words_label=card_text("care.words", first.language),
        words=first.words,
        library_label=card_text("care.library", first.language),
        unsigned="" if signed else card_text("care.unsigned", first.language),
    )


def lines_in(settings: Settings, language: str) -> dict[str, str]:
    """Whom to call, by blank: as set, or in words of the language where nobody set them."""
    unset = Settings()
    return {
        name: card_text(notice, language)
        if getattr(settings, name) == getattr(unset, name)
        else getattr(settings, name)
        for name, notice in LINES.items()
    }


def red_flag_to_json(flag: RedFlag | None) -> dict[str, object] | None:
    """The `urgent` part of an answer: the rule that counts, and every rule that fired."""
    if flag is None:
        return None
    return {
        "rule": flag.first.group,
        "level": flag.first.level.value,
        "notice": flag.first.notice,
        "language": flag.first.language,
        "fired": [
            {"rule": fired.rule, "version": fired.version, "words": list(fired.words)}
            for fired in flag.fired
        ],
    }
