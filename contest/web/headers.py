"""The headers that every answer carries, errors included."""

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)
POLICY = "; ".join(  # noqa: FLY002 -- one directive a line reads better
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-store",
}


HSTS = "max-age=63072000"
LAST_WORDS = (
    b"Something broke on our side. Nothing that was saved before is lost. Go back and try again.\n"
)


class Layer:
    """The WSGI application around everything else that answers, so that no answer passes it by.

    An answer may say something else than these headers; it cannot say nothing. Should even the page
    that tells of an error fail, it answers itself.
    """

    def __init__(self, app: Flask, inner: "WSGIApplication") -> None:
        self._app, self._inner = app, inner
        hsts = f"{HSTS}; includeSubDomains" if app.config.get("HSTS_SUBDOMAINS") else HSTS
        self._secure = HEADERS | {"Strict-Transport-Security": hsts}

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *failed: Any) -> Any:
            said = {name.title() for name, _ in headers}
            wanted = self._secure if environ["wsgi.url_scheme"] == "https" else HEADERS
            more = [pair for pair in wanted.items() if pair[0].title() not in said]
            return start_response(status, [*headers, *more], *failed)

        try:
            return self._inner(environ, start)
        except Exception:
            if self._app.testing or self._app.debug:
                raise
            log.exception("no answer to %s", environ["REQUEST_METHOD"])
            start("500 INTERNAL SERVER ERROR", [("Content-Type", "text/plain; charset=utf-8")])
            return [LAST_WORDS]
