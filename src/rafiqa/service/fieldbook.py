"""The field book: forms, devices and submissions as they stand, kept up with the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from rafiqa.land import Recorded
from rafiqa.ledger import (
    AttachmentNamed,
    DeviceEnrolled,
    DeviceRevoked,
    FormPublished,
    SubmissionReceived,
    SubmissionReviewed,
)
from rafiqa.wire.xformread import XFormHead, xform_head

APART = "apart-"
"""What the name of a submission begins with whose id had come with other content."""


def apart_id(content_sha256: str) -> str:
    """Returns the name under which the quarantine keeps a submission of some content."""
    return f"{APART}{content_sha256[:32]}"


@dataclass(slots=True, eq=False)
class Story:
    """A submission with all that was said of it.

    ``files`` are its attachments by the name that it gives them; ``correction`` is the submission
    that corrects it, as far as one has come.
    """

    received: Recorded
    files: dict[str, AttachmentNamed] = field(default_factory=dict)
    reviews: list[Recorded] = field(default_factory=list)
    correction: Story | None = None

    @property
    def fact(self) -> SubmissionReceived:
        """The submission as it came."""
        assert isinstance(self.received.fact, SubmissionReceived)  # noqa: S101 - from take
        return self.received.fact

    @property
    def state(self) -> str:
        """``waiting``, ``accepted``, ``returned``, ``refused``, or ``replaced`` by a correction.

        Where the correction was refused the first one stands, or neither could be accepted.
        """
        last = self.reviews[-1].fact if self.reviews else None
        said = last.state if isinstance(last, SubmissionReviewed) else "waiting"
        stands = self.correction is None or self.correction.state == "refused"
        return said if stands or said == "accepted" else "replaced"

    @property
    def replaced_by(self) -> str | None:
        """The instance that corrects it."""
        return None if self.correction is None else self.correction.fact.instance_id

    @property
    def note(self) -> str | None:
        """What the last reviewer wrote."""
        last = self.reviews[-1].fact if self.reviews else None
        return last.note if isinstance(last, SubmissionReviewed) else None

    @property
    def unnamed(self) -> tuple[str, ...]:
        """Files that it speaks of and that nobody has begun to send."""
        return tuple(name for name in self.fact.awaits if name not in self.files)


@dataclass(slots=True, eq=False)
class FieldBook:
    """Everything known of the field, by id.

    ``forms`` hold every version of each form, oldest first; ``forms_xml`` each version by the
    hash of its bytes, ``heads`` what was read of it, and ``published_us``
    when that was recorded. ``apart`` are the files named of each submission in the quarantine.
    """

    seq: int = 0
    forms: dict[str, list[FormPublished]] = field(default_factory=dict)
    forms_xml: dict[str, FormPublished] = field(default_factory=dict)
    heads: dict[str, XFormHead] = field(default_factory=dict)
    published_us: dict[str, int] = field(default_factory=dict)
    devices: dict[str, DeviceEnrolled] = field(default_factory=dict)
    revoked: dict[str, Recorded] = field(default_factory=dict)
    stories: dict[str, Story] = field(default_factory=dict)
    apart: dict[str, list[Recorded]] = field(default_factory=dict)
    _apart_files: set[tuple[str, str]] = field(default_factory=set)
    _tokens: dict[str, str] = field(default_factory=dict)
    _numbers: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    _last_number: dict[str, int] = field(default_factory=dict)
    _corrections: dict[str, list[Story]] = field(default_factory=dict)

    def take(self, facts: Iterable[Recorded]) -> None:
        """Takes in further facts, in the order of the ledger."""
        for recorded in facts:
            self.seq = recorded.seq
            self._take(recorded)

    def _take(self, recorded: Recorded) -> None:
        match recorded.fact:
            case SubmissionReceived() as fact:
                self._received(recorded, fact)
            case AttachmentNamed() as fact if fact.record_id in self.stories:
                self.stories[fact.record_id].files[fact.note or fact.sha256] = fact
            case AttachmentNamed() as fact if fact.record_id.startswith(APART):
                self.apart.setdefault(fact.record_id, []).append(recorded)
                self._apart_files.add((recorded.actor.organisation_id, fact.sha256))
            case SubmissionReviewed() as fact if fact.instance_id in self.stories:
                self.stories[fact.instance_id].reviews.append(recorded)
            case FormPublished() as fact:
                self.forms.setdefault(fact.form_id, []).append(fact)
                self.forms_xml[fact.xml_sha256] = fact
                self.published_us.setdefault(fact.xml_sha256, recorded.recorded_at_us)
            case DeviceEnrolled() as fact if fact.device_id not in self.devices:
                self.devices[fact.device_id] = fact
                self._tokens[fact.token_sha256] = fact.device_id
            case DeviceRevoked() as fact:
                self.revoked[fact.device_id] = recorded

    def _received(self, recorded: Recorded, fact: SubmissionReceived) -> None:
        # An id belongs to whoever sent it first; the ledger lets no other content under it.
        story = self.stories.setdefault(fact.instance_id, Story(recorded))
        if fact.replaces is not None and story.received is recorded:
            self._corrections.setdefault(fact.replaces, []).append(story)
        for replaced in {fact.instance_id, fact.replaces} - {None}:
            self._correct(str(replaced))
        if fact.device_id is not None and fact.number is not None:
            # A correction keeps the number of what it corrects.
            first = fact.replaces or fact.instance_id
            counted = self._numbers.setdefault(fact.device_id, {})
            counted.setdefault(fact.number, set()).add(first)
            last = self._last_number.get(fact.device_id, 0)
            self._last_number[fact.device_id] = max(last, fact.number)

    def _correct(self, instance_id: str) -> None:
        """Puts the first correction behind a submission, in whatever order both came."""
        earlier = self.stories.get(instance_id)
        if earlier is None or earlier.correction is not None:
            return
        later = self._corrections.get(instance_id, ())
        earlier.correction = next((each for each in later if _corrects(each, earlier)), None)

    def form(self, form_id: str, version: str | None = None) -> FormPublished | None:
        """Returns a version of a form, the newest where none is named; None where unknown."""
        known = self.forms.get(form_id, [])
        if version is None:
            return known[-1] if known else None
        return next((form for form in reversed(known) if form.version == version), None)

    def head(self, form: FormPublished, blob: Callable[[str], bytes | None]) -> XFormHead | None:
        """Returns what a form's XML says of itself, read once; None where its bytes are gone.

        Args:
            form: the form.
            blob: gives the bytes of a hash.
        """
        known = self.heads.get(form.xml_sha256)
        if known is None and (content := blob(form.xml_sha256)) is not None:
            known = self.heads.setdefault(form.xml_sha256, xform_head(content))
        return known

    def current(self) -> list[FormPublished]:
        """Returns the newest version of each form that is not closed, in the order of ids."""
        newest = (self.forms[form_id][-1] for form_id in sorted(self.forms))
        return [form for form in newest if not form.closed]

    def device(self, token_sha256: str, now_us: int) -> DeviceEnrolled | None:
        """Returns the device that a secret belongs to; None where it is not let in any more."""
        device = self.devices.get(self._tokens.get(token_sha256, ""))
        if device is None or device.device_id in self.revoked:
            return None
        return None if device.until_us is not None and now_us >= device.until_us else device

    def holes(self, device_id: str) -> tuple[tuple[int, int], ...]:
        """Returns the runs of numbers that a device counted and that have not come, ends included.

        They are on the phone still, or lost with it: somebody should ask.
        """
        numbers = sorted(self._numbers.get(device_id, ()))
        ends = pairwise([0, *numbers] if numbers and numbers[0] > 1 else numbers)
        return tuple((one + 1, other - 1) for one, other in ends if other - one > 1)

    def with_holes(self) -> list[str]:
        """Returns the devices of which some number has not come, without a look at each number."""
        return [
            device_id
            for device_id, last in list(self._last_number.items())
            if len(counted := self._numbers[device_id]) - (0 in counted) < last
        ]

    def came_us(self, device_id: str, number: int) -> int | None:
        """Returns when what a device counted by a number came first; None where it has not."""
        firsts = self._numbers.get(device_id, {}).get(number, ())
        came = (self.stories[each] for each in firsts if each in self.stories)
        return min((story.received.recorded_at_us for story in came), default=None)

    def twice(self, device_id: str) -> tuple[int, ...]:
        """Returns the numbers that a device counted twice: two phones share its key.

        What one of them lost then shows as no hole.
        """
        counted = self._numbers.get(device_id, {})
        return tuple(sorted(number for number, firsts in counted.items() if len(firsts) > 1))

    def awaits_apart(self, organisation_id: str, file_sha256: str) -> bool:
        """Returns whether an organisation named a file of that hash for a submission kept apart."""
        return (organisation_id, file_sha256) in self._apart_files

    def waiting(self) -> int:
        """Returns how many submissions wait for a person."""
        # Taken at once: phones go on sending while somebody counts.
        return sum(story.state == "waiting" for story in list(self.stories.values()))

    def of_organisation(self, organisation_id: str | None) -> Iterator[Story]:
        """Yields what an organisation sent, or what all sent where None; oldest first."""
        # Taken at once: phones go on sending while somebody walks through them.
        for story in list(self.stories.values()):
            if organisation_id in {None, story.received.actor.organisation_id}:
                yield story


def _corrects(later: Story, earlier: Story) -> bool:
    """Returns whether a submission may stand in another's place: never a stranger's, no circle."""
    if later.received.actor.organisation_id != earlier.received.actor.organisation_id:
        return False
    follower: Story | None = later
    while follower is not None:
        if follower is earlier:
            return False
        follower = follower.correction
    return True
