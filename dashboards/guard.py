# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may ask this server for anything: a browser on this machine that holds the run's token."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from flask import Response, abort, redirect, request

if TYPE_CHECKING:
    from dash import Dash
    from flask import Flask
    from werkzeug.wrappers import Response as AnyResponse

LOCAL_HOSTS = ["127.0.0.1", "localhost"]
MAX_REQUEST_BYTES = 2_000_000
_COOKIE = "graphkit-token"
_DIRECTIVES = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",  # React, plotly and ag-grid set style attributes
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'none'",
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def guard(app: Dash, *, token: str | None) -> None:
    """Puts the checks and headers around `app`. Without a token the cookie is not asked for."""
    server: Flask = app.server
    server.config["TRUSTED_HOSTS"] = LOCAL_HOSTS  # else another site's name may point here
    server.config["MAX_CONTENT_LENGTH"] = MAX_REQUEST_BYTES
    server.before_request(_refuse_other_sites)
    if token is not None:
        server.before_request(lambda: _ask_for_token(token))

    def with_headers(response: Response) -> Response:
        # Dash registers inline scripts until the first page is made: hash them each time.
        scripts = " ".join([_DIRECTIVES["script-src"], *app.csp_hashes()])
        directives = {**_DIRECTIVES, "script-src": scripts}
        policy = "; ".join(f"{name} {value}" for name, value in directives.items())
        response.headers["Content-Security-Policy"] = policy
        response.headers.update(_HEADERS)
        if not request.path.startswith(("/assets/", "/_dash-component-suites/")):
            response.headers["Cache-Control"] = "no-store"
        return response

    server.after_request(with_headers)


def _refuse_other_sites() -> None:
    """403 for what a page of another site makes the browser ask for, links to follow excepted."""
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    foreign = site not in {"same-origin", "none"}
    if request.method in {"GET", "HEAD"}:
        if foreign and request.headers.get("Sec-Fetch-Mode") != "navigate":
            abort(403)
        return
    origin = request.headers.get("Origin")
    if foreign or origin not in {None, request.host_url.rstrip("/")}:
        abort(403)


def _ask_for_token(token: str) -> AnyResponse | None:
    """Nothing for who holds the token; else its exchange for a cookie, or 403."""
    port = urlsplit(request.host_url).port
    cookie = f"{_COOKIE}-{port}"  # cookies are shared between the ports of a host
    if _equal(request.cookies.get(cookie), token):
        return None
    if not _equal(request.args.get("token"), token):
        text = "Open the address that `graphkit dashboard` printed: it carries this run's token.\n"
        return Response(text, 403, mimetype="text/plain")
    others = [(k, v) for k, v in request.args.items(multi=True) if k != "token"]
    path = "/" + request.path.lstrip("/")  # two slashes would lead to another host
    answer = redirect(path + (f"?{urlencode(others)}" if others else ""))
    answer.set_cookie(cookie, token, httponly=True, samesite="Lax")
    return answer


def _equal(given: str | None, token: str) -> bool:
    return given is not None and hmac.compare_digest(given.encode(), token.encode())
