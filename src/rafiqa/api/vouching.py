"""Another house vouches for people: OpenID Connect, authorization code with PKCE.

Off unless a store names such a house (`rafiqa people policy STORE --issuer URL`). Nobody comes in
by it who has no account here that names them: the house says who somebody is, never what they may.
To approve it is not enough, unless the policy names a strength (``acr``, ``amr``) that is, and the
house says so of a sign-in of not too long ago.
Standards: OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3.7;
RFC 7636 (PKCE); RFC 9700 (what may go wrong with OAuth); RFC 9207 (the issuer in the answer).
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from rafiqa.api.ask import Ask
from rafiqa.api.problem import TooMany, Unknown
from rafiqa.api.reply import JSON, Reply
from rafiqa.api.session import ADDRESS_ATTEMPTS_A_MINUTE, cookie_name, enter
from rafiqa.errors import Fault, InvalidInput, NotFound
from rafiqa.service.accounts import accounts
from rafiqa.service.passkeys import is_this_machine
from rafiqa.service.permit import Factor
from rafiqa.service.signinpolicy import Provider, provider_of
from rafiqa.wire.strictjson import strict_json

ALGORITHMS: Final = ["RS256", "PS256", "ES256", "EdDSA"]
"""What a token may be signed with: by keys that the house alone has. Never ``none``, never HMAC."""
ANSWER_BYTES_MOST: Final = 256 * 1024
WAIT_S: Final = 10
LEEWAY_S: Final = 60
RETURN_PATH: Final = "/api/session/vouched/return"
STRONG_AGE_S: Final = 12 * 3_600
"""How long ago who approves may have signed in at the house: as long as a session lives here."""
_MINUTES: Final = 5


class _NoRedirects(HTTPRedirectHandler):
    """A house that sends us elsewhere is not followed: it could send us to this machine itself."""

    def redirect_request(self, *_given: Any, **_named: Any) -> None:
        return None


_OPENER: Final = build_opener(_NoRedirects())


def go_to_house(ask: Ask) -> Reply:
    """Returns the way to the other house, with what ties its answer to this browser.

    Raises:
        NotFound: no house is named.
        TooMany: too many asked from that address.
        Unknown: the house does not answer as it should.
    """
    provider = _provider(ask)
    if not ask.desk.attempts.take(("vouched", ask.address), ADDRESS_ATTEMPTS_A_MINUTE):
        raise TooMany(Fault("api.session.too-many"))
    house = _described(provider)
    nonce, verifier = (_text(ask.desk.entropy(32)) for _ in range(2))
    kept = json.dumps({"nonce": nonce, "verifier": verifier}).encode()
    state, _ = ask.desk.challenges.put("oidc", "", kept)
    query = {
        "response_type": "code",
        "scope": "openid",
        "client_id": provider.client_id,
        "redirect_uri": _return_to(ask),
        "state": state,
        "nonce": nonce,
        "code_challenge": _text(sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }
    if provider.vouches_strength:
        query["max_age"] = str(STRONG_AGE_S)  # so that it says when they signed in
    if provider.strong_acr:
        query["acr_values"] = " ".join(provider.strong_acr)
    address = house["authorization_endpoint"]
    joint = "&" if urlsplit(address).query else "?"
    return _sent(f"{address}{joint}{urlencode(query)}", _tie(ask, state, _MINUTES * 60))


def come_back(ask: Ask) -> Reply:
    """Returns the way to the desk, signed in as whom the other house vouched for.

    Raises:
        NotFound: no house is named.
        Unknown: it vouched for nobody who has an account, or not in answer to this browser.
    """
    provider = _provider(ask)
    state = ask.query.get("state", "")
    tied = ask.cookies.get(_tie_name(ask), "")
    kept = ask.desk.challenges.take(state, "oidc")
    if kept is None or not hmac.compare_digest(state, tied) or "code" not in ask.query:
        raise _nobody()
    if ask.query.get("iss", provider.issuer).rstrip("/") != provider.issuer:
        raise _nobody()
    told: dict[str, str] = json.loads(kept)
    claims = _vouched(ask, provider, ask.query["code"], told)
    now_us = ask.desk.office.now_us()
    named = provider.issuer, str(claims.get("sub", ""))
    for account in accounts(ask.desk.office.store).values():
        if account.oidc == named and account.stands(now_us):
            opened = enter(ask, account, _factors(claims, provider, now_us // 1_000_000))
            return _sent("/", opened.headers["Set-Cookie"])
    raise _nobody()


def _factors(claims: Mapping[str, Any], provider: Provider, now_s: int) -> frozenset[Factor]:
    """By what somebody signed in: the house's word, and its strength where the policy names it."""
    signed_in_s = claims.get("auth_time")
    fresh = type(signed_in_s) is int and (
        now_s - STRONG_AGE_S - LEEWAY_S <= signed_in_s <= now_s + LEEWAY_S
    )
    if fresh and provider.is_strong(claims.get("acr"), claims.get("amr")):
        return frozenset({"oidc", "oidc-strong"})
    return frozenset({"oidc"})


