"""``rafiqa federation``: exchange with other authorities by signed files; no network is needed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any, Final

from rafiqa.cli.machine import entropy
from rafiqa.cli.passphrase import KnownPassphrases, add_passphrase
from rafiqa.cli.refusal import refuse_acted
from rafiqa.cli.session import DONE, actor_of, add_actor, add_common, office_of, output_of
from rafiqa.errors import Fault, InvalidInput
from rafiqa.land import Actor
from rafiqa.ledger.signing import Algorithm, Signer
from rafiqa.locale import text
from rafiqa.service import Acted, Office
from rafiqa.service.federation import take_bundle
from rafiqa.service.federationbook import federation_book
from rafiqa.service.federationview import (
    casualty_totals,
    releases_taken_over,
    told_by_others,
)
from rafiqa.service.keyring import key_folder
from rafiqa.service.peers import enrol_peer, fingerprint_of, revoke_peer
from rafiqa.service.place import place_of
from rafiqa.service.sharing import give_bundle
from rafiqa.service.takeover import ReleaseNamed, take_over
from rafiqa.store.durable import write_durably
from rafiqa.store.keyfile import make_key
from rafiqa.store.keyplace import signer_at
from rafiqa.wire.answer import reason_json
from rafiqa.wire.exchangecard import ExchangeCard, card_bytes, exchange_card
from rafiqa.wire.instant import iso
from rafiqa.wire.sharingpolicy import sharing_policy

_KEY_NAME: Final = "Office of exchange"
_SHOWN: Final = 20
_LIMIT_BYTES: Final = 257 * 1024 * 1024


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the acts and their arguments."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)

    def act(name: str, about: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = acts.add_parser(name, help=about, description=about)
        add_common(made)
        if name != "list":
            add_actor(made, "information" if name == "take" else "authority")
        return made

    act("list", "list other authorities, what each says, and where that differs from here")
    card = act("card", "write this authority's card; its fingerprint is told another way")
    card.add_argument("file", metavar="FILE", type=Path, help="where the card is written")
    add_passphrase(card, makes=True)
    enrol = act("enrol", "pin another authority's key by the fingerprint that they told")
    enrol.add_argument("name", metavar="NAME", help="under which it is known here: letters, a-z")
    enrol.add_argument("card", metavar="CARD", type=Path, help="their card")
    enrol.add_argument("--fingerprint", required=True, help="as heard from them, by telephone")
    revoke = act("revoke", "take nothing more by the key of another authority")
    revoke.add_argument("name", metavar="NAME", help="whose")
    revoke.add_argument("--note", required=True, metavar="WHY", help="why")
    share = act("share", "write what a policy lets out as the next bundle of its stream")
    share.add_argument("policy", metavar="POLICY", type=Path, help="what is let out, as JSON")
    share.add_argument("file", metavar="FILE", type=Path, help="where the bundle is written")
    add_passphrase(share)
    take = act("take", "check another authority's bundle and take it in as their claims")
    take.add_argument("file", metavar="FILE", type=Path, help="the bundle")
    over = act("take-over", "take one release of another authority over, by name")
    over.add_argument("name", metavar="NAME", help="whose")
    over.add_argument("stream", metavar="STREAM", help="the stream that tells of it")
    over.add_argument("item", metavar="ITEM", help="the id by which they know it")
    over.add_argument(
        "--confirmed-by",
        metavar="PERSON",
        help="the second person of the authority, who did not enrol that key",
    )


def run(args: argparse.Namespace) -> int:
    """Returns 0 once it is done."""
    office = office_of(args)
    return {
        "list": _list,
        "card": _card,
        "enrol": _enrol,
        "revoke": _revoke,
        "share": _share,
        "take": _take,
        "take-over": _take_over,
    }[args.act](args, office)


def _key_path(args: argparse.Namespace) -> Path:
    return key_folder(place_of(args.store)) / "exchange.pem"


def _card(args: argparse.Namespace, office: Office) -> int:
    path, passphrases = _key_path(args), KnownPassphrases(args)
    signer: Signer
    if path.exists():
        signer = signer_at(path, passphrases)
    else:
        sealing = passphrases.sealing(path)
        signer = make_key(path, _KEY_NAME, Algorithm.ED25519, entropy=entropy, passphrase=sealing)
    card = ExchangeCard(office.site.authority_id, signer.public_key)
    write_durably(args.file, card_bytes(card))
    fingerprint = fingerprint_of(signer.public_key)
    answer = {"authority": card.authority, "fingerprint": fingerprint, "file": str(args.file)}
    words = text("cli.federation.card", {"file": str(args.file)}, args.lang)
    output_of(args).show(answer, [words, f"  {fingerprint}"])
    return DONE


def _enrol(args: argparse.Namespace, office: Office) -> int:
    card = exchange_card(_read(args.card, "CARD"))
    acted = enrol_peer(
        office,
        actor_of(args, office),
        args.name,
        card.authority,
        card.public_key,
        args.fingerprint,
    )
    params: dict[str, str | int] = {"peer": args.name, "authority": card.authority}
    return _done(args, acted, {"peer": args.name, "authority": card.authority}, "enrolled", params)


def _revoke(args: argparse.Namespace, office: Office) -> int:
    acted = revoke_peer(office, actor_of(args, office), args.name, args.note)
    return _done(args, acted, {"peer": args.name}, "revoked", {"peer": args.name})


def _share(args: argparse.Namespace, office: Office) -> int:
    policy = sharing_policy(_read(args.policy, "POLICY"))
    signer = signer_at(_key_path(args), KnownPassphrases(args))
    given = give_bundle(office, actor_of(args, office), policy, signer)
    refuse_acted(given.acted)
    write_durably(args.file, given.data)
    answer = {
        "stream": policy.stream,
        "number": given.number,
        "items": given.n_items,
        "file": str(args.file),
    }
    params: dict[str, str | int] = {
        "stream": policy.stream,
        "number": given.number,
        "n": given.n_items,
    }
    return _done(args, given.acted, answer, "shared", params)


def _take(args: argparse.Namespace, office: Office) -> int:
    taken = take_bundle(office, actor_of(args, office), _read(args.file, "FILE"))
    answer = {
        "peer": taken.peer_id,
        "number": taken.number,
        "items": taken.n_items,
        "already": taken.acted.already,
        "raised": list(taken.raised),
        "reopened": list(taken.reopened),
    }
    params: dict[str, str | int] = {
        "peer": taken.peer_id,
        "number": taken.number,
        "n": taken.n_items,
        "raised": len(taken.raised),
        "reopened": len(taken.reopened),
    }
    said = "already" if taken.acted.already else "taken"
    return _done(args, taken.acted, answer, said, params)


def _take_over(args: argparse.Namespace, office: Office) -> int:
    actor, second = actor_of(args, office), None
    if args.confirmed_by is not None:
        second = Actor(args.confirmed_by, actor.organisation_id, "authority")
    named = ReleaseNamed(args.name, args.stream, args.item)
    acted = take_over(office, actor, named, second)
    params: dict[str, str | int] = {"peer": args.name, "item": args.item}
    return _done(args, acted, {"peer": args.name, "item": args.item}, "taken-over", params)


def _done(
    args: argparse.Namespace,
    acted: Acted,
    answer: dict[str, Any],
    said: str,
    params: dict[str, str | int],
) -> int:
    refuse_acted(acted)
    warnings = [reason_json(reason, args.lang) for reason in acted.warnings]
    lines = [text(f"cli.federation.{said}", params, args.lang)]
    lines += [f"  {each['text']}  [{each['code']}]" for each in warnings]
    output_of(args).show({**answer, "entries": list(acted.entry_ids), "warnings": warnings}, lines)
    return DONE


def _list(args: argparse.Namespace, office: Office) -> int:
    book = federation_book(office)
    told = told_by_others(office)
    peers = [
        {
            "peer": story.peer_id,
            "authority": story.authority,
            "fingerprint": fingerprint_of(bytes.fromhex(story.keys[-1].public_key)),
            "stands": story.standing is not None,
        }
        for story in book.peers.values()
    ]
    streams = [
        {
            "peer": each.peer_id,
            "stream": each.taken.stream,
            "number": each.taken.number,
            "issued_at": iso(each.taken.issued_at_s * 1_000_000),
            "items": each.n_of,
            "differences": [reason_json(reason, args.lang) for reason in each.differences],
            "releases": list(each.releases),
        }
        for each in told
    ]
    totals = [
        {
            "source": each.source,
            "accidents": each.accidents,
            "killed": each.killed,
            "injured": each.injured,
            "not_said": each.n_unsaid,
        }
        for each in casualty_totals(office)
    ]
    taken_over = [
        {
            "peer": each.fact.peer_id,
            "stream": each.fact.stream,
            "number": each.fact.number,
            "newest": each.newest,
            "item": each.fact.item_id,
            "part": each.fact.part_id,
            "key_stands": each.key_stands,
            "withdrawn": each.withdrawn,
        }
        for each in releases_taken_over(office)
    ]
    given = {stream: len(bundles) for stream, bundles in book.given.items()}
    answer = {
        "peers": peers,
        "streams": streams,
        "taken_over": taken_over,
        "given": given,
        "casualties": totals,
    }
    output_of(args).show(answer, list(_lines(answer, args.lang)))
    return DONE


def _lines(answer: dict[str, Any], lang: str) -> list[str]:
    lines = [text("cli.federation.n", {"n": len(answer["peers"])}, lang)]
    for peer in answer["peers"]:
        stands = "stands" if peer["stands"] else "gone"
        lines.append(
            f"{peer['peer']}  {peer['authority']}  {text(f'cli.federation.{stands}', {}, lang)}"
        )
        lines.append(f"  {peer['fingerprint']}")
    for each in answer["streams"]:
        lines.append(f"{each['peer']}/{each['stream']}  {each['number']}  {each['issued_at']}")
        lines += [f"  {one['text']}" for one in each["differences"][:_SHOWN]]
        if each["releases"]:
            names = ", ".join(each["releases"][:_SHOWN])
            lines.append("  " + text("cli.federation.releases", {"items": names}, lang))
    for each in answer["taken_over"]:
        named = {name: each[name] for name in ("item", "peer", "stream", "number", "newest")}
        stands = "withdrawn" if each["withdrawn"] else "opened"
        key = text(f"cli.federation.{'stands' if each['key_stands'] else 'gone'}", {}, lang)
        told = text(f"cli.federation.{stands}", named, lang)
        lines.append(f"{told} ({key})")
    for each in answer["casualties"]:
        params = {name: each[name] for name in ("source", "accidents", "killed", "injured")}
        lines.append(text("cli.federation.casualties", params, lang))
    return lines


def _read(path: Path, place: str) -> bytes:
    """The bytes of a file that somebody named.

    Raises:
        InvalidInput: it cannot be read, or is larger than any that is taken.
    """
    params: dict[str, str | int] = {"file": str(path)}
    try:
        with path.open("rb") as stream:
            data = stream.read(_LIMIT_BYTES + 1)
    except OSError as error:
        raise InvalidInput(Fault("cli.federation.unreadable", place, params=params)) from error
    if len(data) > _LIMIT_BYTES:
        raise InvalidInput(Fault("cli.federation.unreadable", place, params=params))
    return data
