"""The course of the land: every face with its looks over time, for a page on which time moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from msgspec import Struct

from rafiqa.api.ask import Ask
from rafiqa.api.reply import Reply, pack, reply
from rafiqa.api.view import View
from rafiqa.service.course import UNRECORDED
from rafiqa.service.course import Course as LandCourse
from rafiqa.service.course import course as course_of

UNITS_A_DEGREE = 10_000_000
"""About 1 cm: for drawing alone."""


class Course(Struct, frozen=True, forbid_unknown_fields=True):
    """Every face of the land with its looks over time, as columns.

    ``told`` is false where there is too much doubt to tell it all at once: ask each moment then.
    ``xy`` are longitude and latitude of all corners in 1e-7 degrees, each pair but the first
    less the one before; ``points`` how many each ring has, ``rings`` how many rings each face.
    ``steps`` are how many changes each face has, ``at`` the place of each among ``times_us``, and
    ``look`` among ``looks``; before its first change a face is not on record. ``n_known`` is how
    many entries were known.
    """

    told: bool
    n_known: int
    times_us: list[int]
    looks: list[str]
    xy: list[int]
    points: list[int]
    rings: list[int]
    steps: list[int]
    at: list[int]
    look: list[int]


def show_course(ask: Ask) -> Reply:
    """Returns the course of the land as known at a time; at which it was true is all of it."""
    view = View.of(ask)
    moment = view.moment

    def make() -> Reply:
        found = course_of(view.desk.office, moment.known_us)
        n_known = moment.n_known
        if found is None:
            return reply(Course(False, n_known, [], [], [], [], [], [], [], []))
        # Some megabytes, which every page of a large site asks for: packed and tagged once.
        made = reply(_columns(view, found, n_known))
        tag = f'W/"{blake2b(made.body, digest_size=12).hexdigest()}"'
        return replace(made, headers={"ETag": tag}, packed=pack(made.body))

    return view.desk.replies.get(("course", moment.n_known), make)


def _columns(view: View, found: LandCourse, n_known: int) -> Course:
    lonlat = view.desk.placed.lonlat(view.frame, [face.shape for face in found.faces])
    xy, points, rings = _corners(lonlat)
    times_us = sorted({at_us for steps in found.steps for at_us, _ in steps})
    place = {at_us: number for number, at_us in enumerate(times_us)}
    looks = dict.fromkeys([UNRECORDED, *(told for steps in found.steps for _, told in steps)])
    code = {told: number for number, told in enumerate(looks)}
    return Course(
        True,
        n_known,
        times_us,
        list(looks),
        xy,
        points,
        rings,
        [len(steps) for steps in found.steps],
        [place[at_us] for steps in found.steps for at_us, _ in steps],
        [code[told] for steps in found.steps for _, told in steps],
    )


def _corners(
    lonlat: npt.NDArray[np.object_],
) -> tuple[list[int], list[int], list[int]]:
    """Returns the corners of shapes as differences, points of each ring, rings of each shape."""
    if not len(lonlat):
        return [], [], []
    polygons, of_face = shapely.get_parts(lonlat, return_index=True)
    rings, of_polygon = shapely.get_rings(polygons, return_index=True)
    units = np.round(shapely.get_coordinates(rings) * UNITS_A_DEGREE).astype(np.int64)
    differences: Any = np.diff(units, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    n_rings: Sequence[int] = np.bincount(of_face[of_polygon], minlength=len(lonlat)).tolist()
    return (
        differences.ravel().tolist(),
        shapely.get_num_coordinates(rings).tolist(),
        list(n_rings),
    )
