"""A small form of the tests' own, and filled instances of it as a phone writes them."""

from __future__ import annotations

FORM_XML = b"""<?xml version="1.0"?>
<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
  xmlns:orx="http://openrosa.org/xforms" xmlns:odk="http://www.opendatakit.org/xforms">
 <h:head><h:title>Sighting</h:title><model odk:xforms-version="1.0.0">
  <instance><data id="sighting" version="3"><kind/><evidence_source/><observed_on/><geometry/>
   <statement/><photo/><meta><instanceID/></meta></data></instance>
  <instance id="hazards" src="jr://file-csv/hazards.csv"/>
  <bind nodeset="/data/kind" type="string"/>
  <bind nodeset="/data/geometry" type="geoshape"/>
  <bind nodeset="/data/photo" type="binary"/>
  <bind nodeset="/data/meta/instanceID" type="string"/>
 </model></h:head><h:body/></h:html>
"""
POINT = "34.9000000 38.5500000 410 5.0"


def filled_form(
    instance_id: str,
    *,
    place: str = POINT,
    photo: str = "",
    kind: str = "eo_seen",
    replaces: str = "",
    statement: str = "",
    form: str = 'id="sighting" version="3"',
) -> bytes:
    """The XML of a filled sighting."""
    edit = f"<orx:deprecatedID>{replaces}</orx:deprecatedID>" if replaces else ""
    name = f"<orx:instanceID>{instance_id}</orx:instanceID>" if instance_id else ""
    return f"""<?xml version='1.0' ?><data xmlns:orx="http://openrosa.org/xforms" {form}>
<kind>{kind}</kind><evidence_source>visual</evidence_source><observed_on>2026-01-02</observed_on>
<geometry>{place}</geometry><statement>{statement}</statement><photo>{photo}</photo>
<orx:meta>{name}{edit}</orx:meta></data>""".encode()
