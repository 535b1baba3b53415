"""The site's plane for millions of places: a polynomial that rounds to the same millimetres.

A transverse Mercator is an analytic function of longitude and isometric latitude. On a disc
round all that is asked about, the polynomial through places on the disc's edge is taken, and
what it leaves there bounds what it leaves anywhere inside (a function of that kind is largest
on the edge). A place that the polynomial puts so near the middle between two millimetres that
the projection itself might round the other way is given to the projection.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rafiqa.geo import SiteFrame

Floats = npt.NDArray[np.float64]
_ECCENTRICITY = 0.081_819_190_842_621_5
DOUBT_MM = 1e-4
"""How near the middle of two millimetres a place is projected exactly."""
_ERROR_MM = 2e-5
"""A polynomial that leaves more than this is not used at all: a fifth of the doubt."""
_EDGE_PLACES = 128
_LATITUDE_TERMS = 16
_HALF_DEGREES_MAX = 6.0
_LAT_MAX_DEG = 89.0
_BLOCK = 1 << 15


@dataclass(frozen=True, slots=True, eq=False)
class Plane:
    """A site's plane over a box in degrees.

    Args:
        frame: the site's frame.
        terms: the polynomial's complex coefficients, highest first; empty where it is not used.
        latitude: coefficients of isometric latitude, highest first, on -1 … 1.
        middle_deg: longitude and latitude that the polynomials stand on.
        half_lat_deg: what is 1 for ``latitude``.
        radius_rad: what is 1 for ``terms``.
    """

    frame: SiteFrame
    terms: npt.NDArray[np.complex128]
    latitude: Floats
    middle_deg: tuple[float, float]
    half_lat_deg: float
    radius_rad: float

    @property
    def is_quick(self) -> bool:
        """Whether the polynomial is used."""
        return len(self.terms) > 0

    def grid_mm(self, lonlat: Floats) -> Floats:
        """Returns ``(n, 2)`` whole mm as floats: what the frame's own projection rounds to.

        Args:
            lonlat: ``(n, 2)`` degrees; off the box they are projected exactly.
        """
        placed = np.empty((len(lonlat), 2))
        for start in range(0, len(lonlat), _BLOCK):
            part = slice(start, start + _BLOCK)
            placed[part] = self._block(lonlat[part])
        return placed

    def _block(self, lonlat: Floats) -> Floats:
        if not self.is_quick:
            return np.rint(self.frame.places_mm(lonlat))
        near, steps = self.approach(lonlat)
        rounded = np.rint(near)
        off = np.abs(near - rounded) > 0.5 - DOUBT_MM
        doubtful = off[:, 0] | off[:, 1] | ~(steps <= 1)
        if doubtful.any():
            rounded[doubtful] = np.rint(self.frame.places_mm(lonlat[doubtful]))
        return rounded

    def approach(self, lonlat: Floats) -> tuple[Floats, Floats]:
        """Returns ``(n, 2)`` mm by the polynomial, and how far out each lies; 1 is the edge."""
        lon_deg, lat_deg = self.middle_deg
        north = (lonlat[:, 1] - lat_deg) / self.half_lat_deg
        east = np.radians(lonlat[:, 0] - lon_deg) / self.radius_rad
        isometric = np.full_like(north, self.latitude[0])
        for term in self.latitude[1:]:
            isometric *= north
            isometric += term
        place = east + 1j * isometric
        near = np.full_like(place, self.terms[0])
        for term in self.terms[1:]:
            near *= place
            near += term
        steps = np.maximum(np.abs(place), np.abs(north))
        return near.view(np.float64).reshape(-1, 2), steps


def plane_over(frame: SiteFrame, box_deg: tuple[float, float, float, float]) -> Plane:
    """Returns the plane for what lies in a box of degrees (west, south, east, north)."""
    west, south, east, north = box_deg
    middle = ((west + east) / 2, (south + north) / 2)
    # Wider than the box by a thousandth, so that what lies on its edge lies inside.
    half_lon, half_lat = (east - west) / 2 * 1.001 + 1e-6, (north - south) / 2 * 1.001 + 1e-6
    exact = Plane(frame, np.empty(0, np.complex128), np.empty(0), middle, half_lat, 1.0)
    wraps = abs(middle[0]) + half_lon >= 180 or abs(frame.lon_deg) + half_lon >= 180
    small = max(half_lon, half_lat) <= _HALF_DEGREES_MAX
    if wraps or not small or abs(middle[1]) + half_lat > _LAT_MAX_DEG:
        return exact
    return _fitted(exact, half_lon) or exact


def _isometric(lat_deg: Floats) -> Floats:
    sine = np.sin(np.radians(lat_deg))
    found: Floats = np.arctanh(sine) - _ECCENTRICITY * np.arctanh(_ECCENTRICITY * sine)
    return found


def _latitude_deg(isometric: Floats) -> Floats:
    sine = np.tanh(isometric)
    for _ in range(30):
        sine = np.tanh(isometric + _ECCENTRICITY * np.arctanh(_ECCENTRICITY * sine))
    return np.degrees(np.arcsin(sine))


def _fitted(exact: Plane, half_lon_deg: float) -> Plane | None:
    """Returns the plane with its polynomials; None where they leave too much."""
    lat_deg, half_lat = exact.middle_deg[1], exact.half_lat_deg
    middle = float(_isometric(np.array([lat_deg]))[0])
    ends = _isometric(np.array([lat_deg - half_lat, lat_deg + half_lat])) - middle
    radius_rad = float(np.hypot(np.radians(half_lon_deg), np.abs(ends).max()))
    series = np.polynomial.chebyshev.Chebyshev.interpolate(
        lambda at: (_isometric(lat_deg + at * half_lat) - middle) / radius_rad, _LATITUDE_TERMS
    )
    latitude = series.convert(kind=np.polynomial.Polynomial).coef[::-1].astype(np.float64)
    terms = _edge_terms(exact, middle, radius_rad)
    if terms is None:
        return None
    made = Plane(exact.frame, terms, latitude, exact.middle_deg, half_lat, radius_rad)
    return made if _error_mm(made, half_lon_deg) <= _ERROR_MM else None


def _edge(exact: Plane, middle: float, radius_rad: float, turn: Floats) -> Floats:
    """Returns mm of places on the disc's edge, by the projection."""
    edge = radius_rad * np.exp(1j * turn)
    lon_deg = exact.middle_deg[0] + np.degrees(edge.real)
    return exact.frame.places_mm(np.column_stack([lon_deg, _latitude_deg(middle + edge.imag)]))


