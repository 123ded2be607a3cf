"""The page of a saved answer, and the pages around it: plain HTML that needs no script."""

from base64 import b64encode
from hashlib import sha256
from html import escape

from qa.first_look import is_crisis
from qa.ledger.reopen import Cut, Reopened
from qa.notices import notice_text, spoken
from qa.settings import Settings
from qa.ui.care import care, personal
from qa.ui.frame import emergency_number
from qa.ui.icons import icon
from qa.ui.qr import qr_svg
from qa.ui.quote_card import Place, banner_of, citation, source_of, words_of
from qa.ui.sheet import Sheet, also_of, sign_of
from qa.ui.take_away import feedback_form, script_notices
from qa.ui.terms import Terms
from qa.ui.theme import HEAD, script_of, style_of

STYLES = ("look/colours.css", "page.css", "words.css", "take_away.css", "sheet.css")
SCRIPTS = ("take_away.js",)


def sheet_page(sheet: Sheet, settings: Settings) -> str:
    """The whole page of a saved answer."""
    total = len(sheet.quotes)
    cards = "".join(
        _card(quote, Place(1, at, total), sheet) for at, quote in enumerate(sheet.quotes, start=1)
    )
    changed = " sheet-changed" if sheet.changed else ""
    mark = icon("alert" if changed else "found")
    standing = f'<p class="standing{changed}">{mark}<span>{escape(sheet.standing)}</span></p>'
    body = (
        f'<p class="given">{escape(sheet.given)}</p>'
        f'<h1 class="sheet-question">{escape(sheet.question)}</h1>'
        f"{_tools(sheet)}"
        f"{care(sheet.flag, 1, settings) if sheet.flag else ''}"
        f"{standing if total else ''}"
        f"{personal(sheet.personal, bool(total)) if sheet.personal else ''}"
        f"{_outcome(sheet)}{_differs(sheet)}{cards}{_asks(sheet)}"
        f'<p class="disclaimer">{escape(sheet.disclaimer)}</p>'
        f"{_again(sheet)}{_feedback(sheet)}"
    )
    return framed(body, settings, root="../", title=notice_text("sheet.title"))


def code_page(settings: Settings, problem: str | None = None, typed: str = "") -> str:
    """Where a code is typed; above it the notice called `problem`, where there is one."""
    said = (
        f'<p class="standing sheet-changed" id="problem" role="alert">{icon("info")}'
        f"<span>{_notice(problem)}</span></p>"
        if problem
        else ""
    )
    described = "code-hint problem" if problem else "code-hint"
    body = (
        f'<h1 class="sheet-question">{_notice("sheet.code_title")}</h1>{said}'
        f'<form class="code-form" method="get" action="answer">'
        f'<label for="code">{_notice("sheet.code_label")}</label>'
        f'<p id="code-hint">{_notice("sheet.code_hint")}</p>'
        f'<div class="code-row"><input id="code" name="code" required maxlength="40" '
        f'autocomplete="off" autocapitalize="characters" spellcheck="false" '
        f'value="{escape(typed)}" aria-describedby="{described}">'
        f'<button class="main-button">{_notice("sheet.code_open")}</button></div></form>'
    )
    return framed(body, settings, root="./", title=notice_text("sheet.code_title"))


def said_page(settings: Settings, notice: str, root: str, back: str = "") -> str:
    """A page that says one thing, and leads back to the address `back` where there is one."""
    body = (
        f'<h1 class="sheet-question">{_notice("sheet.title")}</h1>'
        f'<p class="standing" role="status">{icon("info")}<span>{_notice(notice)}</span></p>'
    )
    if back:
        body += f'<p><a href="{escape(back)}">{_notice("sheet.title")}</a></p>'
    return framed(body, settings, root=root, title=notice_text("sheet.title"))


def framed(body: str, settings: Settings, root: str, title: str) -> str:
    """A whole HTML page. `root` leads from its address to the page of questions."""
    emergency = notice_text("emergency.banner").format(emergency_number=emergency_number(settings))
    brand = notice_text("page.title")
    return (
        f'<!doctype html><html lang="{spoken()}"><head><meta charset="utf-8"><base href="{root}">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">'
        # A form of this page tells us, and nobody else, that it was sent from here.
        f'<meta name="referrer" content="same-origin">'
        f"<title>{escape(title)} · {escape(brand)}</title>{HEAD}"
        f"<style>{style_of(STYLES)}</style></head>"
        # The class by which the style sheet knows what is ours.
        f'<body class="gradio-container sheet-page"><header><div class="mast">'
        f'<a class="brand-link" href="./"><span class="brand">{icon("mark")}</span>'
        f"<span>{escape(brand)}</span></a>"
        f'<a class="quiet" href="./">{icon("near")}<span>{_notice("sheet.ask_another")}</span></a>'
        f'</div><p class="emergency" role="note">{icon("alert")}<span>{escape(emergency)}</span>'
        f"</p></header><main>{body}</main>{script_notices()}"
        f"<script>{script_of(SCRIPTS)}</script></body></html>"
    )


