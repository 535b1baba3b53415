"""The endpoints of an account's own page, and of ways in beside login and password."""

from __future__ import annotations

from rafiqa.api import delegationdesk, delegationshape, person, personshape, shape, vouching
from rafiqa.api.route import Endpoint, Param

_TEXT = {"type": "string"}
_RETURNED = tuple(
    Param(name, _TEXT, says)
    for name, says in {
        "code": "What the token is fetched with, once.",
        "state": "What ties the answer to who asked.",
        "iss": "The house that answers (RFC 9207).",
        "session_state": "The house's own.",
        "scope": "The house's own.",
        "error": "Why the house vouches for nobody.",
        "error_description": "The same in words.",
        "error_uri": "Where it says more.",
    }.items()
)

PERSON_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "POST",
        "/api/session/key-question",
        "What to ask a passkey, to sign in by it",
        person.ask_key,
        personshape.KeyQuestion,
        personshape.Asked,
        anybody=True,
    ),
    Endpoint(
        "POST",
        "/api/session/ticket",
        "Sign in once by a ticket, and set a password",
        person.use_a_ticket,
        shape.Session,
        personshape.TicketUsed,
        anybody=True,
    ),
    Endpoint(
        "GET",
        "/api/session/vouched",
        "Go to the house that may vouch for people (OpenID Connect)",
        vouching.go_to_house,
        status=302,
    ),
    Endpoint(
        "GET",
        vouching.RETURN_PATH,
        "Come back from it, signed in",
        vouching.come_back,
        params=_RETURNED,
        status=302,
    ),
    Endpoint(
        "GET",
        "/api/own-account",
        "The own account: its ways in and its sessions",
        person.show_own,
        personshape.OwnAccount,
    ),
    Endpoint(
        "POST",
        "/api/own-account/password",
        "Change the own password; every other session ends",
        person.change_password,
        shape.Session,
        personshape.PasswordChanged,
    ),
    Endpoint(
        "POST",
        "/api/own-account/code-maker",
        "Make the secret of a new code maker",
        person.make_code_maker,
        personshape.CodeMakerMade,
        personshape.PasswordAgain,
    ),
    Endpoint(
        "POST",
        "/api/own-account/code-maker/confirmation",
        "Show a code of a new code maker; it counts from now on",
        person.confirm_code_maker,
        personshape.RecoveryCodes,
        personshape.CodeMakerShown,
    ),
    Endpoint(
        "POST",
        "/api/own-account/code-maker/removal",
        "Take the code maker out",
        person.remove_code_maker,
        shape.Session,
        personshape.CodeMakerGone,
    ),
    Endpoint(
        "POST",
        "/api/own-account/passkeys/question",
        "What to make a new passkey with",
        person.ask_new_key,
        personshape.KeyQuestion,
        personshape.Asked,
    ),
    Endpoint(
        "POST",
        "/api/own-account/passkeys",
        "Enrol a new passkey",
        person.add_key,
        personshape.PasskeyTold,
        personshape.PasskeyMade,
    ),
    Endpoint(
        "POST",
        "/api/own-account/passkeys/removal",
        "Take a passkey out",
        person.remove_key,
        shape.Session,
        personshape.PasskeyGone,
    ),
    Endpoint(
        "POST",
        "/api/own-account/session-ends",
        "End one other session of the own account, or all others",
        person.end_sessions,
        personshape.Ended,
        personshape.SessionsEnded,
    ),
    Endpoint(
        "POST",
        "/api/recoveries",
        "Ask that a colleague be let in anew: the first half of a ticket",
        person.ask_for_recovery,
        personshape.TicketHalf,
        personshape.RecoveryAsked,
    ),
    Endpoint(
        "POST",
        "/api/recoveries/confirmation",
        "Confirm it as a second colleague: the second half of the ticket",
        person.confirm_a_recovery,
        personshape.TicketHalf,
        personshape.RecoveryConfirmed,
    ),
    Endpoint(
        "GET",
        "/api/delegations",
        "Delegations to and by oneself, and what one may hand on, to whom",
        delegationdesk.show_delegations,
        delegationshape.DelegationsTold,
    ),
    Endpoint(
        "POST",
        "/api/delegations",
        "Hand acts of the own role to a colleague until a day",
        delegationdesk.delegate,
        shape.Done,
        delegationshape.DelegationAsked,
        status=201,
    ),
    Endpoint(
        "POST",
        "/api/delegations/{delegation_id}/end",
        "End a delegation before its day",
        delegationdesk.end_delegation_of,
        shape.Done,
        delegationshape.DelegationEndAsked,
        status=201,
    ),
)
