"""Who is believed when a request says for whom it comes, and over what."""

from __future__ import annotations

from starlette.applications import Starlette
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from tests.city import PASSWORD
from tests.unit.api.client import Client


def test_only_the_proxy_that_is_named_is_believed(own_app: Starlette) -> None:
    """Uvicorn's own middleware, with what `serve --proxy` gives it."""
    plain = own_app
    behind = ProxyHeadersMiddleware(plain, trusted_hosts="192.0.2.7")  # type: ignore[arg-type]
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.4", "X-Rafiqa": "desk"}
    body = {"login": "first", "password": PASSWORD}
    for app, address, secure in (
        (behind, "192.0.2.7", True),
        (behind, "192.0.2.8", False),
        (plain, "192.0.2.7", False),
    ):
        client = Client(app, address=address)  # type: ignore[arg-type]
        answer = client.send("POST", "/api/session", json=body, headers=said)
        assert answer.status_code == 200, answer.text
        assert ("; Secure" in answer.headers["set-cookie"]) == secure
