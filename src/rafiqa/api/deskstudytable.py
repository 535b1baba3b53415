"""The endpoints of documents at the desk."""

from __future__ import annotations

from rafiqa.api import deskstudy, deskstudyshape, shape, studyintake
from rafiqa.api.reply import RAW
from rafiqa.api.route import Endpoint, Param

_ONE = "/api/study/{document_id}"

STUDY_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/study",
        "Documents read at a desk, for who decides on what they may say",
        deskstudy.show_study,
        deskstudyshape.StudyDocuments,
        params=(
            Param("skip", {"type": "integer", "minimum": 0}, "How many of them to leave out."),
        ),
    ),
    Endpoint(
        "GET",
        f"{_ONE}/original",
        "The bytes of a document as they came",
        deskstudy.show_study_original,
        media_type=RAW,
    ),
    Endpoint(
        "GET",
        f"{_ONE}/pages/{{page:whole}}",
        "The picture of one page of a PDF",
        deskstudy.show_study_page,
        media_type=deskstudy.PNG,
    ),
    Endpoint(
        "GET",
        _ONE,
        "One document beside the candidates that were proposed from it",
        deskstudy.show_study_document,
        deskstudyshape.DocumentSheet,
    ),
    Endpoint(
        "POST",
        "/api/documents",
        "Keep a document that was sent, and propose what its sentences may say",
        studyintake.take_document,
        deskstudyshape.DocumentTaken,
        deskstudyshape.DocumentBrought,
        status=201,
    ),
    Endpoint(
        "POST",
        "/api/claims/{claim_id:path}/review",
        "Accept, edit or reject a candidate, say that it cannot be told, or take that back",
        deskstudy.decide_on_claim,
        shape.Done,
        deskstudyshape.ClaimReview,
        status=201,
    ),
)
