"""Saved answers over HTTP: opened by address or code, saved as PDF, told whether they helped.

Whoever holds an id or a code may open that one answer. Ids cannot be guessed, and nothing here
lists answers, tells what others said about one, or gives out an original.
"""

import logging
from datetime import date
from urllib.parse import parse_qs, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, RedirectResponse

from qa.ledger.clerk import Clerk
from qa.ledger.entries import Kind, new_entry
from qa.ledger.errors import LedgerError, UnknownAnswer
from qa.ledger.feedback import feedback_entry, read_feedback
from qa.ledger.saved import Saved, find_saved
from qa.masking import mask
from qa.notices import FIRST, languages, speaking
from qa.settings import Settings
from qa.ui.allowance import Allowance
from qa.ui.routes import opened
from qa.ui.sheet import Sheet, open_sheet
from qa.ui.sheet_page import code_page, content_policy, said_page, sheet_page, source_page
from sources.errors import SourceError

logger = logging.getLogger(__name__)

LARGEST_FORM = 8192  # bytes; a comment of the longest length, every letter written as %XX%XX%XX
PDF_NAME = "quotewell-answer.pdf"
HEADERS = {"Cache-Control": "no-store", "Content-Security-Policy": content_policy()}


class Counter:
    """What each visitor, and each answer, may be asked for in a while."""

    def __init__(self) -> None:
        self.opened = Allowance(60, 2)
        self.unknown = Allowance(20, 30)
        self.printed = Allowance(10, 10)
        self.told = Allowance(20, 30)
        self.told_about = Allowance(10, 120)
        self.recorded = Allowance(10, 120)


def answer_routes(settings: Settings, clerk: Clerk) -> APIRouter:
    """The routes of saved answers over one record and its library."""
    desk = _Desk(settings, clerk)
    router = APIRouter(include_in_schema=False)
    router.get("/answer")(desk.code)
    router.get("/answer/{name}")(desk.page)
    router.get("/answer/{name}/sheet.pdf")(desk.pdf)
    router.get("/answer/{name}/quote/{number}")(desk.source)
    router.post("/answer/{name}/feedback")(desk.feedback)
    return router


class _Refused(Exception):
    """A request that gets no answer: its status and the notice that says why."""

    def __init__(self, status: int, notice: str) -> None:
        super().__init__(notice)
        self.status, self.notice = status, notice


