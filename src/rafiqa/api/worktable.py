"""The endpoints of the desk's pages of work: submissions from the field, and imports."""

from __future__ import annotations

from rafiqa.api import (
    importdesk,
    importshape,
    pairdesk,
    risk,
    riskshape,
    shape,
    submissiondesk,
    submissionshape,
)
from rafiqa.api.reply import RAW
from rafiqa.api.route import Endpoint, Param

_TEXT = {"type": "string"}
_SKIP = Param("skip", {"type": "integer", "minimum": 0}, "How many of them to leave out.")
_SUBMISSION = "/api/reviews/{submission_id:path}"

WORK_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/risk",
        "How likely contamination is, with its width; at a place why, and what would turn it",
        risk.show_risk,
        riskshape.Risk,
        params=(
            Param("lon", {"type": "number"}, "With lat: at this place."),
            Param("lat", {"type": "number"}, "Degrees north."),
        ),
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/risk/picture",
        "The same as a picture to lay over a map",
        risk.show_risk_picture,
        media_type=risk.PNG,
        params=(
            Param("shown", {"type": "string", "enum": ["p", "width"]}, "Probability or width."),
        ),
        timed=True,
    ),
    Endpoint(
        "GET",
        "/api/reviews",
        "Submissions from the field: the queue of who reviews, or what one's organisation sent",
        submissiondesk.show_submissions,
        submissionshape.Submissions,
        params=(
            Param("form", _TEXT, "Only of this form."),
            Param(
                "state", {"type": "string", "enum": [*submissiondesk.STATES]}, "Only in this state."
            ),
            Param("from", _TEXT, "Only received from this day on."),
            Param("to", _TEXT, "Only received until this day, included."),
            _SKIP,
        ),
    ),
    Endpoint(
        "GET",
        f"{_SUBMISSION}/files/{{name}}",
        "A file of a submission",
        submissiondesk.show_submission_file,
        media_type=RAW,
    ),
    Endpoint(
        "GET",
        _SUBMISSION,
        "One submission in words, with its places, its files, and what became of it",
        submissiondesk.show_submission,
        submissionshape.SubmissionSheet,
    ),
    Endpoint(
        "POST",
        "/api/submissions/{submission_id:path}/review",
        "Accept a submission, send it back or refuse it",
        submissiondesk.judge_submission,
        shape.Done,
        submissionshape.Review,
        status=201,
    ),
    Endpoint(
        "GET",
        "/api/imports",
        "Every import, and what one may take in and take back, for whoever is signed in",
        importdesk.show_imports,
        importshape.Imports,
    ),
    Endpoint(
        "PUT",
        "/api/uploads/{digest}/{part:whole}",
        "Send one part of a file to be imported, 256 KiB but for the last",
        importdesk.put_upload,
        importshape.UploadHere,
        params=(Param("of", {"type": "integer", "minimum": 1}, "Bytes of the whole file.", True),),
        raw=True,
    ),
    Endpoint(
        "POST",
        "/api/imports",
        "Take in a file that was sent, or say what would become of it",
        importdesk.take_in,
        importshape.ImportTold,
        importshape.ImportAsked,
    ),
    Endpoint(
        "POST",
        "/api/imports/{import_id}/undo",
        "Take back what an import brought, confirmed by a second person, or say what would stay",
        importdesk.undo,
        importshape.UndoTold,
        importshape.UndoAsked,
    ),
    Endpoint(
        "GET",
        "/api/duplicates",
        "Records of two sources that may be of one thing, for staff",
        pairdesk.show_pairs,
        importshape.Pairs,
        params=(Param("every", {"type": "string", "enum": ["true"]}, "Those decided on, too."),),
    ),
    Endpoint(
        "POST",
        "/api/duplicates",
        "Say whether two records are of one thing; both stay on record",
        pairdesk.decide_on_pair,
        shape.Done,
        importshape.PairAsked,
        status=201,
    ),
    Endpoint(
        "GET",
        "/api/quarantine",
        "What was refused and kept, for who may see it",
        pairdesk.show_quarantine,
        importshape.Quarantine,
        params=(_SKIP,),
    ),
    Endpoint(
        "GET",
        "/api/quarantine/{quarantine_id:path}/original",
        "The bytes of something in the quarantine, as they came",
        pairdesk.show_original,
        media_type=RAW,
    ),
)
