"""What every answer carries: the security headers, and compression of text where the browser takes it."""

from __future__ import annotations

import gzip

from flask import Flask, Response, current_app, request
from secure import ContentSecurityPolicy, ReferrerPolicy, Secure, StrictTransportSecurity, XContentTypeOptions, XFrameOptions

POLICY = (
    ContentSecurityPolicy()
    .default_src("'none'")
    .script_src("'self'")
    .style_src("'self'")
    .img_src("'self'")
    .connect_src("'self'")
    .form_action("'self'")
    .base_uri("'none'")
    .frame_ancestors("'none'")
)
PLAIN = Secure(csp=POLICY, xcto=XContentTypeOptions().nosniff(), referrer=ReferrerPolicy().same_origin(), xfo=XFrameOptions().deny())
WITH_TLS = Secure(
    csp=POLICY,
    xcto=XContentTypeOptions().nosniff(),
    referrer=ReferrerPolicy().same_origin(),
    xfo=XFrameOptions().deny(),
    hsts=StrictTransportSecurity().max_age(31536000).include_subdomains(),
)
COMPRESSIBLE = ("text/html", "text/css", "text/javascript", "image/svg+xml", "text/plain")
WORTH_BYTES = 1400
"""Below about one network packet compression saves nothing."""


def init_app(app: Flask) -> None:
    """Add the headers to every answer."""
    app.after_request(_finish)


def _finish(response: Response) -> Response:
    headers = WITH_TLS if current_app.config["SESSION_COOKIE_SECURE"] else PLAIN
    for name, value in headers.headers.items():
        response.headers.setdefault(name, value)
    kept = request.endpoint == "static" and response.status_code in {200, 304}
    asked_again = response.mimetype == "image/svg+xml" and "ETag" in response.headers
    rule = "public, max-age=31536000, immutable" if kept else "private, no-cache" if asked_again else "no-store"
    response.headers["Cache-Control"] = rule
    return _compressed(response)


def _compressed(response: Response) -> Response:
    """Compress text. Sessions are SameSite=Lax, so no other site can have an answer with a session's secrets made and measured."""
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    if response.is_streamed and response.mimetype == "text/html":
        return response  # a page that is shown while it grows
    if response.mimetype not in COMPRESSIBLE or "Content-Encoding" in response.headers or response.status_code not in {200, 403, 404, 409}:
        return response
    response.vary.add("Accept-Encoding")
    if not takes_gzip:
        return response
    response.direct_passthrough = False
    content = response.get_data()
    if len(content) >= WORTH_BYTES:
        response.set_data(gzip.compress(content, compresslevel=4, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response
