"""The shapes of questions and answers at this door; the OpenAPI document is made from them.

Times are ISO 8601 in UTC, areas square metres, coordinates degrees WGS 84, longitude first.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

State = Literal["indication", "sha", "cha", "cancelled", "reduced", "cleared", "unrecorded"]
Id = Annotated[str, Meta(min_length=1, max_length=200)]
Ids = Annotated[tuple[Id, ...], Meta(max_length=1_000)]
Time = Annotated[str, Meta(min_length=4, max_length=40)]
Note = Annotated[str, Meta(max_length=2_000)]


class Shape(Struct, frozen=True, kw_only=False, forbid_unknown_fields=True):
    """A value of a fixed form."""


class Mark(Shape, frozen=True):
    """Something worth a tick on the time slider."""

    at: str
    kind: str
    text: str


class BaseMap(Shape, frozen=True):
    """The base map that the server was given: its zooms, and the layers inside its tiles."""

    first_zoom: int
    last_zoom: int
    layers: list[str]


class Site(Shape, frozen=True):
    """What the store is about, its extent in place and time, and how much is in it.

    ``known_days`` are times at which something with a mark became known, one a day; ``base`` is
    null where the server was given no base map.
    """

    name: str
    lon_deg: float
    lat_deg: float
    bbox_lonlat: list[float] | None
    first_valid_at: str | None
    last_valid_at: str | None
    first_known_at: str | None
    last_known_at: str | None
    entries: int
    root: str
    marks: list[Mark]
    counts: dict[str, int]
    languages: list[str]
    known_days: list[str] = field(default_factory=list)
    base: BaseMap | None = None


class SessionActor(Shape, frozen=True):
    """Who is signed in, by pseudonym, and for whom they act."""

    login: str
    person_id: str
    organisation_id: str
    organisation: str
    role: str


class Session(Shape, frozen=True):
    """Who is signed in, null where nobody is; and what this store asks of who approves.

    ``strong`` says whether they signed in by enough to approve; ``vouched_by`` names another house
    by which one may sign in.
    """

    actor: SessionActor | None
    approving: Literal["passkey", "totp", "password"] = "passkey"
    strong: bool = False
    vouched_by: str | None = None


class KeyAnswer(Shape, frozen=True):
    """What a passkey answered, as the browser gives it, under the handle of what it was asked."""

    handle: Annotated[str, Meta(max_length=64)]
    credential: dict[str, Any]


class Credentials(Shape, frozen=True):
    """Login and password, with a code where the account asks for one; or a passkey's answer."""

    login: Annotated[str, Meta(max_length=64)] = ""
    password: Annotated[str, Meta(max_length=1_000)] = ""
    code: Annotated[str, Meta(max_length=40)] | None = None
    passkey: KeyAnswer | None = None


class Reason(Shape, frozen=True):
    """One reason: code, words, the fact it rests on, when that was true, and its source."""

    code: str
    text: str
    subject: str | None = None
    at: str | None = None
    source: str | None = None
    next: str | None = None


class AssetBrief(Shape, frozen=True):
    """An asset by id, kind and name."""

    asset_id: str
    kind: str
    name: str | None
    storeys: int | None


class PointState(Shape, frozen=True):
    """What is known of a point of ground; ``unrecorded`` is no all-clear.

    ``in_doubt`` says of released ground that something newer speaks against it: keep off.
    """

    state: State
    reopened: bool
    depth_cm: int | None
    headline: str
    reasons: list[Reason]
    areas: list[str]
    parts: list[str]
    in_doubt: bool


class Point(PointState, frozen=True):
    """What is known of a point, what stands or is planned there, and the neighbourhood it is in."""

    assets: list[AssetBrief]
    projects: list[str]
    neighbourhood: str | None = None


class AreaBrief(Shape, frozen=True):
    """An area in a list; ``open_m2`` is all of its ground that is still hazard.

    ``in_doubt`` says that the release of some of its released ground is in doubt.
    """

    area_id: str
    name: str | None
    class_: str | None = field(name="class")
    stage: str
    reopened: bool
    open_m2: float
    in_doubt: bool


class Areas(Shape, frozen=True):
    """All areas on record."""

    areas: list[AreaBrief]


