"""What is shown when a rule fires: a care card whose every sentence a person wrote."""

from dataclasses import dataclass, fields

from qa.settings import Settings
from qa.triage.check import RedFlag
from qa.triage.rules import Level, card_text

LINES = {  # the settings that name whom to call, and what they are while nobody set them
    field.name: field.default
    for field in fields(Settings)
    if field.name in ("emergency_number", "urgent_line", "crisis_line")
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
    unsigned: str


def care_card(flag: RedFlag, settings: Settings, *, signed: bool = False) -> CareCard:
    """The card of the most urgent rule of `flag`, with the numbers of `settings` filled in."""
    first = flag.first
    texts = {
        name: card_text(f"care.{name}", first.language)
        for name in (f"prefix_{first.level}", f"heading_{first.level}", "words", "unsigned")
    }
    return CareCard(
        level=first.level,
        language=first.language,
        prefix=texts[f"prefix_{first.level}"],
        heading=texts[f"heading_{first.level}"],
        advice=card_text(first.notice, first.language).format(**_lines(settings, first.language)),
        words_label=texts["words"],
        words=first.words,
        unsigned="" if signed else texts["unsigned"],
    )


def _lines(settings: Settings, language: str) -> dict[str, str]:
    """Whom to call, by blank: as set, or in words of the language where nobody set them."""
    given = {name: str(getattr(settings, name)) for name in LINES}
    return {
        name: card_text(f"care.{name}", language) if given[name] == unset else given[name]
        for name, unset in LINES.items()
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
