"""What a reader can do with an answer: take it away, pass it on, say whether it helped."""

import json
from html import escape

from qa.answer import Answer, Outcome
from qa.first_look import is_crisis
from qa.ledger.feedback import LONGEST_COMMENT, Reason
from qa.notices import notice_text
from qa.ui.icons import icon

SCRIPT_NOTICES = (
    "take.copied",
    "take.not_copied",
    "feedback.thanks",
    "feedback.refused",
    "kept.open",
    "kept.delete",
    "kept.deleted",
)
REASONS = {
    Reason.NOT_MY_QUESTION: "feedback.not_my_question",
    Reason.WRONG_SOURCE: "feedback.wrong_source",
    Reason.HARD_TO_UNDERSTAND: "feedback.hard_to_understand",
    Reason.OUT_OF_DATE: "feedback.out_of_date",
}
LASTING = (Outcome.ANSWERED, Outcome.CLOSEST, Outcome.NOT_IN_LIBRARY)


def take_away(answer: Answer, number: int) -> str:
    """What stands under an answer that was recorded; nothing under talk and crisis cards."""
    if answer.outcome not in LASTING or (is_crisis(answer.urgent) and not answer.quotes):
        return ""
    address = f"answer/{answer.answer_id}"
    new_tab = f'<span class="visually-hidden"> ({_notice("take.new_tab")})</span>'
    bar = (
        f'<div class="take" role="group" aria-label="{_notice("take.bar")}" '
        f'data-answer="{address}">'
        f'<a class="quiet" href="{address}" target="_blank" rel="noopener">{icon("print")}'
        f"<span>{_notice('take.print')}{new_tab}</span></a>"
        f'<button type="button" class="quiet" data-share="{address}">{icon("share")}'
        f"<span>{_notice('take.share')}</span></button>"
        f'<p class="take-said" role="status"></p></div>'
    )
    return bar if is_crisis(answer.urgent) else bar + feedback_form(answer.answer_id, number)


def feedback_form(answer_id: str, number: int) -> str:
    """Yes or no, and after a no the reasons. Without a script the first press sends it.

    `number` makes its ids.
    """
    reasons = "".join(
        f'<label class="reason"><input type="checkbox" name="reason" value="{reason}">'
        f"<span>{_notice(name)}</span></label>"
        for reason, name in REASONS.items()
    )
    answers = "".join(
        f'<button class="chip" name="helpful" value="{value}" aria-pressed="false">'
        f"{_notice(f'feedback.{value}')}</button>"
        for value in ("yes", "no")
    )
    return (
        f'<form class="feedback" method="post" action="answer/{answer_id}/feedback">'
        f'<div class="feedback-row"><p id="helpful-{number}">{_notice("feedback.ask")}</p>'
        f'<div class="chips" role="group" aria-labelledby="helpful-{number}">{answers}</div></div>'
        f'<div class="feedback-more" hidden><fieldset><legend>{_notice("feedback.why")}</legend>'
        f'{reasons}</fieldset><label class="comment"><span>{_notice("feedback.comment")}</span> '
        f"<small>{_notice('feedback.comment_hint')}</small>"
        f'<textarea name="comment" rows="2" maxlength="{LONGEST_COMMENT}"></textarea></label>'
        f'<button class="main-button" name="helpful" value="no">{_notice("feedback.send")}'
        f'</button></div><p class="feedback-said" role="status"></p></form>'
    )


def kept_questions() -> str:
    """The reader's own list, which only this browser has, and the door to saved answers.

    It stays empty until somebody switches it on.
    """
    return (
        f'<details id="kept"><summary>{_notice("kept.head")}</summary><div class="kept-body">'
        f'<label class="switch"><input type="checkbox" role="switch" id="keep">'
        f"<span>{_notice('kept.keep')}</span></label>"
        f'<p class="kept-hint">{_notice("kept.hint")}</p>'
        f'<ul id="kept-list"></ul><p id="kept-said" role="status"></p>'
        f'<button type="button" class="quiet" id="kept-clear" hidden>{icon("bin")}'
        f"<span>{_notice('kept.delete_all')}</span></button>"
        f'<p><a class="kept-code" href="answer">{_notice("sheet.code_title")}</a></p>'
        f"</div></details>"
    )


def script_notices() -> str:
    """The sentences that the script says, for it to read."""
    said = json.dumps({name: notice_text(name) for name in SCRIPT_NOTICES})
    return f'<span id="take-notices" hidden data-notices="{escape(said)}"></span>'


def _notice(name: str) -> str:
    return escape(notice_text(name))
