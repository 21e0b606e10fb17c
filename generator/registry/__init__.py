"""Hand-kept facts about publishers, countries and families, one a line, with sources."""

from generator.registry.load import load_registry, read_corrections
from generator.registry.records import (
    EVENT_KINDS,
    INTERNATIONAL,
    KINDS,
    TASK_GROUPS,
    UNAFFILIATED,
    UNREVIEWED,
    Canary,
    Correction,
    Country,
    Event,
    Family,
    LaunchDate,
    Openness,
    PublishedFigure,
    Publisher,
    Reading,
    Registry,
)

__all__ = [
    "EVENT_KINDS",
    "INTERNATIONAL",
    "KINDS",
    "TASK_GROUPS",
    "UNAFFILIATED",
    "UNREVIEWED",
    "Canary",
    "Correction",
    "Country",
    "Event",
    "Family",
    "LaunchDate",
    "Openness",
    "PublishedFigure",
    "Publisher",
    "Reading",
    "Registry",
    "load_registry",
    "read_corrections",
]
