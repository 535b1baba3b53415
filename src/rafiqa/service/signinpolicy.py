"""What a store asks of who approves, and the diary of its accounts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Final, cast

from rafiqa.errors import Fault, InvalidInput
from rafiqa.service.accounts import Account
from rafiqa.service.permit import Approving, Factor, Standing
from rafiqa.store import Store

POLICY: Final = "accounts.policy"
DIARY: Final = "accounts.diary"
APPROVING_BY: Final[tuple[Approving, ...]] = ("passkey", "totp", "password")
DIARY_KEPT: Final = 5_000
"""Of what happened to accounts so many entries are kept; the oldest fall out."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Another house that may vouch for people (OpenID Connect).

    Attributes:
        issuer: its address, as its tokens name it.
        client_id: what this server is called there.
        label: what the sign-in page calls it.
        secret_file: where this server's secret for it lies, for its owner alone; none where empty.
        strong_acr: the classes of sign-in (``acr``) there that are enough to approve by; none of
            them where empty.
        strong_amr: the methods (``amr``) there that are, several joined by ``+``.
    """

    issuer: str
    client_id: str
    label: str
    secret_file: str = ""
    strong_acr: tuple[str, ...] = ()
    strong_amr: tuple[str, ...] = ()

    @property
    def vouches_strength(self) -> bool:
        """Whether anything that it says of its strength is taken here."""
        return bool(self.strong_acr or self.strong_amr)

    def is_strong(self, acr: object, amr: object) -> bool:
        """Returns whether what its token says of the sign-in is named here as strong enough.

        What it does not say, says otherwise, or says in another form, is not.
        """
        told = {each for each in amr if type(each) is str} if isinstance(amr, list) else set()
        by_class = type(acr) is str and acr in self.strong_acr
        return by_class or any(told >= {*each.split("+")} for each in self.strong_amr)


def approving_by(store: Store) -> Approving:
    """Returns what a store asks of who approves: a passkey, unless it was told otherwise."""
    told = _plain(store).get("approving")
    return cast("Approving", told) if told in APPROVING_BY else "passkey"


def put_approving(store: Store, approving: str) -> None:
    """Nothing; the store asks that of who approves from now on.

    Raises:
        InvalidInput: there is no such way.
    """
    if approving not in APPROVING_BY:
        params: dict[str, str | int] = {"given": approving[:40], "known": ", ".join(APPROVING_BY)}
        raise InvalidInput(Fault("service.account.policy", "--approving", params=params))
    _change(store, lambda plain: {**plain, "approving": approving})


def provider_of(store: Store) -> Provider | None:
    """Returns the house that may vouch for people; None where none was named."""
    told = _plain(store).get("oidc")
    if told is None:
        return None
    strong = {name: tuple(told.get(name, ())) for name in ("strong_acr", "strong_amr")}
    return Provider(**{**told, **strong})


def put_provider(store: Store, provider: Provider | None) -> None:
    """Nothing; that house may vouch for people from now on, or none where None.

    Raises:
        InvalidInput: its address is not https, nor one of this machine; or a strength is empty.
    """
    known = ("https://", "http://localhost", "http://127.0.0.1")
    if provider is not None and not provider.issuer.startswith(known):
        params: dict[str, str | int] = {"issuer": provider.issuer[:200]}
        raise InvalidInput(Fault("service.account.issuer", "--issuer", params=params))
    if provider is not None:
        methods = (part for each in provider.strong_amr for part in each.split("+"))
        if not all(each.strip() for each in (*provider.strong_acr, *methods)):
            raise InvalidInput(Fault("service.account.strength", "--strong-acr"))

    def put(plain: dict[str, Any]) -> dict[str, Any]:
        others = {name: each for name, each in plain.items() if name != "oidc"}
        return others if provider is None else {**others, "oidc": asdict(provider)}

    _change(store, put)


def standing_of(
    store: Store, account: Account, factors: frozenset[Factor], now_us: int
) -> Standing:
    """Returns how somebody stands who signed in to an account by some factors.

    A strength that the house vouched for counts while the policy still names one.
    """
    ended = not account.stands(now_us)
    provider = provider_of(store) if "oidc-strong" in factors else None
    if provider is None or not provider.vouches_strength:
        factors -= {"oidc-strong"}
    return Standing(factors, approving_by(store), frozenset(account.area_ids), ended)


def note(store: Store, at_us: int, event: str, about: str, by: str = "") -> None:
    """Nothing; what happened to an account is in the diary.

    Args:
        store: whose diary.
        at_us: when, microseconds since 1970 UTC.
        event: what, by a fixed name.
        about: the login that it is about.
        by: the login of who did it; the account's own holder, or the machine, where empty.
    """
    line = {"at_us": at_us, "event": event, "about": about, "by": by}

    def written(data: bytes | None) -> bytes:
        kept = [*json.loads(data or b"[]"), line]
        text = json.dumps(kept[-DIARY_KEPT:], ensure_ascii=False, separators=(",", ":"))
        return text.encode()

    store.change_setting(DIARY, written)


def diary(store: Store) -> list[dict[str, Any]]:
    """Returns what happened to accounts, oldest first."""
    found: list[dict[str, Any]] = json.loads(store.setting(DIARY) or b"[]")
    return found


def _plain(store: Store) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(store.setting(POLICY) or b"{}")
    return found


def _change(store: Store, put: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    def change(data: bytes | None) -> bytes:
        return json.dumps(put(json.loads(data or b"{}")), sort_keys=True).encode()

    store.change_setting(POLICY, change)
