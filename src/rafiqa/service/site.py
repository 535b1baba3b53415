"""Open a site: the first fact of a ledger."""

from __future__ import annotations

from rafiqa.errors import Fault, InvalidInput
from rafiqa.geo import SiteFrame
from rafiqa.land import Actor, SiteOpened
from rafiqa.service.act import NOW, Stamp, carry_out, on_record
from rafiqa.service.office import Office
from rafiqa.service.outcome import Acted


def open_site(office: Office, actor: Actor, fact: SiteOpened, stamp: Stamp = NOW) -> Acted:
    """Returns the act of opening an empty store for a site.

    Raises:
        InvalidInput: the store already has a site, or no plane can stand at the origin.
    """
    if office.facts() and not on_record(office, stamp):
        raise InvalidInput(Fault("service.site.exists", "STORE"))
    SiteFrame(fact.origin.lon_deg, fact.origin.lat_deg)
    return carry_out(office, actor, "open_site", "site", fact, stamp=stamp)