class Figures(Shape, frozen=True):
    """The land of an area by outcome, in m².

    ``open_m2`` + ``not_cleared_m2`` + ``cancelled_m2`` + ``reduced_m2`` + ``cleared_m2`` is
    ``computed_m2``; ``open_m2`` and ``not_cleared_m2`` together are what is still hazard.
    ``cancelled_in_doubt_m2`` and the like are how much of the released land in these is in doubt.
    """

    registered_m2: float
    computed_m2: float
    reported_m2: float | None
    grid_difference_m2: float
    grid_bound_m2: float
    geodesic_m2: float
    area_definition: str
    open_m2: float
    cancelled_m2: float
    reduced_m2: float
    cleared_m2: float
    not_cleared_m2: float
    cancelled_in_doubt_m2: float
    reduced_in_doubt_m2: float
    cleared_in_doubt_m2: float


class Part(Shape, frozen=True):
    """A part of land; ``reported`` and ``reopened`` parts are still hazard.

    ``in_doubt`` says that ground released by it is in doubt: keep off it as off hazard.
    """

    part_id: str
    outcome: Literal["cancelled", "reduced", "cleared", "not_cleared", "reported", "reopened"]
    depth_cm: int | None
    area_m2: float
    since: str | None
    reasons: list[Reason]
    in_doubt: bool = False


class Act(Shape, frozen=True):
    """An act that the asker might do now: whether they may, and every reason why not.

    ``choices`` are the codes, with their words, that its fields offer.
    """

    act: Literal[
        "reopen",
        "propose_release",
        "accept_release",
        "reject_release",
        "correct_boundary",
        "declare_area",
        "report_work",
        "assess_damage",
        "tag_structure",
        "link_damage",
        "register_structure",
        "register_project",
    ]
    subject: str
    allowed: bool
    why: list[str]
    part_ids: list[str] | None = None
    causes: list[str] | None = None
    choices: dict[str, dict[str, str]] | None = None


class Release(Shape, frozen=True):
    """A release from proposal to decision, and what the inspections behind it prove."""

    release_id: str
    state: Literal["proposed", "accepted", "rejected", "void"]
    proposed_by: str | None
    accepted_by: str | None
    part_ids: list[str]
    proves: list[Reason]


class CertificateBrief(Shape, frozen=True):
    """A certificate of an area, and where it stands; what it says is on its paper."""

    number: str
    kind: Literal["completion", "release", "handover", "cancellation"]
    state: Literal["in-force", "suspended", "reopened", "revoked", "superseded"]
    issued_at: str


class HistoryItem(Shape, frozen=True):
    """One entry of the ledger, in words."""

    seq: int
    kind: str
    title: str
    text: str
    valid_at: str
    recorded_at: str
    actor: str | None
    organisation: str | None


class Area(Shape, frozen=True):
    """Everything on record of an area that the asker may see.

    ``outline`` is its own as GeoJSON, for staff; None of ground that is no area's.
    """

    area_id: str
    name: str | None
    class_: str | None = field(name="class")
    stage: str | None
    validation: str | None
    figures: Figures
    source: str | None
    parts: list[Part]
    reasons: list[Reason]
    acts: list[Act]
    releases: list[Release]
    certificates: list[CertificateBrief]
    history: list[HistoryItem]
    outline: dict[str, Any] | None = None


FoundKind = Literal[
    "area", "project", "asset", "place", "task", "certificate", "report", "evidence"
]


class Found(Shape, frozen=True):
    """One thing found by name, code or id; ``selected`` is what the desk's address shows it by."""

    kind: FoundKind
    id: str
    name: str
    lon_deg: float | None
    lat_deg: float | None
    selected: str | None = None


class Results(Shape, frozen=True):
    """What a search found, best first."""

    results: list[Found]


class Catalogue(Shape, frozen=True):
    """Every text of the page in one language."""

    lang: str
    dir: Literal["ltr", "rtl"]
    texts: dict[str, str]


class Feature(Shape, frozen=True):
    """A GeoJSON feature; its properties depend on the layer."""

    type: Literal["Feature"]
    properties: dict[str, Any]
    geometry: dict[str, Any]


class FeatureCollection(Shape, frozen=True):
    """A GeoJSON feature collection (RFC 7946)."""

    type: Literal["FeatureCollection"]
    features: list[Feature]