def _vouched(ask: Ask, provider: Provider, code: str, told: Mapping[str, str]) -> dict[str, Any]:
    """Returns what the house's token says, once its signature and every claim was checked."""
    house = _described(provider)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _return_to(ask),
        "client_id": provider.client_id,
        "code_verifier": told["verifier"],
    }
    answer = _asked(house["token_endpoint"], urlencode(form).encode(), _proof_of(provider))
    keys = _asked(house["jwks_uri"])
    try:
        token = jwt.decode(str(answer.get("id_token", "")), _key_set(keys), algorithms=ALGORITHMS)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise _nobody() from error
    claims = token.claims
    now_s = ask.desk.office.now_us() // 1_000_000
    if not _holds(claims, provider, told["nonce"], now_s):
        raise _nobody()
    return dict(claims)


def _key_set(keys: dict[str, Any]) -> KeySet:
    found = keys.get("keys")
    return KeySet.import_key_set({"keys": found if isinstance(found, list) else []})


def _holds(claims: Mapping[str, Any], provider: Provider, nonce: str, now_s: int) -> bool:
    """Whether a token is of that house, for this server, in answer to this question, and of now."""
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    ours = provider.client_id in named
    party = claims.get("azp", provider.client_id) == provider.client_id
    alone = len(named) == 1 or "azp" in claims
    until, since = claims.get("exp"), claims.get("iat")
    if not (isinstance(until, int) and isinstance(since, int)):
        return False
    in_time = now_s < until + LEEWAY_S and since <= now_s + LEEWAY_S
    return (
        str(claims.get("iss", "")).rstrip("/") == provider.issuer
        and ours
        and party
        and alone
        and in_time
        and hmac.compare_digest(str(claims.get("nonce", "")), nonce)
        and bool(claims.get("sub"))
    )


def _provider(ask: Ask) -> Provider:
    provider = provider_of(ask.desk.office.store)
    if provider is None:
        raise NotFound(Fault("service.account.no-provider"))
    return provider


def _described(provider: Provider) -> dict[str, str]:
    """Returns the addresses that a house names, each under TLS or on this machine."""
    found = _asked(f"{provider.issuer}/.well-known/openid-configuration")
    if str(found.get("issuer", "")).rstrip("/") != provider.issuer:
        raise _nobody()
    names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    return {name: _address(str(found.get(name, ""))) for name in names}


def _address(text: str) -> str:
    parts = urlsplit(text)
    private = parts.scheme == "http" and is_this_machine(parts.hostname or "")
    if not (parts.scheme == "https" or private) or not parts.hostname:
        raise _nobody()
    return text


def _proof_of(provider: Provider) -> dict[str, str]:
    """Returns the header by which this server proves itself to a house; none without a secret.

    The secret lies in a file that its owner alone reads, and never in the store.
    """
    if not provider.secret_file:
        return {}
    path = Path(provider.secret_file)
    try:
        if path.stat().st_mode & 0o077:
            raise _nobody()
        secret = path.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise _nobody() from error
    named = f"{quote(provider.client_id, safe='')}:{quote(secret, safe='')}"
    return {"Authorization": f"Basic {base64.b64encode(named.encode()).decode()}"}


def _asked(
    address: str, form: bytes | None = None, more: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Returns what a house answers in JSON."""
    headers = {"Accept": JSON, **(more or {})}
    request = Request(_address(address), form, headers)  # noqa: S310 - checked in _address
    try:
        with _OPENER.open(request, timeout=WAIT_S) as answer:
            told = strict_json(answer.read(ANSWER_BYTES_MOST), most_bytes=ANSWER_BYTES_MOST)
    except HTTPError as error:
        error.close()  # it is the answer too, and holds the line open
        raise _nobody() from error
    except (URLError, OSError, ValueError, InvalidInput) as error:
        raise _nobody() from error
    if not isinstance(told, dict):
        raise _nobody()
    return told


def _nobody() -> Unknown:
    return Unknown(Fault("api.session.vouched"))


def _return_to(ask: Ask) -> str:
    name = ask.host.rpartition(":")[0] if ":" in ask.host else ask.host
    scheme = "http" if is_this_machine(name) else "https"
    return f"{scheme}://{ask.host}{RETURN_PATH}"


def _tie_name(ask: Ask) -> str:
    return f"{cookie_name(ask.scheme)}_tie"


def _tie(ask: Ask, state: str, seconds: int) -> str:
    secure = "; Secure" if ask.scheme == "https" else ""
    kept = f"Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}"
    return f"{_tie_name(ask)}={state}; {kept}"


def _sent(address: str, cookie: str) -> Reply:
    headers = {"Location": address, "Set-Cookie": cookie, "Cache-Control": "no-store"}
    return Reply(b"", JSON, 302, headers)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
