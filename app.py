"""The web application: settings, library, snapshot and pages put together and served."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from fastapi.responses import RedirectResponse

from index.embedder import Embedder
from index.errors import SearchError
from qa.assistant import Assistant
from qa.ledger.clerk import Clerk
from qa.ledger.errors import LedgerError
from qa.ledger.ledger import Ledger
from qa.open_library import open_library
from qa.settings import Settings
from qa.staff.accounts import FIRST
from qa.staff.errors import KeyUnusable
from qa.ui.answer_routes import answer_routes
from qa.ui.answering import warm_up
from qa.ui.front_door import FrontDoor
from qa.ui.lean_gradio import gr
from qa.ui.patient import patient_page
from qa.ui.recorder import Recorder
from qa.ui.routes import page_routes
from qa.ui.staff.app import closed_app, staff_app
from qa.ui.staff.desk import StaffDesk, open_desk
from qa.ui.theme import page_theme

logger = logging.getLogger(__name__)

SESSIONS = 1000  # conversations held at once; the oldest is forgotten first


def build_app(settings: Settings, embedder: Embedder) -> FastAPI:
    """The whole application over one home folder. An index may come later; a model may not."""
    return assemble(settings, Assistant(settings, open_library(settings), embedder))


def assemble(settings: Settings, assistant: Assistant) -> FastAPI:
    """The pages and routes over an assistant that is there already, and the record of answers.

    Raises a `LedgerError` for a ledger that cannot be used; a database that is away may come back.
    """
    ledger = Ledger(settings.home, settings.ledger, may_be_away=True)
    clerk = Clerk(ledger, assistant.library, settings.retain_days)

    @asynccontextmanager
    async def at_work(_app: FastAPI) -> AsyncIterator[None]:
        clerk.start()
        yield
        if app.state.staff:
            app.state.staff.indexing.close()
        clerk.close()
        ledger.close()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=at_work)
    app.add_middleware(FrontDoor)
    app.include_router(page_routes(assistant))
    app.include_router(answer_routes(settings, clerk))
    app.state.assistant = assistant
    app.state.recorder = Recorder(settings, clerk)
    _add_staff(app, settings)
    page = patient_page(settings, assistant, app.state.recorder)
    page.state_session_capacity = SESSIONS
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        server_name=settings.host,
        server_port=settings.port,
        app_kwargs={"openapi_url": None, "docs_url": None, "redoc_url": None},
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        show_error=False,
        max_file_size="1kb",
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        theme=page_theme(),
    )
    return mounted


def _add_staff(app: FastAPI, settings: Settings) -> None:
    """The staff's pages under `/staff`; without their key they stay closed, and only they."""
    app.state.staff = None
    try:
        app.state.staff = open_desk(settings, app.state.assistant, app.state.recorder)
        staff = staff_app(app.state.staff)
    except KeyUnusable as error:
        logger.warning("the staff pages are closed: %s", error)
        staff = closed_app()
    app.add_api_route("/staff", lambda: RedirectResponse("staff/"), include_in_schema=False)
    app.mount("/staff", staff)


def serve(settings: Settings, embedder: Embedder) -> None:
    """Serve until interrupted. Says "Ready" once a first question would be answered at once."""
    app = build_app(settings, embedder)
    _warm(settings, app.state.assistant)
    welcome_first_admin(app.state.staff)
    gc.freeze()  # what is there by now stays, and is never looked through while somebody waits
    print(f"Ready: http://{settings.host}:{settings.port}", flush=True)  # noqa: T201
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", access_log=False)


def _warm(settings: Settings, assistant: Assistant) -> None:
    """Answer a question unseen, so that nobody waits for what is loaded and read only once."""
    try:
        warm_up(settings, assistant)
    except SearchError as error:
        logger.warning("no question can be answered yet: %s", error)


def welcome_first_admin(desk: StaffDesk | None) -> None:
    """Print the password of the first account, once: whoever sees the terminal may come in."""
    try:
        password = desk.accounts.first_admin() if desk else None
    except LedgerError as error:
        logger.warning("%s; then make an account with `quotewell staff add`", error)
        return
    if password is not None:
        told = f"Staff pages: /staff, name {FIRST}, one-time password {password}"
        print(told, flush=True)  # noqa: T201
