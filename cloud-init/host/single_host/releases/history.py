"""What has been released here, for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .. import console
from . import records

SHORT = 12 + len("sha256:")


def show(as_json: bool) -> None:
    found, present = records.read_all(), records.current()
    if as_json:
        rows = [{**record.summary(), "current": record == present} for record in found]
        console.show(json.dumps(rows))
        return
    if not found:
        console.show("no releases yet; `cdktf deploy` makes the first record")
    for record in found:
        mark = "*" if record == present else " "
        what = f"{record.kind} of {record.of}" if record.of else record.kind
        console.show(f"{mark} {record.number:>4}  {record.at}  {what:<14} {record.outcome:<6} {record.seconds:>4} s  {record.by}")
        for row in columns([(name, short(image.asked, image.reference)) for name, image in sorted(record.images.items())]):
            console.show(f"           {row}")
        if record.backup:
            console.show(f"           backup before the migration: {record.backup}")
        if record.reason:
            console.show(f"           {record.reason.splitlines()[0]}")


def current() -> dict[str, Any] | None:
    """For `status`."""
    record = records.current()
    return record.summary() if record else None


def failed_since() -> dict[str, Any] | None:
    """For `status`: the newest attempt, when it is none that came into force."""
    newest = next(iter(records.read_all()), None)
    return newest.summary() if newest and newest.outcome == records.FAILED else None


def title(summary: Mapping[str, Any]) -> str:
    what = f"{summary['kind']} of record {summary['of']}" if summary["of"] else summary["kind"]
    return f"record {summary['number']}, {what} by {summary['by']}"


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """As wide as their longest cell; the last one ends the line."""
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def short(asked: str, reference: str) -> str:
    """An image as somebody asked for it, and enough of its digest to tell it from another."""
    repository, _, digest = reference.partition("@")
    if not digest:
        return reference or f"{asked}  no image yet"
    return f"{asked.partition('@')[0] or repository}  {digest[:SHORT]}"
