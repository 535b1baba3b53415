"""A language model behind an OpenAI-compatible endpoint: asked once, believed in nothing.

Documents may endanger their sources, so only this machine is asked unless the operator says
otherwise. The key, if any, comes from the environment and is never printed.
"""

from __future__ import annotations

import http.client
import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from rafiqa.errors import Fault, InvalidInput
from rafiqa.wire.strictjson import strict_json

URL, MODEL, KEY, REMOTE = (
    "RAFIQA_MODEL_URL",
    "RAFIQA_MODEL",
    "RAFIQA_MODEL_KEY",
    "RAFIQA_MODEL_REMOTE",
)
"""What the environment may say: where, which, with what key, and ``yes`` for another machine."""
_WAIT_S: Final = 300
_MOST_BYTES: Final = 8 * 1024 * 1024
_PATH: Final = "/v1/chat/completions"
_REFUSED_FORMAT: Final = frozenset({400, 404, 415, 422, 501})
_SEED: Final = 7


@dataclass(frozen=True, slots=True)
class ModelServer:
    """Where a model is asked: ``secret`` is sent as bearer token where there is one."""

    url: str
    model: str
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What a model answered, and what to keep of having asked.

    Attributes:
        answer: its answer as JSON; None where it gave none that can be read.
        held: whether the server held it to the schema.
        prompt_sha256: of what was sent; the prompt itself is kept nowhere.
    """

    answer: object
    held: bool
    prompt_sha256: str


def server_of(environment: Mapping[str, str]) -> ModelServer | None:
    """Returns the server that the environment names; None where it names none.

    Raises:
        InvalidInput: ``wire.model.url``: it is no address of a server; ``wire.model.remote``: it is
            another machine, and ``RAFIQA_MODEL_REMOTE=yes`` is not said.
    """
    url = environment.get(URL, "").strip()
    if not url:
        return None
    parts = _parts(url)
    if not _is_here(parts.hostname or "") and environment.get(REMOTE) != "yes":
        raise InvalidInput(Fault("wire.model.remote", URL, params={"host": parts.hostname or ""}))
    return ModelServer(url, environment.get(MODEL, "local"), environment.get(KEY) or None)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InvalidInput(Fault("wire.model.url", URL)) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0 or parts.username:
        raise InvalidInput(Fault("wire.model.url", URL))
    return parts


def _is_here(host: str) -> bool:
    """Whether a host is this machine. A name other than localhost may be anybody's."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def ask(server: ModelServer, instructions: str, question: str, schema: dict[str, Any]) -> Told:
    """Returns what a model answers to a question, held to a schema where the server can do that.

    Raises:
        InvalidInput: ``wire.model.unreachable``, or ``wire.model.failed`` with the status.
    """
    body: dict[str, Any] = {
        "model": server.model,
        "temperature": 0,
        "seed": _SEED,
        "messages": [
            {"role": "system", "content": instructions},
            {"role": "user", "content": question},
        ],
    }
    digest = sha256((instructions + "\n" + question).encode("utf-8")).hexdigest()
    form = {
        "type": "json_schema",
        "json_schema": {"name": "claims", "strict": True, "schema": schema},
    }
    status, content = _post(server, {**body, "response_format": form})
    held = status == http.client.OK
    if status in _REFUSED_FORMAT:
        status, content = _post(server, body)
    if status != http.client.OK:
        raise InvalidInput(Fault("wire.model.failed", URL, params={"status": status}))
    return Told(_answer(content), held, digest)


def _post(server: ModelServer, body: dict[str, Any]) -> tuple[int, bytes]:
    parts = _parts(server.url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    headers = {"Content-Type": "application/json"}
    if server.secret:
        headers["Authorization"] = f"Bearer {server.secret}"
    path = parts.path.rstrip("/")
    path = path if path.endswith("/chat/completions") else path.removesuffix("/v1") + _PATH
    connection = kind(parts.hostname or "", parts.port, timeout=_WAIT_S)
    try:
        connection.request("POST", path, json.dumps(body).encode("utf-8"), headers)
        answer = connection.getresponse()
        return answer.status, answer.read(_MOST_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise InvalidInput(
            Fault("wire.model.unreachable", URL, params={"detail": type(error).__name__})
        ) from None
    finally:
        connection.close()


def _answer(content: bytes) -> object:
    """The JSON that a model wrote; None where it is none. Nothing is mended."""
    try:
        told: Any = strict_json(content, most_bytes=_MOST_BYTES)
        said = told["choices"][0]["message"]["content"]
        return strict_json(said.encode(), most_bytes=_MOST_BYTES)
    except (InvalidInput, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None
