"""The registry: hand-kept facts about publishers, countries and model families, one fact a line, with sources."""

from generator.registry.load import (
    INTERNATIONAL,
    UNAFFILIATED,
    UNREVIEWED,
    Canary,
    Correction,
    Country,
    Family,
    LaunchDate,
    Openness,
    PublishedFigure,
    Publisher,
    Reading,
    Registry,
    load_registry,
    read_corrections,
)

__all__ = [
    "INTERNATIONAL",
    "UNAFFILIATED",
    "UNREVIEWED",
    "Canary",
    "Correction",
    "Country",
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