class _Desk:
    """Where saved answers are asked for."""

    def __init__(self, settings: Settings, clerk: Clerk) -> None:
        self.settings = settings
        self.clerk = clerk
        self.count = Counter()

    def code(self, request: Request, code: str = "") -> Response:
        """The place to type a code; a known one leads on to its answer."""
        with speaking(_language(request)):
            if not code:
                return self._html(code_page(self.settings))
            try:
                sheet = self._open(request, code)
            except _Refused as refused:
                page = code_page(self.settings, refused.notice, code[:40])
                return self._html(page, refused.status)
        return RedirectResponse(f"answer/{sheet.saved.answer_id}", 303, headers=HEADERS)

    def page(self, request: Request, name: str) -> Response:
        """The page of one answer."""
        try:
            sheet = self._open(request, name)
        except _Refused as refused:
            return self._refusal(request, refused)
        self._record_opening(sheet, "page")
        with speaking(sheet.language):
            return self._html(sheet_page(sheet, self.settings))

    def pdf(self, request: Request, name: str) -> Response:
        """The same as a PDF."""
        from qa.ui.sheet_pdf import Unprintable, sheet_pdf  # noqa: PLC0415  a start need not wait

        try:
            self._take(self.count.printed, request)
            sheet = self._open(request, name)
            with speaking(sheet.language):
                data = sheet_pdf(sheet, self.settings)
        except Unprintable:
            return self._refusal(request, _Refused(422, "sheet.no_pdf"), f"answer/{name}")
        except _Refused as refused:
            return self._refusal(request, refused)
        self._record_opening(sheet, "pdf")
        named = {"Content-Disposition": f'attachment; filename="{PDF_NAME}"'}
        return Response(data, media_type="application/pdf", headers={**HEADERS, **named})

    def source(self, request: Request, name: str, number: int) -> Response:
        """The document of one quote, opened where its words, or the nearest to them, stand now."""
        try:
            sheet = self._open(request, name)
        except _Refused as refused:
            return self._refusal(request, refused)
        now = sheet.quotes[number - 1].now if 0 < number <= len(sheet.quotes) else None
        if now is None:
            return self._refusal(request, _Refused(404, "page.missing"), f"answer/{name}")
        with speaking(sheet.language):
            document = opened(self.clerk.library, now.document, now.quote.span)
            return self._html(source_page(now.quote.source.title, document, self.settings))

    async def feedback(self, request: Request, name: str) -> Response:
        """What a reader said about an answer."""
        try:
            form = await _form(request)
            answer_id = await run_in_threadpool(self._keep_feedback, request, name, form)
        except _Refused as refused:
            return self._refusal(request, refused, f"answer/{name}")
        back = f"answer/{answer_id}"
        with speaking(_language(request)):
            return self._html(said_page(self.settings, "feedback.thanks", _root(request), back))

    def _keep_feedback(self, request: Request, name: str, form: dict[str, list[str]]) -> str:
        """Keep what was said; the id of the answer that it is about."""
        self._take(self.count.told, request)
        try:
            feedback = read_feedback(form)
        except ValueError as error:
            raise _Refused(422, "feedback.refused") from error
        answer_id = self._find(request, name).answer_id
        if not self.count.told_about.take(answer_id):
            raise _Refused(429, "sheet.often")
        self.clerk.record(feedback_entry(answer_id, feedback, lambda text: mask(text).text))
        return answer_id

    def _open(self, request: Request, name: str) -> Sheet:
        """The sheet of the answer called so."""
        self._take(self.count.opened, request)
        saved = self._find(request, name)
        address = self._address(request, saved.answer_id)
        try:
            return open_sheet(self.clerk.library, saved, address, date.today())
        except SourceError as error:
            logger.error("a saved answer cannot be opened: %s", error)  # noqa: TRY400  it says what to do
            raise _Refused(503, "sheet.later") from error

    def _find(self, request: Request, name: str) -> Saved:
        try:
            return find_saved(self.clerk.ledger, self.clerk.outbox, name)
        except UnknownAnswer as error:
            self._take(self.count.unknown, request)
            raise _Refused(404, "sheet.unknown") from error
        except LedgerError as error:
            logger.warning("a saved answer cannot be opened: %s", error)
            raise _Refused(503, "sheet.later") from error

    def _address(self, request: Request, answer_id: str) -> str:
        """Where the answer opens: as set, or as the browser asked for this page."""
        root = self.settings.address or str(request.base_url)
        return f"{root.rstrip('/')}/answer/{answer_id}"

    def _record_opening(self, sheet: Sheet, form: str) -> None:
        """That it was opened, unless it is opened over and over."""
        if not self.count.recorded.take(sheet.saved.answer_id):
            return
        facts = {"form": form, "states": [quote.state for quote in sheet.quotes]}
        try:
            self.clerk.record(new_entry(Kind.OPENED, sheet.saved.answer_id, facts))
        except OSError as error:  # a full disk keeps no answer from a reader
            logger.error("an opening is not recorded: %s", error)  # noqa: TRY400  it says why

    @staticmethod
    def _take(allowance: Allowance, request: Request) -> None:
        if not allowance.take(request.client.host if request.client else ""):
            raise _Refused(429, "sheet.often")

    def _refusal(self, request: Request, refused: _Refused, back: str = "") -> Response:
        with speaking(_language(request)):
            page = said_page(self.settings, refused.notice, _root(request), back)
            return self._html(page, refused.status)

    def _html(self, page: str, status: int = 200) -> Response:
        return HTMLResponse(page, status, headers=HEADERS)


def _root(request: Request) -> str:
    """The way from an address to the page of questions; the page may lie under any folder."""
    return "../" * (request.url.path.count("/") - 1)


def _language(request: Request) -> str:
    """The first language of the browser that there are notices in."""
    asked = request.headers.get("accept-language", "").lower().split(",")
    codes = (tag.strip().split(";")[0].split("-")[0] for tag in asked)
    return next((code for code in codes if code in languages()), FIRST)


def sent_from_here(request: Request) -> bool:
    """Whether a form came from a page of ours: browsers say where each comes from."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def _form(request: Request) -> dict[str, list[str]]:
    """The fields of a form of ours, read no further than the largest that is taken."""
    if not sent_from_here(request):
        raise _Refused(403, "feedback.refused")
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST_FORM:
            raise _Refused(413, "feedback.refused")
    try:
        return parse_qs(body.decode("ascii"), max_num_fields=20)
    except ValueError as error:
        raise _Refused(422, "feedback.refused") from error
