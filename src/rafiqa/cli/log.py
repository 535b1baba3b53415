"""``rafiqa log``: publish the log of a store, have it witnessed, and prove what stands in it.

The log lies beside its store, in ``STORE.log``: a folder for everybody. Its keys lie in
``STORE.keys``, for their owner alone.
"""

from __future__ import annotations

import argparse
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rafiqa.cli.keymodule import add_module, module_of
from rafiqa.cli.machine import entropy, now_us
from rafiqa.cli.passphrase import KnownPassphrases, add_passphrase
from rafiqa.cli.session import DONE, add_common, office_of, output_of
from rafiqa.cli.witness import paper_line
from rafiqa.errors import Fault, InvalidInput, NotFound, StoreError
from rafiqa.ledger.note import NoteKey, is_name
from rafiqa.ledger.signing import Algorithm
from rafiqa.ledger.witness import CONFLICT, SIGNED
from rafiqa.locale import text
from rafiqa.service import Office
from rafiqa.service.certificatelog import certificate_log, certificate_watching
from rafiqa.service.keyring import key_folder, keyring_in
from rafiqa.service.place import place_of
from rafiqa.service.publishing import (
    KEY_FILES,
    Log,
    Published,
    bar_rolled_back,
    cosign,
    evidence_log,
    has_keys,
    inclusion,
    kind_of,
    log_beside,
    log_path,
    policy_path,
    publish,
    request,
    rollback_faults,
)
from rafiqa.service.watching import Watching, watching_of
from rafiqa.store.durable import write_durably
from rafiqa.store.keyfile import make_key
from rafiqa.store.keyplace import UNSEALED, Passphrases, is_key_at, keep_in_module, signer_at
from rafiqa.store.logfolder import LogFolder

_WAIT_S = 20
_ANSWER_BYTES = 64 * 1024
_SIZE_DIGITS = 15


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments, act by act."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)

    def act(name: str, says: str) -> argparse.ArgumentParser:
        made = acts.add_parser(name, help=says, description=says)
        add_common(made)
        if name not in {"new", "trust"}:
            made.add_argument(
                "--certificates",
                action="store_true",
                help="the log of certificates, not of evidence",
            )
        return made

    made = act("new", "make the log's keys")
    made.add_argument("--origin", required=True, help="such as office.example/evidence/2026")
    add_module(made, "the Ed25519 key")
    add_passphrase(made, makes=True)
    made = act("trust", "make witnesses of an organisation known")
    made.add_argument("keys", metavar="KEY", nargs="+", help="as the witness shows it")
    made.add_argument("--organisation", required=True, metavar="NAME")
    made = act("publish", "sign where the log stands, and ask witnesses to")
    made.add_argument("--witness", action="append", default=[], metavar="URL", help="ask it")
    add_passphrase(made)
    act("show", "show where the log stands, and who has seen it")
    made = act("request", "write what a witness without a network is to sign")
    made.add_argument("--old", type=int, default=0, metavar="N", help="size it last saw")
    made.add_argument("--out", metavar="FILE", type=Path, help="where it goes")
    made = act("cosign", "take in what witnesses answered")
    made.add_argument("answers", metavar="FILE", nargs="+")
    made = act("prove", "prove that an entry is in the log")
    made.add_argument("seq", metavar="SEQ", type=int, help="its place, from 1")


def run(args: argparse.Namespace) -> int:
    """Returns the exit status of the act."""
    office = office_of(args)
    if args.act == "new":
        return _new(args)
    args.office = office
    args.certificates = getattr(args, "certificates", False)
    log = _certificates_of(args) if args.certificates else _evidence_of(args)
    return _ACTS[args.act](args, log)


def log_of(office: Office, store: Path, passphrases: Passphrases = UNSEALED) -> Log:
    """Returns the log of a store with its keys.

    Raises:
        NotFound: it has none yet.
        StoreError: a key is missing or open to others, or nothing known opens it.
    """
    keys = key_folder(store)
    if not has_keys(store):
        raise NotFound(Fault("cli.log.none", "STORE", params={"store": str(store)}))
    signers = tuple(signer_at(keys / name, passphrases) for name in KEY_FILES.values())
    return evidence_log(office, LogFolder(log_path(store)), (), signers)


def _evidence_of(args: argparse.Namespace) -> Log:
    """Returns the log of a store; with its keys only where something is signed."""
    store = place_of(args.store)
    log = None if args.act == "publish" else log_beside(args.office, store)
    return log or log_of(args.office, store, KnownPassphrases(args))


def _certificates_of(args: argparse.Namespace) -> Log:
    """Returns the certificate log, whose key and witnesses the store's keys and trust list name."""
    signing = ("log",) if args.act == "publish" else ()
    args.keyring = keyring_in(key_folder(place_of(args.store)), KnownPassphrases(args), signing)
    folder = LogFolder(log_path(place_of(args.store)) / "certificates")
    return certificate_log(args.office, args.keyring, folder)


def _new(args: argparse.Namespace) -> int:
    if not is_name(args.origin):
        raise InvalidInput(Fault("cli.log.origin", "--origin"))
    place, passphrases = module_of(args), KnownPassphrases(args)
    keys = key_folder(place_of(args.store))
    path = keys / KEY_FILES[Algorithm.ED25519]
    if place:
        keep_in_module(path, place, args.origin)
    elif is_key_at(path):
        raise StoreError(Fault("store.key.taken", params={"path": str(path)}))
    else:
        _make(path, args.origin, Algorithm.ED25519, passphrases)
    beside = keys / KEY_FILES[Algorithm.ML_DSA_44]
    _make(beside, args.origin, Algorithm.ML_DSA_44, passphrases)
    signers = [signer_at(keys / name, passphrases) for name in KEY_FILES.values()]
    made = [NoteKey(args.origin, kind_of(each), each.public_key) for each in signers]
    write_durably(policy_path(place_of(args.store)), Watching().text(made).encode())
    output_of(args).show({"origin": args.origin, "key": made[0].text}, [made[0].text])
    return DONE


