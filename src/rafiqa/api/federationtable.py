"""The endpoints of exchange with other authorities."""

from __future__ import annotations

from rafiqa.api import federationdesk, federationshape
from rafiqa.api.route import Endpoint

FEDERATION_ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/federation",
        "What other authorities say and what was taken from them, for who takes it in",
        federationdesk.show_federation,
        federationshape.FederationTold,
    ),
    Endpoint(
        "POST",
        "/api/federation/bundles",
        "Take another authority's bundle in; what it calls released opens nothing",
        federationdesk.take_in_bundle,
        federationshape.BundleDone,
        federationshape.BundleSent,
        status=201,
    ),
    Endpoint(
        "POST",
        "/api/federation/peers",
        "Pin another authority's key by the fingerprint that they told",
        federationdesk.pin_peer,
        federationshape.ExchangeActed,
        federationshape.PeerAsked,
        status=201,
    ),
    Endpoint(
        "POST",
        "/api/federation/peers/{peer_id}/revocation",
        "Take nothing more by another authority's key",
        federationdesk.revoke_peer_key,
        federationshape.ExchangeActed,
        federationshape.RevocationAsked,
        status=201,
    ),
    Endpoint(
        "POST",
        "/api/federation/takeovers",
        "Take one release of another authority over, by two persons",
        federationdesk.take_release_over,
        federationshape.ExchangeActed,
        federationshape.TakeOverAsked,
        status=201,
    ),
)
