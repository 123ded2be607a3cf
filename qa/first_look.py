"""What is seen in a message before the library is asked, and what an answer becomes by it.

A red flag is looked for first and by itself: no index, model or library can keep it back.
"""

import logging
import secrets
from dataclasses import replace

from qa.answer import Answer, Outcome
from qa.masking import mask
from qa.personal import personal_question
from qa.settings import Settings
from qa.triage.care_card import CareCard, care_card
from qa.triage.check import RedFlag
from qa.triage.rules import Level
from qa.triage.signatures import SignatureError, read_signatures

logger = logging.getLogger(__name__)


def is_crisis(flag: RedFlag | None) -> bool:
    """Whether a life is in danger by one's own hand: then help is shown and little else."""
    return flag is not None and flag.first.level is Level.CRISIS


def with_first_look(answer: Answer, text: str, flag: RedFlag | None) -> Answer:
    """`answer` with what was seen in `text`.

    In a crisis only quotes that answer stay: no near passages, no more to ask, no word on details.
    """
    if not is_crisis(flag):
        details = mask(text).found
        return replace(answer, urgent=flag, personal=personal_question(text), details=details)
    if answer.outcome is not Outcome.ANSWERED:
        answer = replace(answer, quotes=())
    return replace(answer, urgent=flag, related=())


def unsearched(text: str, flag: RedFlag) -> Answer:
    """The answer to a message that tells of `flag` while the library cannot be searched."""
    return Answer(
        answer_id=secrets.token_hex(12),
        question=" ".join(text.split()),
        searched="",
        outcome=Outcome.NOT_SEARCHED,
        quotes=(),
        notice="outcome.not_searched",
        disclaimer="disclaimer.patient",
        related=(),
        probability=0.0,
        snapshot="",
        model="",
        took_ms=0.0,
        urgent=flag,
    )


def card_to_show(flag: RedFlag, settings: Settings) -> CareCard:
    """The card of `flag`. Words that stand inside others are not told twice.

    In a crisis a person's own words are not held up to them.
    """
    card = care_card(flag, settings, signed=_signed(flag, settings))
    if is_crisis(flag):
        return replace(card, words=())
    inside = [one for one in card.words for other in card.words if one in other and one != other]
    return replace(card, words=tuple(word for word in card.words if word not in inside))


def _signed(flag: RedFlag, settings: Settings) -> bool:
    """Whether a clinician signed the very version of the rules that fired first."""
    try:
        signatures = read_signatures(settings.home)
    except (SignatureError, OSError) as error:
        logger.error("shown as not signed: %s", error)  # noqa: TRY400  it says what to do
        return False
    group = (flag.first.group, flag.first.language, flag.first.version)
    return any(signature[:3] == group for signature in signatures)


def where(error: Exception) -> str:
    """The kind of an error and the lines it came through: its own words might hold the question."""
    lines = []
    step = error.__traceback__
    while step:
        lines.append(f"{step.tb_frame.f_code.co_filename}:{step.tb_lineno}")
        step = step.tb_next
    return f"{type(error).__name__} at {' > '.join(lines)}"
