"""Site: one store, open to be asked; every answer is a frame as true and as known at two times.

Nothing is written, and nothing is kept between two questions but what makes the next one quick: the
same question with the same two times is answered alike for ever.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from rafiqa.errors import Fault, InvalidInput, RafiqaError
from rafiqa.notebook.figure import account_frame, changes_frame
from rafiqa.notebook.ground import exported_frame, ground_frame, history_frame, tasks_frame
from rafiqa.notebook.judgement import Teams, Wanted, plan_frame, risk_frame, what_ifs_frame
from rafiqa.notebook.moment import Asked, Time, time_us
from rafiqa.notebook.place import Degrees, places_frame
from rafiqa.notebook.works import assets_frame, gate_all_frame, gate_frame, projects_frame
from rafiqa.risk import SEED, Asking
from rafiqa.service import AssetShelf, Office, Question, open_office
from rafiqa.service.boundary import read_boundary
from rafiqa.wire.answer import refusal_json
from rafiqa.wire.instant import date_us, instant_us

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame


def open_site(path: str | Path, *, lang: str = "en") -> Site:
    """Returns a site to ask, of the store at a path; ``rafiqa.open`` is this.

    Args:
        path: the store's file.
        lang: language of texts, ``en`` or ``ar``; codes are the same in all.

    Raises:
        NotFound: no store there.
        StoreError: the file is no store.

    >>> site = rafiqa.open("city.rafiqa")
    >>> site.name
    'Small'
    >>> site.close()
    """
    with _in_words(lang):
        return Site(open_office(str(path), now_us=_now_us, entropy=os.urandom), lang)


class Site:
    """A site to ask. Every question takes ``valid_at`` and ``known_at``; the present without.

    Times are ISO 8601 text, ``datetime.date`` (its last instant, as on the command line) or aware
    ``datetime``. Every frame has ``attrs``: ``source``, ``valid_at``, ``known_at``, ``method``,
    ``ledger_entries`` and ``ledger_root``; asked again with those two times it is the same.
    Places are in degrees, longitude first (OGC:CRS84); units stand in the names of columns; codes
    are those of the data dictionary; what is not known is missing, never 0.

    >>> with rafiqa.open("city.rafiqa") as site:
    ...     len(site.areas())
    3
    """

    def __init__(self, office: Office, lang: str) -> None:
        self._office = office
        self._lang = lang
        self._shelf = AssetShelf()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<rafiqa.Site {self.name!r}>"

    def close(self) -> None:
        """Closes the store; nothing can be asked afterwards."""
        self._office.store.close()

    @property
    def name(self) -> str:
        """The site's name, as it was opened."""
        return self._office.site.name

    @contextmanager
    def _asked(self, valid_at: Time, known_at: Time) -> Iterator[Asked]:
        with _in_words(self._lang):
            yield Asked.of(self._office, valid_at, known_at)

    def areas(self, *, valid_at: Time = None, known_at: Time = None) -> GeoDataFrame:
        """Returns the hazard areas on record, with outline and the worst that is left in each.

        An area with nothing left has the class that it was declared with: what the ground is now
        ``ground`` says.

        >>> site.areas()[["id", "class", "stage"]].to_dict("list")["id"]
        ['H1', 'H2', 'H3']
        """
        with self._asked(valid_at, known_at) as asked:
            return exported_frame(self._office, "hazard-areas", asked)

    def ground(self, *, valid_at: Time = None, known_at: Time = None) -> GeoDataFrame:
        """Returns all ground on record, each square metre once and in exactly one ``state``.

        ``is_hazard`` is true of ``sha``, ``cha`` and ``indication``. Ground ``in_doubt`` was
        released, and something newer speaks against it (a sign, a report, a find, a failed lot):
        keep off it as off hazard. Off the record nothing is known, which is no all-clear.

        >>> ground = site.ground()
        >>> sorted(set(ground.state))
        ['cha', 'cleared', 'sha']
        >>> round(float(ground[ground.is_hazard].area_m2.sum()))
        11100
        """
        with self._asked(valid_at, known_at) as asked:
            return ground_frame(self._office, asked)

    def parts(self, *, valid_at: Time = None, known_at: Time = None) -> GeoDataFrame:
        """Returns the ground that stands released, by what released it, with the depth in cm.

        Ground that was reopened is not in it, nor any whose release is in doubt.

        >>> site.parts()[["id", "outcome", "depth_cm"]].values.tolist()
        [['P1/cleared/30', 'cleared', 30], ['T1/cleared/50', 'cleared', 50]]
        """
        with self._asked(valid_at, known_at) as asked:
            return exported_frame(self._office, "land-parts", asked)

    def evidence(self, *, valid_at: Time = None, known_at: Time = None) -> GeoDataFrame:
        """Returns the evidence on record; it is for staff, and names no person.

        >>> list(site.evidence().kind)
        ['eo_seen', 'statement', 'eo_seen']
        """
        with self._asked(valid_at, known_at) as asked:
            return exported_frame(self._office, "evidence", asked)

    def accidents(self, *, valid_at: Time = None, known_at: Time = None) -> GeoDataFrame:
        """Returns the accidents on record; how many were hurt is for staff.

        >>> site.accidents()[["killed", "injured"]].values.tolist()
        [[1, 2]]
        """
        with self._asked(valid_at, known_at) as asked:
            return exported_frame(self._office, "accidents", asked)

    def tasks(self, *, valid_at: Time = None, known_at: Time = None) -> GeoDataFrame:
        """Returns the work ordered by then, with where each task stands.

        >>> site.tasks()[["id", "area_id", "depth_cm"]].values.tolist()
        [['T-1', 'H1', 30]]
        """
        with self._asked(valid_at, known_at) as asked:
            return tasks_frame(self._office, asked)

    def assets(self, kind: str, *, valid_at: Time = None, known_at: Time = None) -> GeoDataFrame:
        """Returns the assets of a kind of layer, with the ``outcome`` of the gate of their ground.

        Args:
            kind: ``buildings``, ``roads``, ``bridges`` or ``works``.
            valid_at: as true at.
            known_at: as known at.

        >>> sorted(set(site.assets("buildings").outcome))
        ['closed', 'conditions', 'open']
        """
        with self._asked(valid_at, known_at) as asked:
            return assets_frame(self._office, self._shelf, kind, asked)

    def projects(self, *, valid_at: Time = None, known_at: Time = None) -> GeoDataFrame:
        """Returns the projects with the ``outcome`` of their gates, and what speaks against.

        >>> projects = site.projects()
        >>> projects[projects.id == "J-school"].outcome.item()
        'closed'
        """
        with self._asked(valid_at, known_at) as asked:
            return projects_frame(self._office, asked)

    def gate(self, project_id: str, *, valid_at: Time = None, known_at: Time = None) -> DataFrame:
        """Returns the gates of one project or rubble lot, a row each; ``attrs["outcome"]`` of all.

        Raises:
            NotFound: no such project was registered by then.

        >>> gates = site.gate("J-school")
        >>> gates.attrs["outcome"]
        'closed'
        >>> "gate.area.hazard" in set(gates.code)
        True
        """
        with self._asked(valid_at, known_at) as asked:
            return gate_frame(self._office, project_id, asked, self._lang)

    def gate_all(self, *, valid_at: Time = None, known_at: Time = None) -> DataFrame:
        """Returns the gate of every asset and project, one row each, with the codes against.

        >>> len(site.gate_all()) == len(site.assets("buildings")) + len(site.assets("roads")) + 5
        True
        """
        with self._asked(valid_at, known_at) as asked:
            return gate_all_frame(self._office, asked)

    def account(
        self,
        *,
        from_: Time = None,
        to: Time = None,
        known_at: Time = None,
        boundary: str | Path | None = None,
    ) -> DataFrame:
        """Returns the land account of a period: one row for each class, figures in m².

        Args:
            from_: its start; since ever without. A day is its first instant.
            to: its end, included.
            known_at: as known at.
            boundary: a file of polygons; only ground inside them counts.

        >>> account = site.account()
        >>> account.attrs["balance_error_m2"]
        0.0
        >>> float(account.set_index("class").closing_m2["cha"])
        8600.0
        """
        with self._asked(to, known_at) as asked:
            return account_frame(self._office, self._question(from_, boundary, asked))

    def changes(
        self,
        known_before: Time,
        *,
        from_: Time = None,
        to: Time = None,
        known_at: Time = None,
        boundary: str | Path | None = None,
    ) -> DataFrame:
        """Returns what changed in an account since it was known earlier, and which facts did it.

        The rows of a class and figure add up to its change exactly.

        >>> changes = site.changes("2026-01-16")
        >>> changes[changes.figure == "closing"].groupby("class").change_m2.sum().to_dict()
        {'cha': -5000.0}
        """
        with self._asked(to, known_at) as asked:
            before_us = time_us(known_before, "known_before")
            if before_us is None:
                raise InvalidInput(
                    Fault("wire.time.malformed", "known_before", params={"text": ""})
                )
            question = self._question(from_, boundary, asked)
            return changes_frame(self._office, question, before_us)

    def history(self, *, known_at: Time = None) -> DataFrame:
        """Returns the ledger's entries known by then: of what, true when, known when; no person.

        >>> site.history().kind[0]
        'site.opened'
        """
        with self._asked(None, known_at) as asked:
            return history_frame(self._office, asked)

    def at(
        self,
        lon_deg: Degrees,
        lat_deg: Degrees,
        *,
        valid_at: Time = None,
        known_at: Time = None,
    ) -> GeoDataFrame:
        """Returns what is known of one place, or of several, one row each, with reasons.

        Args:
            lon_deg: degrees east, or many of them.
            lat_deg: degrees north, as many.
            valid_at: as true at.
            known_at: as known at.

        >>> site.at([39.0103, 39.5], [35.9504, 35.9]).state.tolist()
        ['cleared', 'unrecorded']
        """
        with self._asked(valid_at, known_at) as asked:
            return places_frame(self._office, lon_deg, lat_deg, asked, self._lang)

    def risk(
        self,
        *,
        cell_m: int | None = None,
        range_m: float = Asking().range_m,
        seed: int = SEED,
        valid_at: Time = None,
        known_at: Time = None,
    ) -> GeoDataFrame:
        """Returns how likely contamination is, one row for each cell that does not stand released.

        ``p_contaminated`` is the mean, ``p_low`` to ``p_high`` hold 90 %. It orders survey and
        work, and releases nothing: a low figure is no all-clear.

        Args:
            cell_m: side of a cell; by the site's size without.
            range_m: how far what is known of one place reaches.
            seed: where chance begins; the same seed gives the same figures.
            valid_at: as true at.
            known_at: as known at.

        >>> risk = site.risk(cell_m=50)
        >>> bool((risk.p_low <= risk.p_contaminated).all())
        True
        """
        with self._asked(valid_at, known_at) as asked:
            asking = Asking(cell_m, range_m, seed=seed)
            return risk_frame(self._office, asking, asked, self._lang)

    def plan(
        self,
        teams: Teams,
        days: int,
        *,
        pins: Sequence[Mapping[str, Any]] = (),
        policy: Mapping[str, Any] | None = None,
        valid_at: Time = None,
        known_at: Time = None,
    ) -> GeoDataFrame:
        """Returns what to do first, by whom and when, with reasons; it moves no land.

        Args:
            teams: as the file of ``rafiqa plan`` names them, or that file.
            days: how many are planned, from ``valid_at`` on.
            pins: what people decided, each with its reason.
            policy: weights and exchange rates.
            valid_at: as true at.
            known_at: as known at.

        >>> teams = [{"id": "t1", "skills": ["manual"], "m2_per_day": 2000}]
        >>> site.plan(teams, 30)[["rank", "area_id"]].values.tolist()[0]
        [1, 'H3']
        """
        with self._asked(valid_at, known_at) as asked:
            wanted = Wanted(teams, days, pins, policy or {})
            return plan_frame(self._office, self._shelf, wanted, asked, self._lang)

    def what_ifs(
        self,
        teams: Teams,
        days: int,
        others: Mapping[str, Mapping[str, Any]],
        *,
        pins: Sequence[Mapping[str, Any]] = (),
        policy: Mapping[str, Any] | None = None,
        valid_at: Time = None,
        known_at: Time = None,
    ) -> DataFrame:
        """Returns a plan and others beside it, one row each: tasks, last day, harm in ranges.

        Args:
            teams: as in ``plan``.
            days: as in ``plan``.
            others: by name, other ``teams``, ``pins`` or ``policy``.
            pins: as in ``plan``.
            policy: as in ``plan``.
            valid_at: as true at.
            known_at: as known at.

        >>> teams = [{"id": "t1", "skills": ["manual"], "m2_per_day": 2000}]
        >>> twice = [*teams, {"id": "t2", "skills": ["manual"], "m2_per_day": 2000}]
        >>> site.what_ifs(teams, 30, {"two teams": {"teams": twice}}).name.tolist()
        ['plan', 'two teams']
        """
        with self._asked(valid_at, known_at) as asked:
            wanted = Wanted(teams, days, pins, policy or {})
            return what_ifs_frame(self._office, self._shelf, wanted, others, asked)

    def _question(self, from_: Time, boundary: str | Path | None, asked: Asked) -> Question:
        return Question(
            _start_us(from_),
            asked.valid_us,
            asked.known_us,
            None if boundary is None else read_boundary(self._office, str(boundary)),
            "all recorded land" if boundary is None else str(boundary),
        )


def _start_us(told: Time) -> int | None:
    """Returns the first instant that a time names."""
    if isinstance(told, date) and not isinstance(told, datetime):
        return date_us(told)
    return instant_us(told, "from_") if isinstance(told, str) else time_us(told, "from_")


@contextmanager
def _in_words(lang: str) -> Iterator[None]:
    """A block in which refusals say in words what is wrong and what to do next."""
    try:
        yield
    except RafiqaError as error:
        for fault in refusal_json(error, lang):
            error.add_note(" ".join(filter(None, (fault["detail"], fault.get("next")))))
        raise


def _now_us() -> int:
    return time.time_ns() // 1_000
