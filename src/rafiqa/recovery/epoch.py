"""Epochs: which assets of a newer layer are which of an older one, and who says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rafiqa.land import Recorded

MatchKind = Literal["same", "split", "merged"]
Ids = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AssetGroup:
    """Assets of the older layer that are those of the newer: one and one, or a split, or a merge.

    ``iou_permille`` is how much of all their ground both layers have in common.
    """

    old_ids: tuple[str, ...]
    new_ids: tuple[str, ...]
    kind: str
    iou_permille: int


@dataclass(frozen=True, slots=True)
class AssetsMatched:
    """Assets of two layers that were matched by their ground alone, and left no doubt.

    The hashes name the very bytes that were matched, ``policy`` the figures that decided.
    """

    match_id: str
    old_sha256: str
    new_sha256: str
    groups: tuple[AssetGroup, ...]
    policy: str


@dataclass(frozen=True, slots=True)
class MatchReviewed:
    """A person's word on one doubtful match: these are the same assets, or they are not.

    The newest word on the same assets counts; it also takes back a match made by ground alone.
    """

    review_id: str
    old_sha256: str
    new_sha256: str
    old_ids: tuple[str, ...]
    new_ids: tuple[str, ...]
    accepted: bool
    note: str | None = None

    @property
    def kind(self) -> MatchKind:
        """What the assets are to one another where they are the same."""
        return kind_of(self.old_ids, self.new_ids)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an asset from an older layer to a newer, and the record that says so."""

    old_ids: tuple[str, ...]
    new_ids: tuple[str, ...]
    kind: str
    record: Recorded
    iou_permille: int | None = None

    @property
    def versions(self) -> tuple[str, str]:
        """The hashes of the layers between which it is a step."""
        fact = self.record.fact
        assert isinstance(fact, AssetsMatched | MatchReviewed)  # noqa: S101 - from Epochs.take
        return fact.old_sha256, fact.new_sha256

    @property
    def by_person(self) -> bool:
        """Whether a person looked at it."""
        return isinstance(self.record.fact, MatchReviewed)


@dataclass(frozen=True, slots=True)
class Line:
    """An asset over its epochs: what it is called in each, what it was part of, and the steps."""

    same_ids: tuple[str, ...]
    kin_ids: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def all_ids(self) -> tuple[str, ...]:
        """Every id under which something may be on record that concerns it."""
        return (*self.same_ids, *self.kin_ids)


def kind_of(old_ids: tuple[str, ...], new_ids: tuple[str, ...]) -> MatchKind:
    """Returns whether assets stayed one, were split, or were merged."""
    if len(old_ids) == len(new_ids) == 1:
        return "same"
    return "split" if len(new_ids) > 1 else "merged"


@dataclass(slots=True)
class Epochs:
    """Every match that stands, found by the assets of either layer."""

    _steps: dict[tuple[tuple[str, ...], tuple[str, ...]], Step] = field(default_factory=dict)
    _of: dict[str, list[Step]] | None = field(default=None, compare=False)

    def copied(self) -> Epochs:
        """Returns others with the same in them."""
        return Epochs(dict(self._steps))

    def take(self, record: Recorded) -> None:
        """Takes in a fact; later ones count before earlier ones of the same assets."""
        fact = record.fact
        if isinstance(fact, AssetsMatched):
            for group in fact.groups:
                step = Step(group.old_ids, group.new_ids, group.kind, record, group.iou_permille)
                known = self._steps.get((group.old_ids, group.new_ids))
                # What a person decided is not undone by matching once more.
                if known is None or not known.by_person:
                    self._steps[group.old_ids, group.new_ids] = step
        elif isinstance(fact, MatchReviewed):
            key = (fact.old_ids, fact.new_ids)
            self._steps[key] = Step(*key, fact.kind if fact.accepted else "", record)
        self._of = None

    def line(self, asset_id: str) -> Line:
        """Returns an asset over its epochs; itself alone where nothing was matched."""
        same, kin = {asset_id: None}, dict[str, None]()
        steps: dict[int, Step] = {}
        left = [asset_id]
        while left:
            for step in self._about(left.pop()):
                steps[id(step)] = step
                for other in (*step.old_ids, *step.new_ids):
                    if step.kind == "same" and other not in same:
                        same[other] = None
                        left.append(other)
                    elif step.kind != "same" and other not in same:
                        kin[other] = None
        ordered = sorted(steps.values(), key=lambda step: step.record.seq)
        left_over = (other for other in kin if other not in same)
        return Line(tuple(same), tuple(left_over), tuple(ordered))

    def taken(self, versions: tuple[str, str], group: tuple[Ids, Ids]) -> list[Step]:
        """Returns the matches that stand and that others with some of these assets contradict.

        Args:
            versions: the hashes of the older and of the newer layer: an asset may be one in each
                of two newer layers, never two in one.
            group: ids of the older layer, and ids of the newer.
        """
        old, new = group
        about = {
            id(step): step
            for asset_id in (*old, *new)
            for step in self._about(asset_id)
            if (step.old_ids, step.new_ids) != group
            and (
                (set(step.old_ids) & set(old) and step.versions[1] == versions[1])
                or (set(step.new_ids) & set(new) and step.versions[0] == versions[0])
            )
        }
        return list(about.values())

    def reviewed(self, old_ids: tuple[str, ...], new_ids: tuple[str, ...]) -> bool:
        """Returns whether a person has decided on these assets."""
        return self.decision(old_ids, new_ids) is not None

    def decision(self, old_ids: Ids, new_ids: Ids) -> Recorded | None:
        """Returns the record of a person's last word on these assets; None where none was said."""
        step = self._steps.get((old_ids, new_ids))
        return step.record if step is not None and step.by_person else None

    def _about(self, asset_id: str) -> list[Step]:
        if self._of is None:
            self._of = {}
            for step in self._steps.values():
                if step.kind:
                    for each in (*step.old_ids, *step.new_ids):
                        self._of.setdefault(each, []).append(step)
        return self._of.get(asset_id, [])
