"""``rafiqa witness``: watch another organisation's log, over the wire, by a stick, or on paper.

A small program for a machine that somebody else looks after. It keeps no evidence, only where each
log stood when it last looked, and signs that a log has grown and not changed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from rafiqa.cli.keymodule import add_module, module_of
from rafiqa.cli.machine import entropy, now_us
from rafiqa.cli.passphrase import KnownPassphrases, add_passphrase
from rafiqa.cli.session import DONE, REFUSED, add_common, output_of
from rafiqa.errors import Fault, InvalidInput, StoreError
from rafiqa.ledger.checkpoint import Checkpoint
from rafiqa.ledger.note import KeyKind, NoteKey, is_name
from rafiqa.ledger.signing import Algorithm
from rafiqa.ledger.witness import CONFLICT, INCONSISTENT, REQUEST_BYTES, SIGNED, is_of_size
from rafiqa.locale import text
from rafiqa.store.witnessfolder import WitnessFolder

_PATH = "/add-checkpoint"
_SIZE_TYPE = "text/x.tlog.size"
_TEXT_TYPE = "text/plain; charset=utf-8"
_GROUP = 4
_PAPER_LETTERS = 32


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments, act by act."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)

    def act(name: str, says: str) -> argparse.ArgumentParser:
        made = acts.add_parser(name, help=says, description=says)
        add_common(made, store=False)
        made.add_argument("folder", metavar="FOLDER", type=Path, help="what the witness keeps")
        if name != "watch":  # which needs no key of its own
            add_passphrase(made, makes=name == "new")
        return made

    made = act("new", "make a witness with its keys")
    made.add_argument("--name", required=True, help="such as un.example/witness")
    add_module(made, "the Ed25519 key")
    made = act("watch", "watch a log from now on")
    made.add_argument("key", metavar="KEY", help="as the log printed it when it was made")
    made = act("sign", "sign a request that came in a file")
    made.add_argument("request", metavar="FILE", type=Path)
    made.add_argument("--out", metavar="FILE", type=Path, help="where the answer goes")
    act("show", "show its keys, and where each log stood when it last looked")
    made = act("serve", "answer requests over the wire")
    made.add_argument("--host", default="127.0.0.1", metavar="H", help="address to listen on")
    made.add_argument("--port", type=int, default=8322, metavar="P", help="port to listen on")


def run(args: argparse.Namespace) -> int:
    """Returns 0 where it was done, 1 where nothing was signed."""
    passphrases = KnownPassphrases(args)
    folder = WitnessFolder(args.folder, passphrases)
    if args.act == "new":
        if not is_name(args.name):
            raise InvalidInput(Fault("cli.witness.name", "--name"))
        folder = WitnessFolder.make(args.folder, args.name, entropy, passphrases, module_of(args))
    elif args.act == "watch":
        key = folder.watch(args.key)
        said = text("cli.witness.watching", {"origin": key.name}, args.lang)
        output_of(args).show({"origin": key.name}, [said])
        return DONE
    elif args.act == "sign":
        return _sign(args, folder)
    elif args.act == "serve":
        return _serve(args, folder)
    output_of(args).show(*_shown(folder, args.lang))
    return DONE


def paper_line(checkpoint: Checkpoint) -> str:
    """Returns a checkpoint as people compare it, on paper or by telephone: size and 128 bits."""
    hexed = checkpoint.root.hex()[:_PAPER_LETTERS]
    groups = [hexed[at : at + _GROUP] for at in range(0, len(hexed), _GROUP)]
    return f"{checkpoint.origin}  {checkpoint.size}  {' '.join(groups)}"


def _shown(folder: WitnessFolder, lang: str) -> tuple[dict[str, Any], list[str]]:
    keys = []
    for signer in folder.signers:
        ed25519 = signer.algorithm is Algorithm.ED25519
        kind = KeyKind.COSIGNATURE if ed25519 else KeyKind.COSIGNATURE_ML_DSA_44
        keys.append(NoteKey(signer.name, kind, signer.public_key).text)
    seen = folder.seen()
    answer = {
        "keys": keys,
        "logs": [key.text for key in folder.logs()],
        "seen": [
            {"origin": each.origin, "size": each.size, "root": each.root.hex()} for each in seen
        ],
    }
    lines = [text("cli.witness.keys", {}, lang), *(f"  {key}" for key in keys)]
    lines += [text("cli.witness.seen", {}, lang), *(f"  {paper_line(each)}" for each in seen)]
    return answer, lines


def _sign(args: argparse.Namespace, folder: WitnessFolder) -> int:
    if not args.request.is_file():
        params: dict[str, str | int] = {"path": str(args.request)}
        raise InvalidInput(Fault("wire.file.missing", "FILE", params=params))
    with args.request.open("rb") as stream:
        data = stream.read(REQUEST_BYTES + 1)
    reply = folder.asked(data, now_us() // 1_000_000)
    if reply.status != SIGNED or reply.latest is None:
        forked = reply.status == CONFLICT and is_of_size(data, reply.body.strip())
        code = f"cli.witness.refused-{INCONSISTENT if forked else reply.status}"
        said = text(code, {"size": reply.body.strip()}, args.lang)
        answer: dict[str, Any] = {"status": reply.status, "body": reply.body, "text": said}
        output_of(args).refuse(answer, [said])
        return REFUSED
    if args.out is not None:
        args.out.write_text(reply.body, "utf-8")
    answer = {"status": reply.status, "lines": reply.body, "size": reply.latest.size}
    said = text("cli.witness.signed", {"line": paper_line(reply.latest)}, args.lang)
    output_of(args).show(answer, [said] if args.out else [reply.body.rstrip("\n")])
    return DONE


def _serve(args: argparse.Namespace, folder: WitnessFolder) -> int:
    class Handler(BaseHTTPRequestHandler):
        """Answers add-checkpoint, and nothing else."""

        timeout = 30

        def do_POST(self) -> None:
            """Signs a checkpoint, or says why not."""
            size = self.headers.get("Content-Length", "")
            if self.path != _PATH or not size.isdecimal() or int(size) > REQUEST_BYTES:
                self._answer(404 if self.path != _PATH else 400, "")
                return
            try:
                reply = folder.asked(self.rfile.read(int(size)), now_us() // 1_000_000)
            except StoreError:
                self._answer(503, "")
                return
            self._answer(reply.status, reply.body)

        def do_GET(self) -> None:
            """Shows where each log stood when it last looked."""
            body = "".join(f"{paper_line(each)}\n" for each in folder.seen())
            self._answer(200 if self.path == "/" else 404, body if self.path == "/" else "")

        def _answer(self, status: int, body: str) -> None:
            data = body.encode()
            self.send_response(status)
            conflict = status == CONFLICT
            self.send_header("Content-Type", _SIZE_TYPE if conflict else _TEXT_TYPE)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Sequence[object]) -> None:  # noqa: A002
            """Nothing: who asked is nobody's business."""

    folder.signers  # noqa: B018 - a key that cannot be used is told before the door opens
    try:
        server = ThreadingHTTPServer((args.host, args.port), Handler)
    except OSError as error:
        params: dict[str, str | int] = {"host": args.host, "port": args.port}
        raise StoreError(Fault("api.serve.address", params=params)) from error
    address = f"http://{args.host}:{server.server_port}/"
    output_of(args).show({"address": address}, [address])
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.stderr.write("\n")
    finally:
        server.server_close()
    return DONE
