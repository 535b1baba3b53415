"""A phone's client as ODK Collect is on the wire: what it asks, in which order, and what it minds.

Written from the protocol's description; it stops where Collect would stop.
"""

from __future__ import annotations

import http.client
from dataclasses import dataclass, field
from hashlib import md5
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

LIST = "{http://openrosa.org/xforms/xformsList}"
FILES = "{http://openrosa.org/xforms/xformsManifest}"
DEVICE = "?deviceID=collect:0123456789abcdef"
BOUNDARY = "a-boundary-of-okhttp"


class Stopped(Exception):  # noqa: N818 - what the app's screen says
    """Collect goes no further."""


@dataclass(slots=True)
class Collect:
    """One phone, set up with a server's address that holds its key."""

    url: str
    timeout_s: float = 60.0
    lang: str = "ar"
    sent_bytes: int = 0
    forms: dict[str, bytes] = field(default_factory=dict)
    media: dict[str, bytes] = field(default_factory=dict)
    _line: http.client.HTTPConnection | None = None

    def ask(
        self, method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(url)
        line = self._line
        if line is None:
            line = http.client.HTTPConnection(
                parts.hostname or "", parts.port, timeout=self.timeout_s
            )
            self._line = line
        told = {
            "X-OpenRosa-Version": "1.0",
            "Date": "Thu, 26 Nov 2026 07:00:00 GMT+03:00",
            "Accept-Language": self.lang,
            "User-Agent": "org.odk.collect.android/v2026.3.3",
            **(headers or {}),
        }
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        try:
            line.request(method, path, body or None, told)
            answer = line.getresponse()
            read = answer.read()
        except (OSError, http.client.HTTPException):
            self.hang_up()
            raise
        self.sent_bytes += len(body)
        return answer.status, {k.lower(): v for k, v in answer.headers.items()}, read

    def hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line = None

    def _xml(self, url: str) -> ET.Element:
        status, headers, body = self.ask("GET", url)
        if "x-openrosa-version" not in headers:
            raise Stopped("not an OpenRosa server")
        if "text/xml" not in headers.get("content-type", ""):
            raise Stopped("caused by a network proxy")
        if status != 200:
            raise Stopped(str(status))
        return ET.fromstring(body)  # noqa: S314 - of a server of our own

    def fetch(self) -> list[str]:
        """Fetches the list of forms, each form, and what its manifest names."""
        found = []
        for row in self._xml(f"{self.url}/formList{DEVICE}"):
            told = {each.tag.removeprefix(LIST): each.text or "" for each in row}
            if not {"formID", "name", "downloadUrl"} <= set(told):
                raise Stopped("a form without its address: the whole list is dropped")
            content = self.ask("GET", told["downloadUrl"])[2]
            if told["hash"] != f"md5:{md5(content).hexdigest()}":  # noqa: S324
                raise Stopped("another form than was listed")
            self.forms[told["formID"]] = content
            found.append(told["formID"])
            if "manifestUrl" in told:
                self._media(told["manifestUrl"])
        return found

    def _media(self, url: str) -> None:
        for row in self._xml(url):
            name, mark, where = (
                row.findtext(f"{FILES}{key}") for key in ("filename", "hash", "downloadUrl")
            )
            if not (name and mark and where):
                raise Stopped("the whole manifest is invalid")
            content = self.ask("GET", where)[2]
            if row.get("type") is None and mark != f"md5:{md5(content).hexdigest()}":  # noqa: S324
                raise Stopped("another file than was listed")
            if row.get("type") is not None:
                self._entities(content)
            self.media[name] = content

    @staticmethod
    def _entities(content: bytes) -> None:
        head, *rows = content.decode().splitlines()
        if not {"name", "label", "__version"} <= set(head.split(",")):
            raise Stopped("the list is abandoned")
        if any(not row.split(",")[0] for row in rows):
            raise Stopped("the list is abandoned")

    def head(self) -> int:
        """Asks how much may be sent at once."""
        status, headers, _ = self.ask("HEAD", f"{self.url}/submission{DEVICE}")
        if status != 204 or "x-openrosa-version" not in headers:
            raise Stopped("is this an OpenRosa submission endpoint?")
        return int(headers.get("x-openrosa-accept-content-length", "10000000"))

    def submit(self, content: bytes, files: dict[str, bytes], most_bytes: int) -> list[int]:
        """Returns the status of each request; files go in batches that fit the length."""
        statuses = []
        batches: list[dict[str, bytes]] = [{}]
        size = len(content)
        for name, data in files.items():
            if batches[-1] and (size + len(data) > most_bytes or len(batches[-1]) >= 100):
                batches.append({})
                size = len(content)
            batches[-1][name] = data
            size += len(data)
        for number, batch in enumerate(batches):
            body = multipart(content, batch, more=number < len(batches) - 1)
            kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
            status, _, _ = self.ask("POST", f"{self.url}/submission{DEVICE}", body, kind)
            statuses.append(status)
            if status not in {201, 202}:
                break
        return statuses


def multipart(content: bytes, files: dict[str, bytes], *, more: bool = False) -> bytes:
    """The body of one request, names as raw UTF-8."""
    parts = [("xml_submission_file", "submission.xml", "text/xml", content)]
    parts += [(name, name, "image/jpeg", data) for name, data in files.items()]
    body = bytearray()
    for name, file_name, kind, data in parts:
        body += (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"; '
            f'filename="{file_name}"\r\nContent-Type: {kind}\r\n\r\n'
        ).encode()
        body += data + b"\r\n"
    if more:
        body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="*isIncomplete*"'.encode()
        body += b"\r\n\r\nyes\r\n"
    return bytes(body + f"--{BOUNDARY}--\r\n".encode())
