"""The list of all cryptography is whole: every file that uses any, and every algorithm."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.docs.page import ROOT

SOURCE = ROOT / "src" / "rafiqa"
PAGE = (ROOT / "docs" / "reference" / "cryptography.md").read_text("utf-8")
LIBRARIES = {"cryptography", "argon2", "pyrage", "joserfc", "webauthn", "pkcs11", "os.urandom"}
LIBRARIES |= {"secrets", "ssl", "Crypto", "nacl", "jwt", "bcrypt"}
NO_ALGORITHM = {"InvalidTag", "InvalidSignature", "UnsupportedAlgorithm", "serialization"}
EVERYWHERE = {"sha256", "file_digest"}
WEB = re.compile(r"from \"(?:@noble/|node:crypto)|crypto\.subtle")


def used_in(text: str) -> tuple[set[str], set[str]]:
    """Which libraries a source uses, and which algorithms by name."""
    libraries: set[str] = set()
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module:
            root = node.module.partition(".")[0]
            found = {each.name for each in node.names}
            if root in {"cryptography", "hashlib"}:
                names |= found
            if root in LIBRARIES:
                libraries.add(root)
        elif isinstance(node, ast.Import):
            libraries |= {each.name.partition(".")[0] for each in node.names} & LIBRARIES
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            whole = f"{node.value.id}.{node.attr}"
            if whole == "os.urandom":
                libraries.add(whole)
            elif node.value.id == "hashlib":
                names.add(node.attr)
            elif whole in {"hmac.digest", "hmac.new"}:
                names.add(whole)
    return libraries, names - NO_ALGORITHM


def rows() -> list[tuple[str, set[str]]]:
    """What the page says of algorithms, and the files beside it."""
    table = re.findall(r"^\| [^|]+ \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
    return [(said, set(re.findall(r"`([^`]+)`", files))) for said, files in table][1:]


def faults_of(place: str, text: str) -> list[str]:
    libraries, names = used_in(text)
    named = [said for said, files in rows() if place in files]
    faults = [f"{place}: {each}" for each in libraries if not named]
    unsaid = [each for each in names - EVERYWHERE if not any(f"`{each}`" in said for said in named)]
    return faults + [f"{place}: {each}" for each in unsaid]


def test_every_use_in_python_is_in_the_list() -> None:
    found = [
        fault
        for path in sorted(SOURCE.rglob("*.py"))
        for fault in faults_of(str(path.relative_to(SOURCE)), path.read_text("utf-8"))
    ]
    assert found == []


def test_an_algorithm_that_is_not_in_the_list_is_seen() -> None:
    assert faults_of("land/area.py", "from hashlib import sha1\n") == ["land/area.py: sha1"]
    assert faults_of("land/area.py", "import pyrage\n") == ["land/area.py: pyrage"]
    assert faults_of("land/area.py", "import os\nx = os.urandom(9)\n") == [
        "land/area.py: os.urandom"
    ]
    text = "from cryptography.hazmat.primitives.ciphers.aead import AESSIV\n"
    assert faults_of("store/vault.py", text) == ["store/vault.py: AESSIV"]


def test_every_file_of_the_list_uses_what_it_is_named_for() -> None:
    for said, files in rows():
        for file in files:
            path = ROOT / file if file.startswith("web/") else SOURCE / file
            text = path.read_text("utf-8")
            if file.startswith("web/"):
                assert WEB.search(text), file
                continue
            libraries, names = used_in(text)
            assert libraries or names, (said, file)


def test_pages_use_no_other_than_those_of_the_list() -> None:
    """SHA-256 of what is sent, and the verifier's own; of both libraries nothing else is loaded."""
    allowed = {"@noble/hashes/sha2.js", "@noble/hashes/utils.js", "@noble/curves/ed25519.js"}
    for path in sorted((ROOT / "web" / "src").rglob("*.ts*")):
        text = path.read_text("utf-8")
        assert set(re.findall(r"from \"(@noble/[^\"]+|node:crypto)\"", text)) <= allowed, path
        if "crypto.subtle." in text or "ed25519.js" in text or "sha512" in text:
            assert f"`{path.relative_to(ROOT)}`" in PAGE, path


def test_md5_is_marked_as_what_nothing_rests_on() -> None:
    for path in sorted(Path(SOURCE).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if called in {"md5", "hashlib.md5"}:
                assert "usedforsecurity=False" in ast.unparse(node), path
