"""One answer: what was asked and shown, how it stands, why it was this one, proof of each quote."""

import json
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException

from qa.gate import answered_at
from qa.ledger.errors import UnknownAnswer
from qa.ledger.proof import prove_quote
from qa.receipts import make_receipt
from qa.staff.acts import act
from qa.staff.gold import GoldKind, NotGold, gold_row, gold_rows, likely_kind, put_gold
from qa.staff.roles import Person, Role
from qa.staff.shown import ShownAnswer, shown_answer, words_at
from qa.ui.staff.charts import steps
from qa.ui.staff.desk import StaffDesk, desk_of
from qa.ui.staff.door import Reviewer, Viewer, at
from qa.ui.staff.paper import page
from sources.document import Span

EXPLAINED = 3  # statements whose reasons are shown
DONE = {"gold": "The question is among the gold questions now."}


def routes() -> APIRouter:
    """An answer's page, its files, the proof of its quotes, and its way to the gold questions."""
    router = APIRouter()
    _page(router)
    _files(router)
    _proof(router)
    _gold(router)
    return router


def _page(router: APIRouter) -> None:
    @router.get("/answers/{answer_id}")
    def answer(request: Request, person: Viewer, answer_id: str) -> Response:
        return _answer(request, person, answer_id)


def found(desk: StaffDesk, answer_id: str) -> ShownAnswer:
    """The answer of this id. Raises `HTTPException` 404."""
    try:
        return shown_answer(desk.ledger, desk.library, answer_id)
    except UnknownAnswer as error:
        raise HTTPException(404) from error


def _answer(request: Request, person: Person, answer_id: str, problem: str = "") -> Response:
    desk = desk_of(request)
    shown = found(desk, answer_id)
    titles = {held.doc_id: held.source.title for held in desk.library.entries() if held.current}
    statements = shown.why.statements[:EXPLAINED] if shown.why else []
    words = [words_at(desk.library, s.doc_id, s.version, Span(s.start, s.end)) for s in statements]
    return page(
        request,
        "answer.html",
        person,
        409 if problem else 200,
        shown=shown,
        facts=shown.recorded.facts,
        titles=titles,
        statements=list(zip(statements, words, strict=True)),
        threshold=_threshold(shown),
        steps=steps,
        may_change=person.role.may(Role.REVIEWER),
        kinds=list(GoldKind),
        likely=likely_kind(shown),
        is_gold=_is_gold(desk, answer_id),
        done=DONE.get(request.query_params.get("done", ""), ""),
        problem=problem,
    )


def _threshold(shown: ShownAnswer) -> float | None:
    """From which probability on it counted as answered; none when that was not recorded."""
    if shown.why is None:
        return None
    level = shown.why.configuration.get("wrong_at_most")
    return None if level is None else shown.why.thresholds.get(answered_at(float(level)))


def _is_gold(desk: StaffDesk, answer_id: str) -> bool:
    try:
        return any(row["id"] == f"staff-{answer_id}" for row in gold_rows(desk.settings.home))
    except NotGold:
        return False


def _files(router: APIRouter) -> None:
    @router.get("/answers/{answer_id}/record.json")
    def record(request: Request, person: Viewer, answer_id: str) -> Response:
        shown = found(desk_of(request), answer_id)
        return _as_file(f"answer-{answer_id}.json", _record(shown))

    @router.get("/answers/{answer_id}/receipt.json")
    def receipt(request: Request, person: Viewer, answer_id: str) -> Response:
        desk = desk_of(request)
        found(desk, answer_id)
        return _as_file(
            f"receipt-{answer_id}.json", make_receipt(desk.ledger, desk.library, answer_id)
        )


def _as_file(name: str, values: dict[str, Any]) -> Response:
    text = json.dumps(values, ensure_ascii=False, indent=1)
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type="application/json", headers=disposition)


def _record(shown: ShownAnswer) -> dict[str, Any]:
    """Everything that is kept of an answer; the salt of its words stays here."""
    recorded = shown.recorded
    return {
        "answer_id": shown.answer_id,
        "at": recorded.at,
        "question": shown.question,
        "made": json.loads(recorded.words.made) if recorded.words else None,
        "facts": recorded.facts,
        "trace": recorded.trace,
        "feedback": [
            {"at": one.at, **one.facts, "comment": one.words.said if one.words else None}
            for one in shown.feedback
        ],
        "opened": list(shown.opened),
        "findings": [quote.finding and quote.finding._asdict() for quote in shown.quotes],
        "entry": recorded.link._asdict(),
    }


def _proof(router: APIRouter) -> None:
    @router.get("/answers/{answer_id}/quotes/{number}")
    def proof(request: Request, person: Viewer, answer_id: str, number: int) -> Response:
        desk = desk_of(request)
        shown = found(desk, answer_id)
        if not 1 <= number <= len(shown.quotes):
            raise HTTPException(404)
        quote = shown.quotes[number - 1]
        proof = prove_quote(desk.library, quote.facts)
        return page(
            request,
            "proof.html",
            person,
            shown=shown,
            quote=quote,
            proof=proof,
            found_hash=None if proof.found is None else sha256(proof.found.encode()).hexdigest(),
        )


def _gold(router: APIRouter) -> None:
    @router.post("/answers/{answer_id}/gold")
    def gold(
        request: Request,
        person: Reviewer,
        answer_id: str,
        kind: Annotated[str, Form()] = "",
        quote: Annotated[list[int] | None, Form()] = None,
    ) -> Response:
        desk = desk_of(request)
        shown = found(desk, answer_id)
        try:
            chosen = GoldKind(kind) if kind in list(GoldKind) else likely_kind(shown)
            put_gold(desk.settings.home, gold_row(shown, chosen, quote or []))
        except NotGold as error:
            return _answer(request, person, answer_id, problem=f"{error}.")
        act(desk.ledger, person, "gold question made", answer_id, {"kind": chosen.value})
        return RedirectResponse(at(request, f"/answers/{answer_id}?done=gold#gold"), 303)
