"""How much a file from outside may hold, and why.

The figures were measured on this stack (trust study, section 3.7 and finding 8): a star
polygon of 20,000 vertices is still valid and takes 5 s to buffer, one of 200,000 takes over
a minute; a spreadsheet of 156 kB holds two million cells and takes 27 s to read; parsers
keep the last of two equal JSON keys, so a file can say "hazard" and be read "released".
"""

from __future__ import annotations

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one reading; the defaults are the measured ones.

    Attributes:
        ring_vertices: vertices of one ring.
        feature_vertices: vertices of one feature.
        reference_vertices: vertices of one ring or feature of places and figures, which are
            only ever drawn and asked "inside?": a Syrian subdistrict has 15,129.
        hazard_file_vertices: vertices of a file about land: hazards, parts, projects, evidence.
        bulk_file_vertices: vertices of a file of buildings, roads, places or figures.
        hazard_file_bytes: size on disk of a file about land; its vertices never need more.
        bulk_file_bytes: size on disk of a bulk file.
        feature_bytes: text of one JSON feature or of one table cell.
        json_depth: nesting of brackets and braces, the outermost being 1.
        archive_bytes: declared size of everything in a zip archive once unpacked.
        archive_ratio: unpacked over packed size of the archive and of each member over 1 MiB.
        archive_members: files in an archive.
        sheet_cells: cells of the spreadsheet's chosen sheet.
        rows: rows of one file.
        hazard_cpu_s: processor time of the worker that reads a file about land.
        bulk_cpu_s: processor time of the worker that reads a bulk file.
        wall_factor: wall time allowed per second of processor time.
        hazard_data_bytes: memory that the worker may write to, for a file about land: twice what
            one hostile ring was given, since 100,000 reports take a third of it.
        worker_bytes: address space of the worker (GDAL and Arrow reserve 0.5 GiB of it).
    """

    ring_vertices: int = 5_000
    feature_vertices: int = 10_000
    reference_vertices: int = 50_000
    hazard_file_vertices: int = 200_000
    bulk_file_vertices: int = 5_000_000
    hazard_file_bytes: int = 64 * MEBIBYTE
    bulk_file_bytes: int = 200 * MEBIBYTE
    feature_bytes: int = MEBIBYTE
    json_depth: int = 20
    archive_bytes: int = 50 * MEBIBYTE
    archive_ratio: int = 100
    archive_members: int = 1_000
    sheet_cells: int = 200_000
    rows: int = 1_000_000
    hazard_cpu_s: int = 20
    bulk_cpu_s: int = 240
    wall_factor: int = 3
    hazard_data_bytes: int = 1024 * MEBIBYTE
    worker_bytes: int = 4 * 1024 * MEBIBYTE


LIMITS = Limits()