class Reopening(Shape, frozen=True):
    """Put an area's ground back to hazard, and why."""

    cause: Annotated[str, Meta(min_length=1, max_length=100)]
    note: Note = ""
    class_: Literal["indication", "sha", "cha"] = field(name="class", default="cha")


class Unit(Shape, frozen=True):
    """A part of a structure that gets an outcome of its own."""

    unit_id: Id
    kind: Id
    level: Annotated[int, Meta(ge=-100, le=1_000)] | None = None
    floor_area_m2: Annotated[float, Meta(ge=0, le=1e7)] | None = None
    note: Note = ""


class Structure(Shape, frozen=True):
    """Register a building or a heap: its outline as GeoJSON, and its units."""

    structure_id: Id
    kind: Literal["building", "rubble_heap"]
    geometry: dict[str, Any]
    units: Annotated[list[Unit], Meta(max_length=1_000)]
    name: Annotated[str, Meta(max_length=200)] = ""
    area_id: Id | None = None


class Proposal(Shape, frozen=True):
    """Propose parts of reported work for release."""

    work_id: Id
    part_ids: Annotated[list[Id], Meta(max_length=1_000)]


class Acceptance(Shape, frozen=True):
    """Accept a proposed release; ``seen`` names what was shown of it: of another it is refused."""

    note: Note = ""
    seen: Annotated[str, Meta(max_length=64)] = ""


class Rejection(Shape, frozen=True):
    """Turn a proposed release down, and why."""

    note: Note


class Observation(Shape, frozen=True):
    """One finding of a visit or an inspection."""

    severity: Annotated[str, Meta(min_length=1, max_length=100)]
    note: Note
    part_id: Id | None = None


class Grant(Shape, frozen=True):
    """Accredit an organisation for methods, from now on; all ordnance where no scope is given."""

    accreditation_id: Id
    organisation_id: Id
    methods: Ids
    valid_until: Time | None = None
    scope: Ids = ()
    restrictions: Note = ""
    note: Note = ""


class End(Shape, frozen=True):
    """End an accreditation from now on, and why."""

    organisation_id: Id
    reason: Note


class Visit(Shape, frozen=True):
    """A visit to work as it is being done."""

    visit_id: Id
    organisation_id: Id
    activity: Note
    task_id: Id | None = None
    work_id: Id | None = None
    findings: Annotated[list[Observation], Meta(max_length=1_000)] = []
    seeds_laid: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    seeds_found: Annotated[int, Meta(ge=0, le=100_000)] | None = None
    seeds_depth_cm: Annotated[int, Meta(ge=0, le=1_000)] | None = None


class Nonconformity(Shape, frozen=True):
    """A breach of a requirement, and what it concerns."""

    nonconformity_id: Id
    organisation_id: Id
    severity: Literal["critical", "major", "minor", "observation"]
    kind: Annotated[str, Meta(min_length=1, max_length=100)]
    note: Note
    work_id: Id | None = None
    task_id: Id | None = None
    part_ids: Ids = ()
    team_id: Id | None = None
    due: Time | None = None


class Correction(Shape, frozen=True):
    """What caused a nonconformity, and what was done about it."""

    root_cause: Note
    corrective_action: Note


class Closure(Shape, frozen=True):
    """How a nonconformity was verified as put right."""

    note: Note


class LotLook(Shape, frozen=True):
    """The inspection of a lot; shares are 0 to 1."""

    lot_id: Id
    passed: bool
    from_: Time = field(name="from")
    until: Time
    part_ids: Ids = ()
    work_ids: Ids = ()
    team_ids: Ids = ()
    asset_ids: Ids = ()
    inspected_id: Id | None = None
    method: Annotated[str, Meta(min_length=1, max_length=100)] | None = None
    inspected_share: Annotated[float, Meta(ge=0, le=1)] | None = None
    detection: Annotated[float, Meta(ge=0, le=1)] | None = None
    items_found: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    findings: Annotated[list[Observation], Meta(max_length=1_000)] = []


class LotReview(Shape, frozen=True):
    """Lift what a failed lot stopped; the second person confirms with their own password."""

    note: Note
    second: Credentials


class Done(Shape, frozen=True):
    """The act is on the disk under this entry id."""

    entry_id: str
