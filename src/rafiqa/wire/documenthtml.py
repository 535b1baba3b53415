"""HTML of strangers as text: nothing is run, nothing fetched, what is hidden is not read."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

from rafiqa.errors import Fault
from rafiqa.wire.document import BlockKind
from rafiqa.wire.documenttext import decoded
from rafiqa.wire.readtext import ReadText

DEPTH_MOST: Final = 500
"""Elements within one another; browsers stop at 512. What lies deeper is read, and told of."""
_UNSEEN: Final = frozenset(
    {
        *("script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math"),
        *("select", "option", "datalist", "canvas", "audio", "video", "head", "textarea"),
    }
)
_ALONE: Final = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
        *("source", "track", "wbr"),
    }
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "title"})
_CELLS: Final = frozenset({"td", "th"})
_BLOCKS: Final = frozenset(
    {
        *("p", "div", "section", "article", "main", "header", "footer", "aside", "nav", "body"),
        *("ul", "ol", "li", "dl", "dt", "dd", "table", "tr", "caption", "figure", "figcaption"),
        *("blockquote", "pre", "address", "form", "fieldset", "details", "summary", "hr"),
        *_HEADINGS,
        *_CELLS,
    }
)
_CHARSET: Final = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_-]{2,20})""", re.IGNORECASE)
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACE: Final = re.compile(r"[ \t\r\n\f\v]+")
_CHUNK: Final = 65_536


def read_html(content: bytes) -> ReadText:
    """Returns what a page of HTML says, in the order in which it stands there."""
    named = _CHARSET.search(content[:4096])
    text, _, warnings = decoded(content, named[1].decode("ascii") if named else None)
    found = ReadText(readers=["html"], warnings=warnings)
    page = _Page(found)
    for start in range(0, len(text), _CHUNK):
        page.feed(text[start : start + _CHUNK])
    page.close()
    page.end()
    return found


class _Page(HTMLParser):
    """Takes a page apart. Whatever is open is a list, never a call within a call."""

    def __init__(self, found: ReadText) -> None:
        super().__init__(convert_charrefs=True)
        self._found = found
        self._open: list[str] = []
        self._unseen_from: int | None = None
        self._words: list[str] = []
        self._kind: BlockKind = "paragraph"
        self._told_deep = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._close_block()
            self._kind = _kind_of(tag)
        elif tag == "br":
            self._words.append("\n")
        if tag in _ALONE:
            return
        if tag == "body":
            # A head that nobody closed ends here.
            self._open, self._unseen_from = [], None
        self._open.append(tag)
        if len(self._open) > DEPTH_MOST and not self._told_deep:
            self._told_deep = True
            params: dict[str, str | int] = {"limit": DEPTH_MOST}
            self._found.warnings.append(Fault("wire.document.deep", "", None, params))
        if self._unseen_from is None and (tag in _UNSEEN or _is_hidden(dict(attrs))):
            self._unseen_from = len(self._open)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._close_block()
            self._kind = "paragraph"
        # Looked for among the innermost only: of a page that is torn, the rest is left open.
        for back in range(1, min(len(self._open), DEPTH_MOST) + 1):
            if self._open[-back] == tag:
                del self._open[-back:]
                break
        if self._unseen_from is not None and len(self._open) < self._unseen_from:
            self._unseen_from = None

    def handle_data(self, data: str) -> None:
        if self._unseen_from is None or self._open[-1:] == ["title"]:
            self._words.append(_SPACE.sub(" ", data))

    def end(self) -> None:
        """Takes what is left."""
        self._close_block()

    def _close_block(self) -> None:
        if not self._words:
            return
        joined = "".join(self._words)
        self._words = []
        lines = (_SPACE.sub(" ", line).strip() for line in joined.split("\n"))
        self._found.add("\n".join(line for line in lines if line), self._kind)


def _kind_of(tag: str) -> BlockKind:
    if tag in _HEADINGS:
        return "heading"
    return "cell" if tag in _CELLS else "paragraph"


def _is_hidden(attributes: dict[str, str | None]) -> bool:
    hidden = "hidden" in attributes or attributes.get("aria-hidden") == "true"
    return hidden or bool(_HIDDEN.search(attributes.get("style") or ""))
