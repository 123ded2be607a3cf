"""What every request to the staff's pages passes: security headers, and how much may be sent."""

from collections.abc import MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any

from fastapi.responses import PlainTextResponse

from qa.staff.sessions import Sessions, was_signed_in
from qa.ui.staff.door import COOKIE
from sources.read import MAX_BYTES

STRANGERS_BYTES = 64 * 1024  # in a body, from somebody who never signed in
STAFF_BYTES = MAX_BYTES + 1024 * 1024
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; object-src 'none'; base-uri 'none'; "
    "img-src 'self' data:; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_PAIRS = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


class Guard:
    """An ASGI layer around the staff's application."""

    def __init__(self, app: Any, sessions: Sessions) -> None:  # noqa: ANN401  ASGI has no narrower type
        self.app, self.sessions = app, sessions

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401
        """Pass a request on; its answer comes back with the headers."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        static = scope["path"].removeprefix(scope.get("root_path", "")).startswith("/static/")

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                kept = "no-cache" if static else "no-store"
                sent = [p for p in message.get("headers", []) if p[0] != b"cache-control"]
                known = [*sent, (b"cache-control", kept.encode())]
                given = {name for name, _ in known}  # a framed report has a policy of its own
                message["headers"] = known + [pair for pair in _PAIRS if pair[0] not in given]
            await send(message)

        headers = dict(scope["headers"])
        if self._too_much(headers):
            refusal = PlainTextResponse("That is more than may be sent.\n", 413)
            await refusal(scope, receive, send_with_headers)
        else:
            await self.app(scope, receive, send_with_headers)

    def _too_much(self, headers: dict[bytes, bytes]) -> bool:
        """Whether a body is larger than this sender may send; one of unknown length always is."""
        if b"transfer-encoding" in headers:
            return True
        length = headers.get(b"content-length", b"0")
        if not length.isdigit():
            return True
        if int(length) <= STRANGERS_BYTES:
            return False
        found = self.sessions.from_cookie(_cookie(headers.get(b"cookie", b"")))
        return found is None or not was_signed_in(found) or int(length) > STAFF_BYTES


def _cookie(header: bytes) -> str:
    try:
        found = SimpleCookie(header.decode("latin-1")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
