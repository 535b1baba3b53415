"""Zip archives looked at before anything unpacks them: bombs, links, paths, lies."""

from __future__ import annotations

import io
import lzma
import stat
import struct
import zipfile
import zlib

from rafiqa.errors import InvalidInput
from rafiqa.wire.layer import file_fault
from rafiqa.wire.limit import MEBIBYTE, Limits

_BROKEN = (
    *(KeyError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, OSError, ValueError, NotImplementedError),
)
"""What reading a damaged member raises, whatever it was packed with."""


def open_archive(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """Returns the archive once its directory holds to the limits.

    Raises:
        InvalidInput: ``wire.archive.broken``, ``wire.archive.bomb`` (declared size or ratio),
            ``wire.archive.members``, ``wire.archive.path`` (a link, or a path that leaves the
            archive), ``wire.archive.encrypted``.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise InvalidInput(
            file_fault("wire.archive.broken", "", {"detail": str(error)[:80]})
        ) from error
    members = archive.infolist()
    if len(members) > limits.archive_members:
        raise InvalidInput(
            file_fault(
                "wire.archive.members", "", {"count": len(members), "limit": limits.archive_members}
            )
        )
    _check_sizes(members, len(data), limits)
    for member in members:
        _check_member(member)
    return archive


def _check_sizes(members: list[zipfile.ZipInfo], packed_bytes: int, limits: Limits) -> None:
    declared = sum(member.file_size for member in members)
    if declared > limits.archive_bytes:
        raise InvalidInput(
            file_fault(
                "wire.archive.bomb",
                "",
                {"size_mib": declared // MEBIBYTE, "limit_mib": limits.archive_bytes // MEBIBYTE},
            )
        )
    if sum(member.compress_size for member in members) > packed_bytes:
        raise InvalidInput(file_fault("wire.archive.broken", "", {"detail": "overlapping members"}))
    for member in members:
        big = member.file_size > MEBIBYTE
        if big and member.file_size > limits.archive_ratio * max(member.compress_size, 1):
            raise InvalidInput(
                file_fault(
                    "wire.archive.bomb",
                    member.filename[:80],
                    {
                        "size_mib": member.file_size // MEBIBYTE,
                        "limit_mib": limits.archive_ratio * member.compress_size // MEBIBYTE,
                    },
                )
            )


def _check_member(member: zipfile.ZipInfo) -> None:
    name = member.filename
    outward = name.startswith(("/", "\\")) or ":" in name or "\\" in name
    if outward or ".." in name.split("/") or "\0" in name:
        raise InvalidInput(file_fault("wire.archive.path", name[:80], {"name": name[:80]}))
    if stat.S_ISLNK(member.external_attr >> 16):
        raise InvalidInput(file_fault("wire.archive.path", name[:80], {"name": name[:80]}))
    if member.flag_bits & 0x1:
        raise InvalidInput(file_fault("wire.archive.encrypted", name[:80], {"name": name[:80]}))


def unpacked(archive: zipfile.ZipFile, name: str) -> bytes:
    """Returns one member's bytes; never more than its directory entry declares.

    Raises:
        InvalidInput: ``wire.archive.broken``: missing, damaged, or longer than declared.
    """
    try:
        member = archive.getinfo(name)
        with archive.open(member) as stream:
            data = stream.read(member.file_size + 1)
    except _BROKEN as error:
        raise InvalidInput(
            file_fault("wire.archive.broken", name[:80], {"detail": str(error)[:80]})
        ) from error
    if len(data) != member.file_size:
        raise InvalidInput(file_fault("wire.archive.broken", name[:80], {"detail": "length"}))
    return data
