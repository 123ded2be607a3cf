"""What every request passes: security headers, shut doors, and our own head of the page.

Gradio's page carries addresses of its makers and their loading screen; our head stands in the
page from its first byte, so that nothing else is ever seen.
"""

import re
from collections.abc import MutableMapping
from typing import Any

from fastapi import Response

from qa.ui.theme import page_head

# Gradio needs its inline configuration, and compiles the page's templates.
CONTENT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'self'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
# What Gradio offers and a page that takes only questions has no use for.
CLOSED = ("/gradio_api/upload", "/gradio_api/proxy", "/gradio_api/runs", "/monitoring")
THEIR_TAGS = re.compile(rb'<meta\s+(?:property|name)="(?:og|twitter):[^>]*>\s*')


class FrontDoor:
    """An ASGI layer around the whole application."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401  ASGI publishes no narrower type
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401
        """Pass a request on; its answer comes back with the headers."""
        if scope["type"] != "http" or scope["path"].startswith(
            "/staff/"
        ):  # which has its own guard
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                added = [(k.lower().encode(), v.encode()) for k, v in SECURITY_HEADERS.items()]
                message["headers"] = [*message.get("headers", []), *added]
            await send(message)

        if scope["path"].startswith(CLOSED):
            await Response(status_code=404)(scope, receive, send_with_headers)
        elif scope["path"] == "/" and scope["method"] == "GET":
            await self._page(scope, receive, send_with_headers)
        else:
            await self.app(scope, receive, send_with_headers)

    async def _page(self, scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401
        """The page itself, held until it is whole, with our head in the place of theirs."""
        plain = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        start: MutableMapping[str, Any] = {}
        body = b""

        async def hold(message: MutableMapping[str, Any]) -> None:
            nonlocal body
            if message["type"] == "http.response.start":
                start.update(message)
            if message["type"] != "http.response.body":
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            whole = with_our_head(body)
            others = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
            size = (b"content-length", str(len(whole)).encode())
            await send({**start, "headers": [*others, size]})
            await send({"type": "http.response.body", "body": whole})

        await self.app({**scope, "headers": plain}, receive, hold)


def with_our_head(page: bytes) -> bytes:
    """Gradio's page without its makers' tags, with our head at the end of the head."""
    return THEIR_TAGS.sub(b"", page).replace(b"</head>", page_head().encode() + b"</head>", 1)
