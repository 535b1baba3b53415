"""``rafiqa layers``: every version of every reference layer, and whether its bytes are its own."""

from __future__ import annotations

import argparse

from rafiqa.cli.session import DONE, REFUSED, add_common, add_times, as_of, office_of, output_of
from rafiqa.locale import text
from rafiqa.service import LayerVersion, layer_json, layer_versions


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the command's arguments."""
    add_common(parser)
    add_times(parser)


def run(args: argparse.Namespace) -> int:
    """Returns 0 where every version is whole, 1 where the bytes of one are missing or changed."""
    office, times = office_of(args), as_of(args)
    versions = layer_versions(office, times.valid_at_us, times.known_at_us)
    lines = [line for each in versions for line in _lines(each, args.lang)]
    answer = {"layers": [layer_json(each) for each in versions]}
    output_of(args).show(answer, lines or [text("cli.layers.none", {}, args.lang)])
    return DONE if all(each.content == "whole" for each in versions) else REFUSED


def _lines(version: LayerVersion, lang: str) -> list[str]:
    told = layer_json(version)
    state = text("cli.layers.stands" if version.stands else "cli.layers.superseded", {}, lang)
    params: dict[str, str | int] = {
        "layer": told["layer_id"],
        "number": told["version"],
        "rows": told["rows"],
        "kind": told["kind"],
        "source": told["source"] or "–",
        "recorded_at": told["recorded_at"],
        "state": state,
        "sha256": told["sha256"],
    }
    lines = [text("cli.layers.version", params, lang)]
    if version.content != "whole":
        code = f"service.layer.{version.content}"
        lines.append("  " + text(code, params, lang))
        lines.append("  " + text(f"{code}.next", params, lang))
    return lines
