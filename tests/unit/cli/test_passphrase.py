"""Sealed keys by the commands: a passphrase from a file or the terminal, and from nowhere else."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rafiqa.cli.passphrase import KnownPassphrases
from rafiqa.ledger.signing import Algorithm
from rafiqa.service.keyring import key_folder
from rafiqa.store import passphrase
from rafiqa.store.keyfile import make_key, signer_of
from rafiqa.store.passphrase import LETTERS_LEAST, is_sealed
from tests.city import small_city
from tests.softhsm import PIN, TOKEN
from tests.unit.cli.conftest import Run

WORDS = "river-lantern-basalt-otter"
OTHERS = "harvest-window-cobalt-sparrow"
ORIGIN = "marjana.example/evidence/2026"


@pytest.fixture(scope="module")
def made_city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    small_city(folder).store.close()
    return folder / "small.rafiqa"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(passphrase, "LOG_COST", 1)


@pytest.fixture
def store(made_city: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made_city, tmp_path / "small.rafiqa"))


@pytest.fixture
def words(tmp_path: Path) -> Callable[..., Path]:
    def made(name: str, content: str | bytes = WORDS, mode: int = 0o400) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() + b"\n" if isinstance(content, str) else content)
        path.chmod(mode)
        return path

    return made


def sealed_in(folder: Path) -> dict[str, bool]:
    """By the name of each key's file, whether it is sealed."""
    return {path.name: is_sealed(path.read_bytes()) for path in sorted(folder.rglob("*.pem"))}


