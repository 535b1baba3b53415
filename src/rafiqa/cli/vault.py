"""``rafiqa vault``: names and contacts kept apart: put in, looked at for a reason, erased."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyrage

from rafiqa.cli.machine import entropy, now_us
from rafiqa.cli.passphrase import KnownPassphrases, add_passphrase
from rafiqa.cli.refusal import refuse_acted
from rafiqa.cli.session import DONE, REFUSED, actor_of, add_actor, add_common, office_of, output_of
from rafiqa.cli.vaulttold import unreached_told
from rafiqa.dictionary import dictionary, retention
from rafiqa.errors import Fault, InvalidInput, StoreError
from rafiqa.ledger import IdentityLookedAt
from rafiqa.locale import text
from rafiqa.service import Office
from rafiqa.service.identitybook import IdentityStory, identities
from rafiqa.service.originals import seal_waiting, unseal_attachment, waiting
from rafiqa.service.place import place_of
from rafiqa.service.submissionsealing import sealed_answers
from rafiqa.service.vaultdoor import (
    drop_orphans,
    settle,
    vault_key_place,
    vault_now,
    vault_of,
    vault_place,
)
from rafiqa.service.vaulting import (
    RECORDS,
    due,
    erase_due,
    erase_identity,
    identity_content,
    keep_identity,
    look_at_identity,
)
from rafiqa.store.keyfile import write_new
from rafiqa.store.vault import make_vault
from rafiqa.store.vaultkey import make_vault_key, vault_key_at
from rafiqa.wire.instant import end_us, iso, utc_day
from rafiqa.wire.strictjson import parse_json

FILE_BYTES: Final = 64 * 1024
Keyed = Callable[[argparse.ArgumentParser], None]


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the acts and their arguments."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)

    def act(name: str, about: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = acts.add_parser(name, help=about, description=about)
        add_common(made)
        add_actor(made, "authority")
        return made

    def keyed(made: argparse.ArgumentParser) -> None:
        made.add_argument("--key", metavar="FILE", type=Path, help="the vault's key")

    new = act("new", "make a vault and its key, which is to be taken elsewhere")
    keyed(new)
    add_passphrase(new, makes=True)
    keep = act("keep", "put in who somebody is, and get a pseudonym for it")
    keep.add_argument("--of", required=True, metavar="RECORD", help="the record it belongs to")
    keep.add_argument("--for", dest="purpose", required=True, choices=tuple(retention()))
    keep.add_argument("--as", dest="record", default=RECORDS[0], choices=RECORDS)
    keep.add_argument("--until", metavar="DAY", help="gone after this day, if that is earlier")
    keep.add_argument("file", metavar="FILE", help="its fields, a JSON object; - reads it here")
    show = act("show", "look at who somebody is; the look is on record first")
    show.add_argument("pseudonym", metavar="PSEUDONYM")
    show.add_argument("--out", metavar="FILE", type=Path, help="for a picture as it came")
    show.add_argument("--reason", required=True, choices=_codes("look_reason"))
    keyed(show)
    add_passphrase(show)
    looks = act("looks", "list who looked at somebody, when and why: for the person")
    looks.add_argument("pseudonym", metavar="PSEUDONYM")
    act("list", "list the pseudonyms, what each is kept for, and until when")
    over = act("due", "list, or erase, what has been kept long enough")
    over.add_argument("--on", metavar="DAY", help="as of this day; today by default")
    over.add_argument("--erase", action="store_true", help="erase them, each on record")
    gone = act("erase", "erase who somebody is, for good; the ledger stays whole")
    gone.add_argument("pseudonym", metavar="PSEUDONYM")
    gone.add_argument("--cause", required=True, choices=_codes("identity_erasure"))
    _add_keeping(act, keyed)


def _add_keeping(act: Callable[[str, str], argparse.ArgumentParser], keyed: Keyed) -> None:
    """Adds what is done with the vault as a whole."""
    check = act("check", "hold vault and ledger against each other, and put them in order")
    check.add_argument(
        "--drop", action="store_true", help="drop what no entry names, where the ledger is newest"
    )
    act("seal", "seal the pictures that lie in the store as they came; others stand for them")
    came = act("unseal", "write out a file as it came, by its SHA-256; that is on record first")
    came.add_argument("sha256", metavar="SHA256", help="of the file as it came")
    came.add_argument("--out", metavar="FILE", type=Path, required=True, help="not there yet")
    came.add_argument("--reason", required=True, choices=_codes("look_reason"))
    keyed(came)
    add_passphrase(came)
    anew = act("rekey", "seal everything to a new key: older copies of the vault are dead")
    keyed(anew)
    anew.add_argument("--new-key", metavar="FILE", type=Path, required=True, help="not there yet")
    add_passphrase(anew, makes=True)
    copy = act("copy", "write a copy of the vault, sealed as it is")
    copy.add_argument("to", metavar="FILE", type=Path)


def _codes(name: str) -> tuple[str, ...]:
    return tuple(dictionary().lists[name].names)


def run(args: argparse.Namespace) -> int:
    """Returns 0 once it is done; 1 where ``check`` misses something."""
    office = office_of(args)
    if args.act != "new":
        # What the ledger says is erased is gone before anything is asked, whatever was put back;
        # who needs the vault is told where it cannot be opened.
        with suppress(StoreError):
            vault_now(office)
    return {
        "new": _new,
        "keep": _keep,
        "show": _show,
        "looks": _looks,
        "list": _list,
        "due": _due,
        "erase": _erase,
        "check": _check,
        "rekey": _rekey,
        "seal": _seal,
        "unseal": _unseal,
        "copy": _copy,
    }[args.act](args, office)


def _key_path(args: argparse.Namespace) -> Path:
    return args.key or vault_key_place(place_of(args.store))


def _new(args: argparse.Namespace, office: Office) -> int:
    path, key = vault_place(place_of(args.store)), _key_path(args)
    if path.exists():
        raise StoreError(Fault("store.vault.taken", params={"path": str(path)}))
    # The key first: a vault whose key was never on the disk would be a grave.
    public = make_vault_key(key, entropy, KnownPassphrases(args).sealing(key))
    office.vault = make_vault(path, public, entropy, now_us)
    params: dict[str, object] = {"vault": str(path), "key": str(key)}
    lines = [text("cli.vault.new", params, args.lang), text("cli.vault.take-away", {}, args.lang)]
    output_of(args).show({"vault": str(path), "key": str(key), "public": public}, lines)
    return DONE


def _keep(args: argparse.Namespace, office: Office) -> int:
    told = parse_json(_read(args.file), levels=4)
    if not isinstance(told, dict):
        raise InvalidInput(Fault("service.vault.nobody", args.record))
    acted, pseudonym = keep_identity(
        office,
        actor_of(args, office),
        args.of,
        args.purpose,
        identity_content(args.record, told),
        until_on=None if args.until is None else _day(args.until, "--until").isoformat(),
    )
    refuse_acted(acted)
    until = identities(office)[str(pseudonym)].fact.keep_until_on
    params: dict[str, object] = {"pseudonym": str(pseudonym), "until": until}
    answer = {"pseudonym": pseudonym, "until": until}
    output_of(args).show(answer, [text("cli.vault.kept", params, args.lang)])
    return DONE


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(FILE_BYTES + 1)[:FILE_BYTES]
    with Path(name).open("rb") as stream:
        return stream.read(FILE_BYTES)


def _show(args: argparse.Namespace, office: Office) -> int:
    secret = _opened(args, _key_path(args))
    looked = look_at_identity(office, actor_of(args, office), args.pseudonym, args.reason, secret)
    refuse_acted(looked.acted)
    if looked.picture is not None:
        return _picture(args, looked.picture)
    content = looked.content or {}
    fields = content["fields"] if "fields" in content else sealed_answers(content)
    lines = [f"{name}: {value}" for name, value in fields.items()]
    answer = {"pseudonym": args.pseudonym, "fields": fields}
    output_of(args).show(answer, [*lines, text("cli.vault.on-record", {}, args.lang)])
    return DONE


def _picture(args: argparse.Namespace, picture: bytes) -> int:
    if args.out is not None:
        write_new(args.out, picture)
    params: dict[str, object] = {"bytes": len(picture), "path": str(args.out or "–")}
    lines = [text("cli.vault.picture", params, args.lang)]
    answer = {"pseudonym": args.pseudonym, "out": None if args.out is None else str(args.out)}
    output_of(args).show(answer, [*lines, text("cli.vault.on-record", {}, args.lang)])
    return DONE


def _opened(args: argparse.Namespace, path: Path) -> pyrage.x25519.Identity:
    """The key in a file, by whichever of the passphrases opens it where it is sealed."""
    try:
        return vault_key_at(path)
    except StoreError as error:
        if error.code != "store.key.unreadable":
            raise
        last = error
    for passphrase in KnownPassphrases(args).opening(path):
        try:
            return vault_key_at(path, passphrase)
        except StoreError as error:
            last = error
    raise last


def _looks(args: argparse.Namespace, office: Office) -> int:
    story = identities(office).get(args.pseudonym)
    if story is None:
        params: dict[str, str | int] = {"pseudonym": args.pseudonym[:64]}
        raise InvalidInput(Fault("service.vault.unknown", "PSEUDONYM", params=params))
    reasons, roles = dictionary().lists["look_reason"], dictionary().lists["role"]
    rows: list[dict[str, Any]] = [
        {
            "at": iso(each.recorded_at_us),
            "by": each.actor.person_id,
            "organisation": each.actor.organisation_id,
            "role": each.actor.role,
            "reason": each.fact.reason,
        }
        for each in story.looks
        if isinstance(each.fact, IdentityLookedAt)
    ]
    lines = [
        text(
            "cli.vault.look",
            {
                **row,
                "role": roles.label(row["role"], args.lang),
                "reason": reasons.label(row["reason"], args.lang),
            },
            args.lang,
        )
        for row in rows
    ]
    head = _line(args.pseudonym, story, args.lang)
    none = text("cli.vault.no-look", {}, args.lang)
    answer = {**_row(args.pseudonym, story), "looks": rows}
    output_of(args).show(answer, [head, *(lines or [none])])
    return DONE


def _row(name: str, story: IdentityStory) -> dict[str, Any]:
    return {
        "pseudonym": name,
        "record": story.fact.record_id,
        "purpose": story.fact.purpose,
        "kept_at": iso(story.kept.recorded_at_us),
        "until": story.fact.keep_until_on,
        "erased_at": None if story.erased is None else iso(story.erased.recorded_at_us),
        "looks": len(story.looks),
    }


def _line(name: str, story: IdentityStory, lang: str) -> str:
    row = _row(name, story)
    purpose = dictionary().lists["identity_purpose"].label(row["purpose"], lang)
    code = "cli.vault.line" if row["erased_at"] is None else "cli.vault.line-erased"
    return text(code, {**row, "purpose": purpose}, lang)


def _told(
    args: argparse.Namespace,
    office: Office,
    names: list[str],
    more: dict[str, Any],
    said: Sequence[str] = (),
) -> int:
    stories = identities(office)
    lines = [*said, *(_line(name, stories[name], args.lang) for name in names)]
    answer = {"identities": [_row(name, stories[name]) for name in names], **more}
    output_of(args).show(answer, lines or [text("cli.vault.none", {}, args.lang)])
    return DONE


def _list(args: argparse.Namespace, office: Office) -> int:
    return _told(args, office, list(identities(office)), {})


def _due(args: argparse.Namespace, office: Office) -> int:
    on = None if args.on is None else _day(args.on, "--on")
    names = due(office, on)
    if args.erase:
        for acted in erase_due(office, actor_of(args, office), on):
            refuse_acted(acted)
    more: dict[str, Any] = {"erased": len(names) if args.erase else 0}
    beside, said = unreached_told(args, office) if args.erase and names else ({}, [])
    _told(args, office, names, {**more, **beside}, said)
    return REFUSED if beside else DONE


def _day(told: str, option: str) -> date:
    return utc_day(end_us(told, option))


def _erase(args: argparse.Namespace, office: Office) -> int:
    refuse_acted(erase_identity(office, actor_of(args, office), args.pseudonym, args.cause))
    params: dict[str, object] = {"pseudonym": args.pseudonym}
    lines = [text("cli.vault.erased", params, args.lang), text("cli.vault.copies", {}, args.lang)]
    beside, said = unreached_told(args, office)
    output_of(args).show({"erased": args.pseudonym, **beside}, [*said, *lines])
    return REFUSED if beside else DONE


def _seal(args: argparse.Namespace, office: Office) -> int:
    sealed = seal_waiting(office, actor_of(args, office))
    params: dict[str, object] = {"n": sealed.sealed}
    lines = [text("cli.vault.sealed", params, args.lang)]
    if sealed.unread:
        told: dict[str, object] = {"n": len(sealed.unread)}
        lines += [text("cli.vault.unsealed", told, args.lang), *sealed.unread]
    output_of(args).show({"sealed": sealed.sealed, "as_they_came": list(sealed.unread)}, lines)
    return DONE


def _unseal(args: argparse.Namespace, office: Office) -> int:
    if args.out.exists():
        # Before it is on record that somebody has it.
        raise InvalidInput(
            Fault("service.vault.out-taken", "--out", params={"path": str(args.out)})
        )
    secret, actor = _opened(args, _key_path(args)), actor_of(args, office)
    looked = unseal_attachment(office, actor, args.sha256, args.reason, secret)
    refuse_acted(looked.acted)
    content = looked.picture or b""
    write_new(args.out, content)
    params: dict[str, object] = {"bytes": len(content), "path": str(args.out)}
    lines = [text("cli.vault.picture", params, args.lang)]
    answer = {"sha256": args.sha256, "bytes": len(content), "out": str(args.out)}
    output_of(args).show(answer, [*lines, text("cli.vault.on-record", {}, args.lang)])
    return DONE


def _check(args: argparse.Namespace, office: Office) -> int:
    dropped = drop_orphans(office, actor_of(args, office)) if args.drop else ()
    settled = settle(office)
    lost, orphans = list(settled.lost), [item.pseudonym for item in settled.orphans]
    kept = sum(story.erased is None for story in identities(office).values())
    n_open = sum(1 for _ in waiting(office))
    params: dict[str, object] = {"kept": kept, "lost": len(lost)}
    lines = [text("cli.vault.checked", params, args.lang), *lost]
    if dropped:
        lines += [text("cli.vault.dropped", {"n": len(dropped)}, args.lang), *dropped]
    if orphans:
        lines.append(text("cli.vault.orphans", {"n": len(orphans)}, args.lang))
    for item in settled.orphans:
        told: dict[str, object] = {"pseudonym": item.pseudonym, "at": iso(item.kept_at_us)}
        lines.append(text("cli.vault.orphan", told, args.lang))
    if n_open:
        lines.append(text("cli.vault.open-originals", {"n": n_open}, args.lang))
    answer = {
        "kept": kept,
        "open_originals": n_open,
        "lost": lost,
        "orphans": orphans,
        "dropped": list(dropped),
        "intact": not lost,
    }
    output_of(args).show(answer, lines)
    return REFUSED if lost else DONE


def _rekey(args: argparse.Namespace, office: Office) -> int:
    vault, secret = vault_of(office), _opened(args, _key_path(args))
    vault.refuse_other(secret)
    sealing = KnownPassphrases(args).sealing(args.new_key)
    public = make_vault_key(args.new_key, entropy, sealing)
    n_moved = vault.rekey(secret, public)
    params: dict[str, object] = {"n": n_moved, "key": str(args.new_key)}
    lines = [text("cli.vault.rekeyed", params, args.lang)]
    output_of(args).show({"resealed": n_moved, "key": str(args.new_key)}, lines)
    return DONE


def _copy(args: argparse.Namespace, office: Office) -> int:
    vault_of(office).copied(args.to)
    params: dict[str, object] = {"path": str(args.to)}
    output_of(args).show({"copy": str(args.to)}, [text("cli.vault.copied", params, args.lang)])
    return DONE
