"""Verifies the audit log of a server from its records alone.

with corral.connect(url) as client:
    problem = audit.verify(client.access.audit(limit=1000))
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["digest", "verify"]


def digest(record: Mapping[str, Any]) -> str:
    """The hash that belongs to a record: SHA-256 of the canonical JSON (RFC 8785) of its other members."""
    members = {key: _canonical(value) for key, value in record.items() if key != "hash"}
    text = json.dumps(members, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def verify(records: Iterable[Mapping[str, Any]]) -> str | None:
    """What is wrong with the first record that does not belong, or None for a log that is whole.

    `records` are all of them, from the first one on.
    """
    link, sequence = "0" * 64, 0
    for record in records:
        sequence += 1
        if record["sequence"] != sequence:
            return f"record {sequence} is missing: {record['sequence']} follows"
        if record["hash"] != digest(record):
            return f"record {sequence} was changed: its hash is of something else"
        if record["previous"] != link:
            return f"record {sequence} does not follow the one before it"
        link = record["hash"]
    return None


def _canonical(value: Any) -> Any:
    """Whole floats as ECMAScript prints them."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items()}
    return [_canonical(item) for item in value] if isinstance(value, list) else value
