"""Specifications of Vega-Lite as plain values: layers with their rows, tests, marks and channels.

Objects of a library for them took longer to build, copy and write than the engine takes to draw the picture
(November 2026). The tests read every kind of picture with Altair, which knows the schema.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

# A layer, a picture, or a part of one.
Spec: TypeAlias = dict[str, Any]

# What the engine speaks.
SCHEMA: Final = "https://vega.github.io/schema/vega-lite/v6.4.1.json"
_KINDS: Final = {"Q": "quantitative", "T": "temporal", "N": "nominal", "O": "ordinal"}
# Digits of a hash that tell the rows of one picture apart.
_DIGITS: Final = 32


def layer(
    kind: str,
    encoding: Mapping[str, Any],
    *,
    data: Spec | None = None,
    tests: Sequence[Spec] = (),
    transform: Sequence[Spec] = (),
    **look: Any,
) -> Spec:
    """Return a layer of marks.

    Args:
        kind: of its marks, such as `bar`.
        encoding: channels by name.
        data: rows of its own; without them those of the picture.
        tests: that its rows pass.
        transform: what is done with the rows after that.
        look: of its marks, the same for all.
    """
    done = [*({"filter": test} for test in tests), *transform]
    return {
        **({"data": data} if data else {}),
        **({"transform": done} if done else {}),
        "mark": {"type": kind, **look},
        "encoding": dict(encoding),
    }


def join(layers: Sequence[Spec], **more: Any) -> Spec:
    """Return layers above each other as one."""
    return {"layer": list(layers), **more}


def encode(name: str, kind: str = "", **more: Any) -> Spec:
    """Return a channel of a column: its kind is Q, T, N or O; none for the far end of another channel."""
    return {"field": name, **({"type": _KINDS[kind]} if kind else {}), **more}


def constant(value: Any) -> Spec:
    """Return a channel that is the same for all marks."""
    return {"value": value}


def choose(test: Spec, yes: Any, no: Any) -> Spec:
    """Return a channel of two constants."""
    return {"condition": {"test": test, "value": yes}, "value": no}


def equal(name: str, wanted: Any) -> Spec:
    """Return the test that a column has a value."""
    return {"field": name, "equal": wanted}


def one_of(name: str, wanted: Sequence[Any]) -> Spec:
    """Return the test that a column has one of some values."""
    return {"field": name, "oneOf": list(wanted)}


def build_data(rows: Sequence[Mapping[str, Any]]) -> Spec:
    """Put rows into a layer as they are."""
    return {"values": [dict(row) for row in rows]}


def name_data(spec: Spec) -> Spec:
    """Return a picture whose rows stand once, under names, however many layers show them."""
    rows: dict[str, Any] = {}
    return {"$schema": SCHEMA, **_take_rows(spec, rows), "datasets": rows}


def _take_rows(spec: Mapping[str, Any], rows: dict[str, Any]) -> Spec:
    """Return a layer with the names of its rows, which are put beside the others."""
    taken = dict(spec)
    if "values" in taken.get("data", {}):
        taken["data"] = _name_rows(taken["data"], rows)
    if "transform" in taken:
        taken["transform"] = [_take_joined(each, rows) for each in taken["transform"]]
    if "layer" in taken:
        taken["layer"] = [_take_rows(each, rows) for each in taken["layer"]]
    return taken


def _take_joined(step: Spec, rows: dict[str, Any]) -> Spec:
    """Return a step of a layer with the name of the rows that it joins."""
    source = step.get("from")
    return {**step, "from": {**source, "data": _name_rows(source["data"], rows)}} if source else step


def _name_rows(data: Spec, rows: dict[str, Any]) -> Spec:
    values = data["values"]
    text = json.dumps(values, sort_keys=True, default=str)
    name = f"data-{hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]}"
    rows[name] = values
    return {"name": name, **{key: own for key, own in data.items() if key != "values"}}