def _make(path: Path, origin: str, algorithm: Algorithm, passphrases: Passphrases) -> None:
    passphrase = passphrases.sealing(path)
    make_key(path, origin, algorithm, entropy=entropy, passphrase=passphrase)


def _trust(args: argparse.Namespace, log: Log) -> int:
    watching = _watching(args).with_keys(args.organisation, args.keys)
    write_durably(policy_path(place_of(args.store)), watching.text(log.keys).encode())
    answer = {"organisations": sorted(watching.by_organisation), "quorum": watching.is_quorum}
    said = "cli.log.quorum" if watching.is_quorum else "cli.log.no-quorum"
    output_of(args).show(answer, [text(said, {"origin": log.origin}, args.lang)])
    return DONE


def _published(args: argparse.Namespace, log: Log) -> int:
    now_s = now_us() // 1_000_000
    try:
        made = publish(log, now_s)
    except InvalidInput as error:
        bar_rolled_back(args.office, error.faults)
        raise
    told = [_asked(log, args, url) for url in args.witness]
    return _tell(args, log, made, told)


def _asked(log: Log, args: argparse.Namespace, url: str) -> dict[str, Any]:
    """Asks a witness over the wire; what cannot be reached keeps nothing from being published."""
    address = url.rstrip("/") + "/add-checkpoint"
    status, body = _post(address, request(log, 0))
    size = body.strip()
    if status == CONFLICT and size.isascii() and size.isdigit() and len(size) <= _SIZE_DIGITS:
        status, body = _post(address, request(log, int(size)))
    if status != SIGNED:
        return {"url": url, "status": status, "signed": []}
    try:
        by = cosign(log, body, _watching(args).keys)
    except InvalidInput as error:
        return {"url": url, "status": status, "signed": [], "code": error.code}
    return {"url": url, "status": status, "signed": [key.name for key in by]}


def _post(url: str, body: str) -> tuple[int, str]:
    if not url.startswith(("http://", "https://")):
        raise InvalidInput(Fault("cli.log.url", "--witness", params={"url": url[:200]}))
    asked = urllib.request.Request(url, body.encode(), {"Content-Type": "text/plain"})  # noqa: S310 - https alone
    try:
        with urllib.request.urlopen(asked, timeout=_WAIT_S) as answer:  # noqa: S310 - checked above
            return answer.status, answer.read(_ANSWER_BYTES).decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return error.code, error.read(_ANSWER_BYTES).decode("utf-8", "replace")
    except OSError:
        return 0, ""


def _show(args: argparse.Namespace, log: Log) -> int:
    found = log.folder.checkpoint()
    if found is None:
        raise NotFound(Fault("cli.log.unpublished", "STORE"))
    faults = rollback_faults(log)
    if faults:  # nobody is shown another log, or one that this store is behind, as its own
        raise InvalidInput(faults)
    return _tell(args, log, Published(*found, new=False), [])


def _tell(
    args: argparse.Namespace, log: Log, made: Published, told: Sequence[dict[str, Any]]
) -> int:
    found = log.folder.checkpoint()
    note = found[1] if found else made.note
    watching = _watching(args)
    seen = watching.seen_by(made.checkpoint, note)
    answer = {
        "origin": log.origin,
        "size": made.checkpoint.size,
        "root": made.checkpoint.root.hex(),
        "new": made.new,
        "witnesses": list(told),
        "seen_by": sorted(seen),
        "witnessed": watching.is_witnessed(made.checkpoint, note),
        "line": paper_line(made.checkpoint),
    }
    lines = [paper_line(made.checkpoint)]
    names = ", ".join(sorted(seen))
    code = "cli.log.witnessed" if answer["witnessed"] else "cli.log.not-witnessed"
    lines.append(text(code, {"names": names or "–"}, args.lang))
    lines += [
        text("cli.log.unreached", {"url": each["url"], "status": each["status"]}, args.lang)
        for each in told
        if not each["signed"]
    ]
    output_of(args).show(answer, lines)
    return DONE


def _request(args: argparse.Namespace, log: Log) -> int:
    made = request(log, args.old)
    if args.out is not None:
        args.out.write_text(made, "utf-8")
    output_of(args).show({"request": made}, [str(args.out) if args.out else made.rstrip("\n")])
    return DONE


def _cosign(args: argparse.Namespace, log: Log) -> int:
    lines = ""
    for name in args.answers:
        try:
            lines += Path(name).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise InvalidInput(Fault("wire.file.missing", "FILE", params={"path": name})) from None
    cosign(log, lines, _watching(args).keys)
    return _show(args, log)


def _prove(args: argparse.Namespace, log: Log) -> int:
    proof = inclusion(log, args.seq)
    output_of(args).show(proof, [f"{name}: {value}" for name, value in proof.items()])
    return DONE


def _watching(args: argparse.Namespace) -> Watching:
    if args.certificates:
        return certificate_watching(args.keyring.trust)
    path = policy_path(place_of(args.store))
    return watching_of(path.read_text("utf-8") if path.is_file() else "")


_ACTS = {
    "trust": _trust,
    "publish": _published,
    "show": _show,
    "request": _request,
    "cosign": _cosign,
    "prove": _prove,
}
