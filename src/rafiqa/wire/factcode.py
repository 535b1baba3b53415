"""Facts as canonical bytes and back: one codec for every kind, made from its dataclass.

A fact's body is a canonical map of its fields; a field that is None is left out, so that a
later version can add fields without changing the bytes of what was written before.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from rafiqa import land, recovery
from rafiqa.errors import CorruptLedger, Fault, InvalidInput
from rafiqa.geo import GridShape
from rafiqa.ledger import (
    ATTACHMENT_KIND,
    ERASURE_KIND,
    AttachmentNamed,
    BundleGiven,
    BundleTaken,
    ClaimReviewed,
    ClaimsProposed,
    DelegationEnded,
    DelegationGiven,
    DeviceEnrolled,
    DeviceRevoked,
    DocumentKept,
    Erasure,
    FormPublished,
    IdentityErased,
    IdentityKept,
    IdentityLookedAt,
    MappingSaved,
    PairDecided,
    PeerEnrolled,
    PeerKeyRevoked,
    ReleaseTakenOver,
    RowsImported,
    SubmissionReceived,
    SubmissionReviewed,
    canonical,
    parse,
)

FACT_VERSION = 1
"""Version of the fields of all kinds below; a changed kind gets a reader for each version."""

KINDS: dict[str, type] = {
    "site.opened": land.SiteOpened,
    "evidence.recorded": land.EvidenceRecorded,
    "area.recorded": land.AreaRecorded,
    "area.class-decided": land.ClassDecided,
    "area.boundary-corrected": land.BoundaryCorrected,
    "task.ordered": land.TaskOrdered,
    "task.stage-moved": land.StageMoved,
    "work.reported": land.WorkReported,
    "work.inspected": land.WorkInspected,
    "release.proposed": land.ReleaseProposed,
    "release.accepted": land.ReleaseAccepted,
    "release.rejected": land.ReleaseRejected,
    "release.transferred": land.ReleaseTransferred,
    "land.reopened": land.LandReopened,
    "structure.registered": land.StructureRegistered,
    "accident.recorded": land.AccidentRecorded,
    "accreditation.granted": land.AccreditationGranted,
    "accreditation.ended": land.AccreditationEnded,
    "qa.visited": land.QaVisited,
    "nonconformity.raised": land.NonconformityRaised,
    "nonconformity.answered": land.NonconformityAnswered,
    "nonconformity.closed": land.NonconformityClosed,
    "lot.inspected": land.LotInspected,
    "lot.reviewed": land.LotReviewed,
    "report.received": land.ResidentReported,
    "report.answered": land.ReportAnswered,
    "report.told": recovery.ReporterTold,
    "request.received": recovery.ResidentAsked,
    "request.answered": recovery.RequestAnswered,
    "assessment.moved": land.AssessmentMoved,
    "land.handed-over": land.LandHandedOver,
    "completion.declared": land.CompletionDeclared,
    "record.moved": land.RecordMoved,
    "record.withdrawn": land.RecordWithdrawn,
    "certificate.issued": land.CertificateIssued,
    "certificate.moved": land.CertificateMoved,
    "layer.registered": recovery.LayerRegistered,
    "project.registered": recovery.ProjectRegistered,
    "rubble.registered": recovery.RubbleLotRegistered,
    "rubble.moved": recovery.RubbleLotMoved,
    "form.published": FormPublished,
    "device.enrolled": DeviceEnrolled,
    "device.revoked": DeviceRevoked,
    "submission.received": SubmissionReceived,
    "submission.reviewed": SubmissionReviewed,
    "rows.imported": RowsImported,
    "mapping.saved": MappingSaved,
    "pair.decided": PairDecided,
    "damage.assessed": recovery.DamageAssessed,
    "damage.linked": recovery.DamageLinked,
    "structure.tagged": recovery.StructureTagged,
    "assets.matched": recovery.AssetsMatched,
    "match.reviewed": recovery.MatchReviewed,
    "permit.issued": recovery.PermitIssued,
    "permit.ended": recovery.PermitEnded,
    "notice.acknowledged": recovery.NoticeAcknowledged,
    "rights.checked": recovery.RightsChecked,
    "rights.claimed": recovery.RightsClaimed,
    "site.rated": recovery.SiteRated,
    "eod-support.agreed": recovery.EodSupportAgreed,
    "utilities.noted": recovery.UtilitiesNoted,
    "method.stated": recovery.MethodStated,
    "hazmat.screened": recovery.HazmatScreened,
    "protection.consented": recovery.ProtectionConsented,
    "crew.briefed": recovery.CrewBriefed,
    "rubble.lifted": recovery.RubbleLifted,
    "find.made": recovery.ChanceFound,
    "find.answered": recovery.ChanceFindAnswered,
    "bombs.searched": recovery.BombSearched,
    "works.closed": recovery.WorksClosed,
    "picture.kept": recovery.PictureKept,
    "area-notice.written": recovery.AreaNoticeWritten,
    "archive.written": recovery.ArchiveWritten,
    "public.decided": recovery.PublicDecided,
    "document.kept": DocumentKept,
    "claims.proposed": ClaimsProposed,
    "claim.reviewed": ClaimReviewed,
    "accident.inquired": land.AccidentInquired,
    "assistance.noted": land.AssistanceNoted,
    "session.held": land.EoreSessionHeld,
    "community.surveyed": land.CommunitySurveyed,
    "survey.withdrawn": land.SurveyWithdrawn,
    "peer.enrolled": PeerEnrolled,
    "peer.key-revoked": PeerKeyRevoked,
    "bundle.given": BundleGiven,
    "bundle.taken": BundleTaken,
    "release.taken-over": ReleaseTakenOver,
    "delegation.given": DelegationGiven,
    "delegation.ended": DelegationEnded,
    "identity.kept": IdentityKept,
    "identity.looked-at": IdentityLookedAt,
    "identity.erased": IdentityErased,
    ATTACHMENT_KIND: AttachmentNamed,
    ERASURE_KIND: Erasure,
}
_NAMES = {type_: name for name, type_ in KINDS.items()}
Read = Callable[[Any], Any]


def kind_of(fact: object) -> str:
    """Returns the name under which facts of this type stand in the ledger."""
    return _NAMES[type(fact)]


def fact_bytes(fact: object) -> bytes:
    """Returns the canonical bytes of a fact; equal facts give equal bytes."""
    return canonical(_plain(fact))


def fact_from(kind: str, version: int, body: bytes) -> object:
    """Returns the fact that stands in an entry's body.

    Raises:
        CorruptLedger: the body is not canonical, of an unknown kind, or of a later version.
    """
    type_ = KINDS.get(kind)
    if type_ is None or version != FACT_VERSION:
        params: dict[str, str | int] = {"kind": kind, "version": version}
        raise CorruptLedger(Fault("wire.fact.unknown-kind", params=params))
    try:
        return _reader(type_)(parse(body))
    except (InvalidInput, KeyError, TypeError, ValueError) as error:
        raise CorruptLedger(Fault("wire.fact.malformed", params={"kind": kind})) from error


def _plain(value: object) -> Any:
    if isinstance(value, GridShape):
        return value.to_plain()
    if is_dataclass(value) and not isinstance(value, type):
        named = ((item.name, getattr(value, item.name)) for item in fields(value))
        return {name: _plain(inner) for name, inner in named if inner is not None}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


@cache
def _reader(annotation: Any) -> Read:
    """Returns a function that turns a plain value into one of the annotated type."""
    if annotation is GridShape:
        return GridShape.from_plain
    if isinstance(annotation, type) and is_dataclass(annotation):
        return _dataclass_reader(annotation)
    origin = get_origin(annotation)
    if origin is tuple:
        item = _reader(get_args(annotation)[0])
        return lambda plain: tuple(item(inner) for inner in plain)
    if origin in {Union, types.UnionType}:
        inner = next(each for each in get_args(annotation) if each is not type(None))
        return _reader(inner)
    if origin is Literal:
        return _checked_literal(get_args(annotation))
    return _checked(annotation)


def _checked(type_: type) -> Read:
    def read(plain: Any) -> Any:
        if type(plain) is not type_ and not (type_ is Decimal and type(plain) is int):
            raise TypeError(type_)
        return plain

    return read


def _checked_literal(allowed: tuple[Any, ...]) -> Read:
    def read(plain: Any) -> Any:
        if plain not in allowed:
            raise ValueError(plain)
        return plain

    return read


def _dataclass_reader(type_: type) -> Read:
    hints = get_type_hints(type_)
    readers = {item.name: _reader(hints[item.name]) for item in fields(type_)}
    # None is left out of the bytes, so a field that may be None and has no default gets it back.
    unsaid = {
        item.name: None
        for item in fields(type_)
        if item.default is MISSING and type(None) in get_args(hints[item.name])
    }

    def read(plain: Any) -> Any:
        said = {name: readers[name](value) for name, value in plain.items()}
        return type_(**{**unsaid, **said})

    return read
