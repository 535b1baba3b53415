"""Examples: one run of each command, shown by its ``--help`` and run for the docs."""

from __future__ import annotations

from typing import Final

EXAMPLES: Final = {
    "new": 'rafiqa new city.rafiqa --name "Old Town" --lon 38.55 --lat 34.9',
    "demo": "rafiqa demo demo.rafiqa --buildings 500 --seed 7",
    "import": "rafiqa import city.rafiqa examples/hazards.geojson --as hazard-areas",
    "imports": "rafiqa imports city.rafiqa --undo d276fcbc91f8813c --dry-run \\\n"
    "    --note 'the wrong district' --confirmed-by second-person",
    "duplicates": "rafiqa duplicates city.rafiqa",
    "review": "rafiqa review city.rafiqa",
    "mappings": "rafiqa mappings city.rafiqa",
    "publish": "rafiqa publish demo.rafiqa public --call 115 --no-sheets \\\n"
    "    --valid-at 2026-10-31 --known-at 2026-10-31",
    "mirror": "rafiqa mirror demo.rafiqa city.gpkg\n"
    "rafiqa mirror demo.rafiqa public.gpkg --public --json",
    "quarantine": "rafiqa quarantine city.rafiqa",
    "account": "rafiqa account demo.rafiqa --from 2024-01-01 --to 2024-12-31 "
    "--known-at 2026-10-31\n"
    "rafiqa account demo.rafiqa --to 2026-10-31 --known-at 2026-10-31 --indicators \\\n"
    "    --compare-known-at 2026-03-31",
    "at": "rafiqa at city.rafiqa --lon 38.551 --lat 34.901 --json",
    "gate": "rafiqa gate demo.rafiqa demo-school --valid-at 2026-10-31 "
    "--known-at 2026-10-31\n"
    "rafiqa gate demo.rafiqa --all",
    "bulk": "mkdir region && cp demo.rafiqa region/one.rafiqa\n"
    "rafiqa bulk gate region gates --valid-at 2026-10-31 --known-at 2026-10-31\n"
    "rafiqa bulk check gates",
    "permit": "rafiqa permit demo.rafiqa list",
    "followup": "rafiqa followup demo.rafiqa --from 2026-04-01 --to 2026-09-30 "
    "--known-at 2026-10-31",
    "report": "rafiqa report demo.rafiqa article7 --from 2025-01-01 --to 2025-12-31 \\\n"
    "    --known-at 2026-10-31\n"
    "rafiqa report demo.rafiqa handover --area h0001 --to 2026-10-31 --lang ar \\\n"
    "    --out handover.pdf",
    "access": "rafiqa access demo.rafiqa --valid-at 2026-10-31",
    "picture": "rafiqa picture examples/pictures/house.png --out shared.jpg --hide 680,690,220,120",
    "vault": "rafiqa vault new city.rafiqa\nrafiqa vault due city.rafiqa",
    "people": "rafiqa people policy city.rafiqa\nrafiqa people list city.rafiqa",
    "reports": "rafiqa reports city.rafiqa --all",
    "plan": "rafiqa plan demo.rafiqa --teams examples/teams.json --days 7 \\\n"
    "    --valid-at 2026-10-31 --known-at 2026-10-31",
    "notices": "rafiqa notices demo.rafiqa --overdue",
    "record": """echo '{"works_id": "well-7", "find_id": "f1", "lay_in": "rubble"}' > find.json
rafiqa record city.rafiqa chance_find find.json""",
    "lot": r"""printf 'id,lon_deg,lat_deg\nheap-1,38.551,34.901\n' > lots.csv
rafiqa import city.rafiqa lots.csv --as rubble-lots
rafiqa lot city.rafiqa heap-1 --state stopped""",
    "papers": "rafiqa papers demo.rafiqa --finds --valid-at 2026-10-31",
    "asset": "rafiqa asset demo.rafiqa b000001 --valid-at 2026-10-31",
    "layers": "rafiqa layers demo.rafiqa",
    "match": "rafiqa match demo.rafiqa demo-buildings demo-buildings --dry-run",
    "export": "rafiqa export demo.rafiqa land-parts released.gpx --valid-at 2026-10-31\n"
    "rafiqa export demo.rafiqa hazards hazards.xlsx --public --json "
    "--valid-at 2026-10-31",
    "places": "rafiqa places examples/places.csv --out places.gazetteer --licence CC0-1.0",
    "tiles": "rafiqa tiles demo.rafiqa --out base.pmtiles --valid-at 2026-10-31",
    "risk": "rafiqa risk city.rafiqa --cell-m 50 --valid-at 2026-10-31",
    "sample": "rafiqa sample --area-m2 10000 --density 0.0005 --detection 0.9 "
    "--confidence 0.95 --tolerance 4\n"
    "rafiqa sample --area-m2 10000 --density 0.0005 --detection 0.9 "
    "--confidence 0.3 --tolerance 4 --share 0.1 --json\n"
    "rafiqa sample --area-m2 4000 --density 0.001 --detection 0.9 --confidence 0.95 \\\n"
    "    --tolerance 9 --quadrat-m 2 --together 5",
    "residual": "rafiqa residual demo.rafiqa h0002 --seeds-laid 60 --seeds-found 58 "
    "--valid-at 2026-10-31",
    "worth": "rafiqa worth demo.rafiqa --clear 20 --survey 1.5 --leave 400 --valid-at 2026-10-31",
    "forms": "rafiqa forms --out forms\nrafiqa forms --read forms/rafiqa_eore_session.xlsx",
    "desk-study": "rafiqa desk-study examples/desk/report.txt --published 2025-03-10",
    "keys": 'rafiqa keys city.rafiqa --authority "Mine Action Office"',
    "certificate": "rafiqa certificate demo.rafiqa --any-released --out paper.pdf",
    "certificates": "rafiqa certificates demo.rafiqa --list status.rfq",
    "verify": "rafiqa verify paper.pdf",
    "check": "rafiqa check demo.rafiqa --json",
    "publish-form": "rafiqa publish-form city.rafiqa examples/field/sighting.xml --record evidence",
    "device": "rafiqa device add city.rafiqa phone-1 --url https://mine-office.example "
    "\\\n    --carrier p-7 --for deminers\n"
    "rafiqa device list city.rafiqa",
    "bundle": "rafiqa bundle city.rafiqa examples/field/instances",
    "submissions": "rafiqa submissions city.rafiqa --out all.zip",
    "attach": "rafiqa attach city.rafiqa old-orchard examples/hazards.geojson --json",
    "erase": "rafiqa erase city.rafiqa import:hazard-areas:old-orchard \\\n"
    '    --cause "The name of the place names a person" --person data-protection',
    "federation": "rafiqa federation card city.rafiqa city.card\n"
    "rafiqa federation share city.rafiqa examples/sharing/national.json national.rfqx\n"
    "rafiqa federation list city.rafiqa",
    "backup-key": "rafiqa backup-key backup.key",
    "backup": "rafiqa backup demo.rafiqa demo.backup --plain",
    "restore": "rafiqa restore demo.backup restored.rafiqa --json",
    "move": "rafiqa move restored.rafiqa moved.rafiqa --json",
    "log": "rafiqa log new demo.rafiqa --origin office.example/evidence/2026\n"
    "rafiqa log publish demo.rafiqa\n"
    "rafiqa log prove demo.rafiqa 17",
    "witness": "rafiqa witness new watch --name un.example/witness",
    "serve": "rafiqa serve demo.rafiqa --port 8321",
    "completion": "rafiqa completion bash --out rafiqa.bash",
}
"""In the order in which they are run, in one folder: later ones read what earlier ones made.

Lines that end in a backslash go on in the next one.
"""


def example_lines(name: str) -> list[str]:
    """Returns the lines of a command's example, as they are typed."""
    return EXAMPLES.get(name, "").splitlines()