def _edge_terms(
    exact: Plane, middle: float, radius_rad: float
) -> npt.NDArray[np.complex128] | None:
    """Returns the polynomial through places on the edge; None where it leaves too much there."""
    turn = 2 * np.pi * np.arange(_EDGE_PLACES) / _EDGE_PLACES
    placed = _edge(exact, middle, radius_rad, turn)
    if not np.isfinite(placed).all():
        return None
    found = np.fft.fft(placed[:, 0] + 1j * placed[:, 1]) / _EDGE_PLACES
    telling = np.flatnonzero(np.abs(found[: _EDGE_PLACES // 2]) > _ERROR_MM / 20)
    terms = found[: int(telling.max(initial=0)) + 1][::-1].copy()
    between = turn + np.pi / _EDGE_PLACES
    left = np.polyval(terms, np.exp(1j * between)).view(np.float64).reshape(-1, 2)
    left -= _edge(exact, middle, radius_rad, between)
    return terms if np.abs(left).max() <= _ERROR_MM else None


def _error_mm(made: Plane, half_lon_deg: float) -> float:
    """Returns the most that both polynomials together were off within the box."""
    steps = np.linspace(-1, 1, 41)
    east, north = (side.ravel() for side in np.meshgrid(steps, steps))
    lon_deg = made.middle_deg[0] + east * half_lon_deg
    lonlat = np.column_stack([lon_deg, made.middle_deg[1] + north * made.half_lat_deg])
    off = made.approach(lonlat)[0] - made.frame.places_mm(lonlat)
    return float(np.abs(off).max())
