"""The endpoints of people harmed and people warned."""

from __future__ import annotations

from rafiqa.api import peopledesk, peopleshape, shape, vaultdesk, vaultshape
from rafiqa.api.route import Endpoint

PEOPLE_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/people",
        "Accidents with their inquiries, where help stands by pseudonym, and the forms, for staff",
        peopledesk.show_people,
        peopleshape.PeopleTold,
    ),
    Endpoint(
        "POST",
        "/api/people/{kind}",
        "Put a session of risk education, a step of an inquiry or a step of help on record",
        peopledesk.put_people,
        shape.Done,
        peopleshape.RecordAsked,
        status=201,
    ),
    Endpoint(
        "GET",
        "/api/vault",
        "How the vault stands and who looked into it, never at whom, for who notes help",
        vaultdesk.show_vault,
        vaultshape.VaultTold,
    ),
)
