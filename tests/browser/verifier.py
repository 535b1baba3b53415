"""The verifier's page in a browser, and what it may not do: ask anywhere, or complain."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, Page, Route, expect

from tests.papers import NOW_S

SIZES = {"narrow": (360, 740), "wide": (1440, 900)}


@dataclass
class Verifier:
    """The verifier in a browser, what it asked the network for, and what it complained about."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def judge(self, *texts: str) -> None:
        self.page.fill("#code-text", "\n".join(texts))
        self.page.locator("button.main").click()
        self.page.wait_for_selector(".answer")

    def expect(self, answer: str, status: str = "none", *reasons: str) -> None:
        card = self.page.locator(".answer")
        expect(card).to_have_attribute("data-answer", answer)
        expect(card).to_have_attribute("data-status", status)
        told = self.page.locator(".reasons li").evaluate_all(
            "all => all.map(i => i.dataset.reason)"
        )
        assert told == list(reasons)

    def reload(self) -> None:
        self.page.reload()
        self.page.wait_for_selector("html[data-ready]")


@contextmanager
def opened(
    chromium: Browser,
    address: str,
    lang: str = "en",
    size: str = "wide",
    **context: Any,
) -> Iterator[Verifier]:
    """The page at an address; after the visit it must have asked for nothing and complained not."""
    width, height = SIZES[size]
    made = chromium.new_context(
        viewport={"width": width, "height": height}, locale=context.pop("locale", "en"), **context
    )
    verifier = Verifier(made.new_page())

    def only_the_page(route: Route) -> None:
        url = route.request.url
        if url.split("?")[0] == address or url.startswith(("blob:", "data:")):
            route.continue_()
        else:
            verifier.asked.append(url)
            route.abort()

    made.route("**/*", only_the_page)
    page = verifier.page
    page.on("console", lambda m: verifier.complaints.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: verifier.complaints.append(str(error)))
    page.clock.set_fixed_time(NOW_S)
    page.goto(address + (f"?lang={lang}" if lang else ""))
    page.wait_for_selector("html[data-ready]")
    yield verifier
    made.close()
    assert verifier.asked == [], verifier.asked
    assert verifier.complaints == [], verifier.complaints