def typed(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Puts a terminal there at which somebody types; the questions, as they come."""
    asked: list[str] = []
    left = iter(answers)

    def ask(prompt: str) -> str:
        asked.append(prompt)
        return next(left)

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(getpass, "getpass", ask)
    return asked


def test_every_file_is_sealed_and_opens_by_the_file_of_the_passphrase(
    run: Run, store: Path, words: Callable[..., Path], tmp_path: Path
) -> None:
    given = ("--passphrase-file", words("pass"))
    assert run("keys", store, "--authority", "Office", *given).status == 0
    assert set(sealed_in(key_folder(store)).values()) == {True}
    assert len(sealed_in(key_folder(store))) == 7

    command = ("certificate", store, "--any-released", "--json")
    assert run(*command).codes == ["store.key.sealed"]
    wrong = run(*command, "--passphrase-file", words("wrong", OTHERS))
    assert wrong.codes == ["store.key.unreadable"]
    assert run("certificates", store, "--json").answer["certificates"] == [], "none was issued"
    done = run(*command, *given)
    assert (done.status, done.answer["state"]) == (0, "in-force")
    out = ("--list", tmp_path / "list.rfq")
    assert run("certificates", store, *out, "--json").codes == ["store.key.sealed"]
    assert run("certificates", store, *out, *given).status == 0
    assert WORDS not in done.out + done.err + wrong.out + wrong.err


def test_each_office_and_root_may_have_a_passphrase_of_its_own(
    run: Run, store: Path, words: Callable[..., Path], tmp_path: Path
) -> None:
    one, two = words("one"), words("two", OTHERS)
    offices = ("--passphrase-file", one, "--passphrase-file", f"status={two}")
    root = ("--passphrase-file", f"root-2={two}")
    assert run("keys", store, "--authority", "Office", *offices, *root).status == 0
    folder = key_folder(store)
    assert signer_of(folder / "roots" / "root-1.pem", WORDS).name == "root-1"
    assert signer_of(folder / "roots" / "root-2.pem", OTHERS).name == "root-2"
    # Whoever keeps the lists needs no more than the passphrase of that office.
    only = ("--passphrase-file", f"status={two}")
    assert run("certificates", store, "--list", tmp_path / "list.rfq", *only).status == 0
    issue = ("certificate", store, "--any-released", "--json")
    assert run(*issue, *only).codes == ["store.key.sealed"]
    assert run(*issue, *offices).status == 0
    assert run(*issue, "--passphrase-file", one).codes == ["store.key.unreadable"]


def test_a_key_is_replaced_by_roots_that_open_and_is_sealed_again(
    run: Run, store: Path, words: Callable[..., Path]
) -> None:
    one, two = words("one"), words("two", OTHERS)
    folder = key_folder(store)
    assert run("keys", store, "--authority", "Office", "--passphrase-file", one).status == 0
    roots = [word for at in (1, 3) for word in ("--root", folder / "roots" / f"root-{at}.pem")]
    change = ("keys", store, "--replace", "issuer", *roots, "--json")
    before = sealed_in(folder)
    root_only = ("--passphrase-file", f"root={one}")
    assert run(*change, *root_only).codes == ["service.keys.unsealed"]
    assert sealed_in(folder) == before
    # The old key need not open: it may be the very reason.
    assert run(*change, *root_only, "--passphrase-file", f"issuer={two}").status == 0
    assert signer_of(folder / "issuer.pem", OTHERS).name == "Office of certificates"
    assert signer_of(folder / "issuer.replaced-2.pem", WORDS).name == "Office of certificates"
    both = ("--passphrase-file", one, "--passphrase-file", f"issuer={two}")
    issue = ("certificate", store, "--any-released", "--json")
    older = ("--passphrase-file", one, "--passphrase-file", f"issuer-ml-dsa-44={one}")
    assert run(*issue, *older, "--passphrase-file", f"issuer={two}").codes == [
        "store.key.unreadable"
    ], "the second key was replaced with the first"
    assert run(*issue, *both).status == 0


@pytest.mark.parametrize(
    ("content", "mode", "code"),
    [
        (WORDS, 0o440, "cli.passphrase.open-to-others"),
        (WORDS, 0o604, "cli.passphrase.open-to-others"),
        ("", 0o400, "cli.passphrase.file"),
        (b"\xff\xfe\xff" * 9, 0o400, "cli.passphrase.file"),
        (WORDS[: LETTERS_LEAST - 1], 0o400, "store.key.short"),
    ],
)
def test_a_passphrase_that_is_none_or_known_to_others_makes_nothing(
    run: Run, store: Path, words: Callable[..., Path], content: str, mode: int, code: str
) -> None:
    given = ("--passphrase-file", words("pass", content, mode))
    assert run("keys", store, *given, "--json").codes == [code]
    assert run("log", "new", store, "--origin", ORIGIN, *given, "--json").codes == [code]
    new = ("witness", "new", store.with_name("w"), "--name", "w.example/witness")
    assert run(*new, *given, "--json").codes == [code]
    assert not [*key_folder(store).rglob("*.pem")]
    assert not [*store.parent.glob("w/*.pem")]
    assert run("keys", store, "--passphrase-file", store.with_name("none"), "--json").codes == [
        "cli.passphrase.file"
    ]


def test_one_short_passphrase_of_several_leaves_no_half_set(
    run: Run, store: Path, words: Callable[..., Path]
) -> None:
    given = ("--passphrase-file", words("pass"), "--passphrase-file", f"root-3={words('p', 'ab')}")
    assert run("keys", store, *given, "--json").codes == ["store.key.short"]
    assert not key_folder(store).exists()


def test_at_a_terminal_it_is_asked_for_once_to_open_and_twice_to_make(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = ("keys", store, "--authority", "Office", "--ask-passphrase", "--json")
    assert run(*make).codes == ["cli.passphrase.no-terminal"]
    with monkeypatch.context() as patch:
        typed(patch, WORDS, WORDS + "s")
        assert run(*make).codes == ["cli.passphrase.differ"]
    assert not key_folder(store).exists()
    with monkeypatch.context() as patch:
        roots = [f"{OTHERS} {at}" for at in (1, 2, 3) for _ in "ab"]
        asked = typed(patch, WORDS, WORDS, *roots)
        assert run(*make).status == 0
        assert len(asked) == 8, "each who keeps a root types one, the office one for all the rest"
    root = key_folder(store) / "roots" / "root-2.pem"
    assert signer_of(root, f"{OTHERS} 2").name == "root-2"
    with monkeypatch.context() as patch:
        asked = typed(patch, WORDS)
        assert run("certificate", store, "--any-released").status == 0
        assert len(asked) == 1
    with monkeypatch.context() as patch:
        typed(patch, *[OTHERS] * 9)
        wrong = run("certificate", store, "--any-released", "--json")
        assert wrong.codes == ["store.key.unreadable"]


def test_a_suspension_is_never_kept_from_the_record_by_a_key_that_does_not_open(
    run: Run, store: Path, words: Callable[..., Path], tmp_path: Path
) -> None:
    given = ("--passphrase-file", words("pass"))
    assert run("keys", store, "--authority", "Office", *given).status == 0
    number = run("certificate", store, "--any-released", *given, "--json").answer["number"]
    suspend = ("certificates", store, "--suspend", number, "--reason", "looked into", "--json")
    done = run(*suspend)
    assert done.status == 0
    assert [row["state"] for row in done.answer["certificates"]] == ["suspended"]
    assert "on record" in done.err
    back = ("certificates", store, "--reinstate", number, "--reason", "nothing", "--person", "two")
    asked = run(*back, "--list", tmp_path / "list.rfq", "--json")
    assert asked.codes == ["store.key.sealed"], "the list that was asked for is not there"
    assert "on record" in asked.err
    assert not (tmp_path / "list.rfq").exists()
    standing = run("certificates", store, "--json").answer["certificates"]
    assert [row["state"] for row in standing] == ["in-force"]


def test_a_log_and_a_witness_whose_keys_are_sealed(
    run: Run, store: Path, words: Callable[..., Path], tmp_path: Path
) -> None:
    given = ("--passphrase-file", words("pass"))
    key = run("log", "new", store, "--origin", ORIGIN, *given, "--json").answer["key"]
    assert set(sealed_in(key_folder(store)).values()) == {True}
    assert run("log", "publish", store, "--json").codes == ["store.key.sealed"]
    assert run("log", "publish", store, *given).status == 0
    assert run("log", "show", store).status == 0, "what signs nothing opens nothing"

    place = tmp_path / "w"
    made = run("witness", "new", place, "--name", "w.example/witness", *given, "--json")
    assert set(sealed_in(place).values()) == {True}
    keys = made.answer["keys"]
    assert run("log", "trust", store, *keys, "--organisation", "un").status == 0
    assert run("witness", "watch", place, key).status == 0
    request, answer = place / "request.txt", place / "answer.txt"
    assert run("log", "request", store, "--out", request).status == 0
    sign = ("witness", "sign", place, request, "--out", answer)
    assert run(*sign, "--json").codes == ["store.key.sealed"]
    assert run(*sign, *given).status == 0
    assert run("log", "cosign", store, answer, "--json").answer["seen_by"] == ["un"]
    assert run("witness", "serve", place, "--port", "0", "--json").codes == ["store.key.sealed"]


def test_a_server_publishes_with_a_sealed_key_or_says_that_it_cannot(
    run: Run, store: Path, words: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rafiqa.cli import serve

    given = ("--passphrase-file", words("pass"))
    assert run("log", "new", store, "--origin", ORIGIN, *given).status == 0
    monkeypatch.setattr(serve, "serve", lambda *_, **__: None)
    checkpoint = store.with_name(f"{store.name}.log") / "checkpoint"
    told = run("serve", store)
    assert (told.status, checkpoint.exists()) == (0, False)
    assert "sealed by a passphrase" in told.err
    with monkeypatch.context() as patch:
        asked = typed(patch, WORDS)
        assert run("serve", store).status == 0
        assert (asked, checkpoint.exists()) == ([], False), "the map waits for nobody"
        assert run("serve", store, "--ask-passphrase").status == 0
        assert (len(asked), checkpoint.is_file()) == (1, True)
    checkpoint.unlink()
    shutil.rmtree(checkpoint.with_name("tile"))
    assert run("serve", store, *given).status == 0
    assert checkpoint.is_file()


@pytest.mark.parametrize(
    ("name", "opens"),
    [
        ("issuer.pem", "b"),
        ("issuer.next-0011223344556677.pem", "b"),
        ("issuer-ml-dsa-44.pem", "c"),
        ("log-evidence.pem", "d"),
        ("log-certificates.pem", "e"),
        ("root-10.pem", "a"),
        ("root-1.pem", "f"),
        ("status.pem", "a"),
        ("issuers.pem", "a"),
    ],
)
def test_the_longest_name_that_fits_counts(
    name: str, opens: str, words: Callable[..., Path]
) -> None:
    named = {"b": "issuer=", "c": "issuer-ml-dsa-44=", "d": "log=", "e": "log-certificates="}
    named |= {"f": "root-1=", "a": ""}
    files = [f"{of}{words(letter, letter * 12)}" for letter, of in named.items()]
    known = KnownPassphrases(argparse.Namespace(lang="en", passphrase_files=files))
    assert [*known.opening(Path("keys") / name)] == [opens * 12]
    assert known.sealing(Path("keys") / name) == opens * 12


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EOFError(), "store.key.short"),
        (KeyboardInterrupt(), "store.key.short"),
        (getpass.GetPassWarning("it would be seen"), "cli.passphrase.no-terminal"),
    ],
)
def test_whoever_would_rather_not_type_makes_nothing(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: str
) -> None:
    def gone(prompt: str) -> str:
        del prompt
        raise error

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(getpass, "getpass", gone)
    assert run("keys", store, "--ask-passphrase", "--json").codes == [code]
    assert not key_folder(store).exists()


@pytest.fixture
def in_module(softhsm: Path, words: Callable[..., Path]) -> tuple[object, ...]:
    return ("--module", softhsm, "--token", TOKEN, "--pin-file", words("pin", PIN))


def test_every_office_s_key_may_lie_in_a_module(
    run: Run, store: Path, in_module: tuple[object, ...], tmp_path: Path
) -> None:
    offices = [word for role in ("issuer", "status", "log") for word in ("--in-module", role)]
    assert run("keys", store, *offices, "--json").codes == ["cli.keys.module"]
    assert run("keys", store, "--authority", "Office", *in_module, *offices).status == 0
    folder = key_folder(store)
    assert sorted(path.name for path in folder.glob("*.module")) == [
        "issuer.module",
        "log-certificates.module",
        "status.module",
    ]
    assert [path.name for path in folder.glob("*.pem")] == ["issuer-ml-dsa-44.pem"]
    assert run("certificate", store, "--any-released").status == 0
    assert run("certificates", store, "--list", tmp_path / "list.rfq").status == 0
    assert run("log", "publish", store, "--certificates").status == 0
    roots = [word for at in (1, 3) for word in ("--root", folder / "roots" / f"root-{at}.pem")]
    change = ("keys", store, "--replace", "status", *roots, *in_module, "--json")
    assert run(*change, "--in-module", "status").codes == ["cli.keys.in-module"]
    assert run(*change).status == 0
    assert (folder / "status.replaced-2.module").is_file()
    assert run("certificates", store, "--list", tmp_path / "list.rfq").status == 0


def test_a_witness_whose_key_lies_in_a_module(
    run: Run, store: Path, in_module: tuple[object, ...], tmp_path: Path
) -> None:
    place = tmp_path / "w"
    new = ("witness", "new", place, "--name", "hsm.example/witness", "--json")
    assert run(*new, *in_module[:2]).codes == ["cli.keys.module"]
    keys = run(*new, *in_module).answer["keys"]
    assert sorted(path.name for path in place.iterdir()) == ["key-ml-dsa-44.pem", "key.module"]
    assert run(*new).codes == ["store.key.taken"]
    key = run("log", "new", store, "--origin", ORIGIN, "--json").answer["key"]
    assert run("log", "publish", store).status == 0
    assert run("log", "trust", store, *keys, "--organisation", "un").status == 0
    assert run("witness", "watch", place, key).status == 0
    request, answer = place / "request.txt", place / "answer.txt"
    assert run("log", "request", store, "--out", request).status == 0
    assert run("witness", "sign", place, request, "--out", answer).status == 0
    assert run("log", "cosign", store, answer, "--json").answer["seen_by"] == ["un"]


def test_at_a_real_terminal_nothing_that_is_typed_is_seen(tmp_path: Path) -> None:
    """A process of its own with a terminal of its own: what comes back are the questions alone."""
    make_key(tmp_path / "key.pem", "w", Algorithm.ED25519, entropy=os.urandom, passphrase=WORDS)
    make_key(
        tmp_path / "key-ml-dsa-44.pem",
        "w",
        Algorithm.ML_DSA_44,
        entropy=os.urandom,
        passphrase=WORDS,
    )
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "rafiqa", "witness", "show", str(tmp_path), "--json"]
    with subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, start_new_session=True
    ) as process:
        os.close(theirs)
        seen = b""
        while b":" not in seen:
            seen += os.read(ours, 1024)
        os.write(ours, WORDS.encode() + b"\n")
        assert process.stdout is not None
        answer = json.loads(process.stdout.read())
        assert process.wait(30) == 0
    seen += b"".join(_rest(ours))
    os.close(ours)
    assert len(answer["keys"]) == 2
    assert b"key.pem" in seen
    assert WORDS.encode() not in seen


def _rest(handle: int) -> Iterator[bytes]:
    """What is still to be read of a terminal that nobody has open any more."""
    while True:
        try:
            data = os.read(handle, 1024)
        except OSError:
            return
        if not data:
            return
        yield data
