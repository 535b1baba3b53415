"""What a cache may keep: nothing that was told to somebody who is signed in."""

from __future__ import annotations

from starlette.applications import Starlette

from rafiqa.api.page import ASK_AGAIN
from tests.unit.api.client import Client
from tests.unit.api.test_table import QUESTIONS

PEOPLE = ("first", "operator", "planner")
TOLD_TO_STAFF = ("/api/people", "/api/permits", "/api/finds", "/api/reports", "/api/news")


def addresses() -> list[str]:
    return [*(each for asked in QUESTIONS.values() for each in asked), *TOLD_TO_STAFF]


def test_what_anybody_s_cache_may_keep_is_told_to_anybody(app: Starlette) -> None:
    """Public is only what a stranger is told byte for byte as well, and asked again each time."""
    stranger = Client(app)
    private = public = 0
    for login in PEOPLE:
        client = Client(app)
        assert client.sign_in(login).status_code == 200
        for path in addresses():
            answer = client.get(path)
            kept = {word.strip() for word in answer.headers["cache-control"].split(",")}
            assert kept & {"private", "public", "no-store"}, path
            assert not kept & {"immutable"}, path
            if "public" in kept:
                assert "no-cache" in kept, path
                assert answer.content == stranger.get(path).content, path
                assert "cookie" in answer.headers.get("vary", "").lower(), path
                public += 1
            else:
                private += 1
    assert private > 100
    assert public > 3
    assert "public" in ASK_AGAIN


def test_who_is_signed_in_and_what_acts_answer_is_stored_nowhere(app: Starlette) -> None:
    client = Client(app)
    assert "no-store" in client.sign_in("first").headers["cache-control"]
    for path in ("/api/session", "/api/own-account"):
        assert "no-store" in client.get(path).headers["cache-control"], path