def content_policy() -> str:
    """What these pages may load: our own files, and the one script that stands in them."""
    script = b64encode(sha256(script_of(SCRIPTS).encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{script}'; style-src 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
        "manifest-src 'self'; base-uri 'self'; frame-ancestors 'none'"
    )


def _tools(sheet: Sheet) -> str:
    address = f"answer/{sheet.saved.answer_id}"
    return (
        f'<div class="tools"><button type="button" class="quiet" data-print hidden>'
        f"{icon('print')}<span>{_notice('sheet.print')}</span></button>"
        f'<a class="quiet" href="{address}/sheet.pdf">{icon("save")}'
        f"<span>{_notice('sheet.pdf')}</span></a>"
        f'<button type="button" class="quiet" data-share="{address}" hidden>{icon("share")}'
        f"<span>{_notice('take.share')}</span></button>"
        f'<p class="take-said" role="status"></p></div>'
    )


def _outcome(sheet: Sheet) -> str:
    if not sheet.outcome:
        return ""
    kind = "found" if sheet.answered else "near"
    return f'<p class="outcome outcome-{kind}">{icon(kind)}<span>{escape(sheet.outcome)}</span></p>'


def _differs(sheet: Sheet) -> str:
    return "".join(
        f'<p class="differs" role="note">{icon("info")}<span>{escape(words)}</span></p>'
        for words in sheet.differs
    )


def _card(quote: Reopened, place: Place, sheet: Sheet) -> str:
    """A quote with its sign, as it was; under it what its source says now, where that differs."""
    mark = "found" if quote.stands else "alert"
    look = "sign" if quote.stands else "sign sign-changed"
    then = _said(quote.shown, sheet, "sheet.then" if quote.now and not quote.stands else "")
    also = f'<p class="also">{escape(also_of(quote))}</p>' if quote.shown and quote.also else ""
    now = "" if quote.stands or not quote.now else _now(quote, quote.now, sheet)
    missing = "" if quote.shown else _only_title(quote)
    return (
        f'<figure class="card" id="{place.id}"><h2 class="card-order">{escape(place.order)}</h2>'
        f'<p class="{look}">{icon(mark)}<span>{escape(sign_of(quote))}</span></p>'
        f"{then}{now}{missing}{also}{_open(quote, place, sheet)}</figure>"
    )


def _said(found: Cut | None, sheet: Sheet, head: str) -> str:
    if found is None:
        return ""
    quote, document = found.quote, found.document
    above = f'<h3 class="said-when">{_notice(head)}</h3>' if head else ""
    return (
        f"{above}{banner_of(quote)}{words_of(quote, document, Terms(head, ()))}"
        f'<figcaption class="card-foot">{source_of(quote, document, sheet.today)}'
        f'<p class="cited">{escape(citation(quote, document))}</p></figcaption>'
    )


def _now(quote: Reopened, now: Cut, sheet: Sheet) -> str:
    """What the source says now, what is new in it underlined."""
    runs = "".join(
        f"<ins>{escape(text)}</ins>" if what == "in" else escape(text)
        for what, text in quote.diff
        if what != "out"
    )
    language = escape(now.quote.source.language)
    return (
        f'<h3 class="said-when">{_notice("sheet.now")}</h3>'
        f"{banner_of(now.quote)}"
        f'<blockquote class="quote-text quote-now" lang="{language}">{runs}</blockquote>'
        f'<div class="card-foot">{source_of(now.quote, now.document, sheet.today)}</div>'
    )


def _open(quote: Reopened, place: Place, sheet: Sheet) -> str:
    """The way to the place where the words, or the nearest to them, stand now."""
    if quote.now is None:
        return ""
    address = f"answer/{sheet.saved.answer_id}/quote/{place.number}"
    which = ", ".join((place.order, quote.title))
    name = escape(f"{notice_text('page.open_source')}: {which}")
    return (
        f'<p class="card-buttons"><a class="quiet" href="{address}" aria-label="{name}">'
        f"{icon('open')}<span>{_notice('page.open_source')}</span></a></p>"
    )


def source_page(title: str, document: str, settings: Settings) -> str:
    """A document opened at a quote; `document` is its HTML."""
    body = f'<h1 class="sheet-question">{escape(title)}</h1><div class="source">{document}</div>'
    return framed(body, settings, root="../../../", title=title)


def _only_title(quote: Reopened) -> str:
    """Whose words they were, where they are not shown."""
    publisher = f"<p>{escape(quote.publisher)}</p>" if quote.publisher else ""
    title = f'<p class="card-title"><cite>{escape(quote.title)}</cite></p>'
    return f'<figcaption class="card-foot">{title}{publisher}</figcaption>'


def _asks(sheet: Sheet) -> str:
    """Three questions to ask; those of a personal question stand further up already."""
    if sheet.personal:
        return ""
    items = "".join(f"<li>{escape(one)}</li>" for one in sheet.asks)
    head = f"<h3>{_notice('page.to_bring')}</h3>"
    return f'<section class="personal">{head}<ul>{items}</ul></section>'


def _again(sheet: Sheet) -> str:
    name = _notice("sheet.picture")
    return (
        f'<section class="again"><div class="again-words"><h2>{_notice("sheet.again")}</h2>'
        f"<p>{_notice('sheet.again_how')}</p>"
        f'<p class="address"><a href="{escape(sheet.address)}">{escape(sheet.address)}</a></p>'
        f'<p class="code">{_notice("sheet.code")}: <strong>{escape(sheet.code)}</strong></p>'
        f'<p class="again-who">{_notice("sheet.again_who")}</p></div>'
        f'<div class="qr" role="img" aria-label="{name}">{qr_svg(sheet.address)}</div></section>'
        f'<section class="my-notes" aria-hidden="true"><h2>{_notice("sheet.notes")}</h2>'
        f"<i></i><i></i><i></i></section>"
    )


def _feedback(sheet: Sheet) -> str:
    return "" if is_crisis(sheet.flag) else feedback_form(sheet.saved.answer_id, 1)


def _notice(name: str) -> str:
    return escape(notice_text(name))
