"""What deploy/ holds, by the programs it is for: nginx, systemd, pip without a network, our own."""

from __future__ import annotations

import datetime as dt
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPSConnection
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rafiqa.cli import main, parser

yaml = pytest.importorskip("yaml")
ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/sbin")
ANALYZE = shutil.which("systemd-analyze")
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])


def commands() -> Iterator[tuple[str, list[str]]]:
    """Yields each command line of the program that a file of deploy/ runs."""
    for unit in UNITS:
        for line in unit.read_text(encoding="utf-8").splitlines():
            if line.startswith("ExecStart=") and "bin/rafiqa " in line:
                words = shlex.split(line.partition("bin/rafiqa ")[2].rstrip("'"))
                yield unit.name, words
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    yield "compose.yaml", shlex.split(compose["services"]["rafiqa"]["command"])
    told = re.search(r"^CMD (\[.*\])$", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)
    assert told is not None
    yield "Containerfile", yaml.safe_load(told[1])


def test_every_command_is_one_of_the_program_s() -> None:
    found = list(commands())
    assert {name for name, _ in found} == {
        *("rafiqa.service", "rafiqa-backup.service", "compose.yaml", "Containerfile")
    }
    for _, words in found:
        assert parser(words[0]).parse_args(words).command == words[0]


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_reads_each_unit(unit: Path) -> None:
    assert ANALYZE is not None
    done = subprocess.run([ANALYZE, "verify", unit], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "is not executable" not in line]
    assert said == []


@pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")
def test_the_service_may_do_little() -> None:
    assert ANALYZE is not None
    words = [ANALYZE, "security", "--offline=true", str(DEPLOY / "rafiqa.service")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    told = re.search(r"exposure level for rafiqa\.service: ([\d.]+)", done.stdout)
    assert told is not None, done.stdout + done.stderr
    assert float(told[1]) < 2.5


def test_a_proxy_is_one_address(capsys: pytest.CaptureFixture[str]) -> None:
    for many in ("*", "10.0.0.0/8", "proxy.example"):
        assert main(["serve", "city", "--proxy", many, "--json"]) == 2
        assert "cli.usage" in capsys.readouterr().out


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def certificate(folder: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rafiqa.example")])
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=36_500))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(made.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@contextmanager
def nginx_before(port: int, folder: Path) -> Iterator[int]:
    """Gives the port on which the real nginx speaks TLS by our file, before a server."""
    tls, plain = free_port(), free_port()
    certificate(folder)
    told = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for was, now in (
        ("server 127.0.0.1:8321;", f"server 127.0.0.1:{port};"),
        ("/etc/rafiqa/tls/", f"{folder}/"),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{tls} ssl http2;"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
    ):
        assert was in told
        told = told.replace(was, now)
    told = re.sub(r"^\s*listen \[::\].*\n", "", told, flags=re.MULTILINE)
    config = folder / "nginx.conf"
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config.write_text(
        f"daemon off;\npid {folder}/nginx.pid;\nevents {{}}\nhttp {{\n{temporary}\n{told}\n}}\n",
        encoding="utf-8",
    )
    assert NGINX is not None
    words = [NGINX, "-c", str(config), "-p", str(folder), "-e", str(folder / "error.log")]
    subprocess.run([*words, "-t"], check=True, capture_output=True)
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", tls)) == 0:
                    break
            time.sleep(0.05)
        yield tls
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.slow
@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_nginx_lets_a_person_in_and_says_over_what(tmp_path: Path) -> None:
    store, port = tmp_path / "city.rafiqa", free_port()
    made = [sys.executable, "-m", "rafiqa"]
    words = [*made, "demo", str(store), "--buildings", "100", "--json"]
    told = yaml.safe_load(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    login = told["logins"][0]
    words = [*made, "serve", str(store), "--port", str(port), "--proxy", "127.0.0.1", "--json"]
    with (
        ExitStack() as over,
        subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as server,
    ):
        try:
            assert server.stdout is not None
            server.stdout.readline()
            with nginx_before(port, tmp_path) as tls:
                context = ssl.create_default_context(cafile=str(tmp_path / "fullchain.pem"))
                context.check_hostname = False
                line = HTTPSConnection("127.0.0.1", tls, context=context, timeout=60)
                over.callback(line.close)
                body = f'{{"login":"{login["login"]}","password":"{login["password"]}"}}'
                headers = {
                    "X-Rafiqa": "desk",
                    "Content-Type": "application/json",
                    "Origin": f"https://127.0.0.1:{tls}",
                    # What a visitor claims of the way here is dropped.
                    "X-Forwarded-For": "203.0.113.9",
                    "X-Forwarded-Proto": "http",
                }
                line.request("POST", "/api/session", body, headers)
                answer = line.getresponse()
                answer.read()
                assert answer.status == 200
                assert "; Secure" in (answer.headers["Set-Cookie"] or "")
                assert answer.headers["Strict-Transport-Security"]
                line.request("GET", "/api/account")
                assert line.getresponse().status == 200
        finally:
            server.terminate()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare is not installed")
def test_a_bundle_installs_without_a_network_and_an_altered_one_not(tmp_path: Path) -> None:
    bundle, home = tmp_path / "bundle", tmp_path / "opt"
    packed = subprocess.run(
        [ROOT / "scripts" / "pack-offline", bundle], capture_output=True, text=True, check=False
    )
    if packed.returncode and "No matching distribution" in packed.stderr:
        pytest.skip("the registry of packages cannot be reached")
    assert packed.returncode == 0, packed.stderr
    alone = ["unshare", "-rn", "env", "-i", f"PATH={Path(sys.executable).parent}:/usr/bin:/bin"]
    install = [*alone, f"PYTHON={sys.executable}", "sh", str(bundle / "install"), str(home)]
    done = subprocess.run(install, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    version = subprocess.run(
        [home / "current" / "bin" / "rafiqa", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert version.stdout.startswith("rafiqa ")
    # A second time the same version is not laid over the first.
    assert subprocess.run(install, capture_output=True, check=False).returncode == 1
    with (bundle / "requirements.txt").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    altered = subprocess.run(
        ["sh", bundle / "install", tmp_path / "other"], capture_output=True, check=False
    )
    assert altered.returncode == 1
    assert not (tmp_path / "other").exists()
