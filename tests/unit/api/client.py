"""A browser without a screen: asks the application in process and keeps its cookies."""

from __future__ import annotations

from typing import Any

import httpx
from starlette.applications import Starlette

from tests.city import PASSWORD
from tests.loop import awaited


class Client:
    """Asks one application, as one person on one address."""

    def __init__(self, app: Starlette, *, address: str = "192.0.2.7", scheme: str = "http") -> None:
        self._app = app
        self._address = address
        self._base = f"{scheme}://desk.test"
        self.cookies = httpx.Cookies()

    def send(self, method: str, path: str, **more: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app, client=(self._address, 4711))
            async with httpx.AsyncClient(
                transport=transport, base_url=self._base, cookies=self.cookies
            ) as client:
                answer = await client.request(method, path, **more)
                self.cookies = client.cookies
                return answer

        return awaited(ask)

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.send("GET", path, headers=headers)

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.send("POST", path, json=body, headers={"X-Rafiqa": "desk", **headers})

    def sign_in(self, login: str, password: str = PASSWORD) -> httpx.Response:
        return self.post("/api/session", {"login": login, "password": password})
