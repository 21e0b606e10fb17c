"""A small ledger with families, openness and video, whose every number is known by hand."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from generator.base.scope import Scope
from generator.ledger.intervals import Described, LedgerEntry
from generator.ledger.thinning import keep_nights
from generator.questions.ground import Ground
from generator.registry import Family, Openness, Registry
from generator.star.definitions import WINDOWS, Definition
from generator.star.window import read_ledger
from tests.small import compute_entry, make_publisher, make_registry
from tests.test_snapshot import make_models

FIRST, LAST = dt.date(2026, 9, 8), dt.date(2026, 10, 8)


def make_openness(family: str, grade: str, **changes: str) -> Openness:
    """Make a row of the registry of openness."""
    facts = {
        "weights": "open",
        "training_data": "undisclosed",
        "training_code": "none",
        "license": "apache-2.0",
        "license_class": "open",
        "technical_report": "yes",
        "source_url": "https://example.org/report",
        "note": "",
    } | changes
    return Openness(family=family, grade=grade, checked_on=dt.date(2026, 11, 1), **facts)


REGISTRY: Registry = replace(
    make_registry(
        make_publisher("east", "CN"),
        make_publisher("west", "US", organisation="OpenAI"),
        make_publisher("lab", "US", organisation="Allen Institute for AI", kind="non-profit"),
        make_publisher("someone", "", kind="person"),
    ),
    families=(
        Family("East", "east", "east", "language", ""),
        Family("East-2", "east-2", "east", "language", ""),
        Family("West", "west", "west", "language", ""),
        Family("Olm", "olm", "lab", "language", ""),
        Family("Film", "film", "east", "video", ""),
    ),
    openness=(
        make_openness("East", "open-weights"),
        make_openness("West", "restricted-weights"),
        make_openness("Olm", "fully-open", training_data="released", training_code="released"),
    ),
)
CREATED = dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
# 1,000 downloads.
MODELS: tuple[dict[str, object], ...] = (
    {"id": "east/East-1-7B", "downloads_30d": 600, "parameters": 7_000_000_000, "license": "apache-2.0"},
    # Its files state packed numbers; its name tells the size.
    {"id": "someone/East-2-70B-GGUF", "downloads_30d": 100, "parameters": 2_000_000_000},
    {"id": "west/West-9B", "downloads_30d": 200, "parameters": 9_000_000_000, "license": "llama3.1"},
    {"id": "lab/Olm-0.5B", "downloads_30d": 50, "parameters": 500_000_000, "license": "apache-2.0"},
    {"id": "west/thing", "downloads_30d": 50, "license": "cc-by-nc-4.0"},
)
# 100 more of video: 60 by a family's name, 30 and 10 by their task; Film is East's, whoever uploads it.
VIDEOS: tuple[dict[str, object], ...] = (
    {"id": "someone/Film-fp8", "downloads_30d": 60, "task": None},
    {"id": "west/moving", "downloads_30d": 30, "task": "text-to-video"},
    {"id": "east/still", "downloads_30d": 10, "task": "image-to-video"},
)


def enter(
    *models: dict[str, object], end: dt.date = LAST, previous: dt.date | None = None, registry: Registry = REGISTRY
) -> LedgerEntry:
    """Compute the interval that a snapshot of models closes."""
    rows = [{"created_at": CREATED, "task": "text-generation"} | model for model in models]
    return compute_entry(Described(end, "a test", "selection"), make_models(*rows), None, previous, registry)


def make_ground(*entries: LedgerEntry, registry: Registry = REGISTRY) -> Ground:
    """Make what topics are computed from, with the windows that have numbers."""
    reading = read_ledger(keep_nights(entries), registry)
    days = reading.days
    tables = {
        definition: days.compute(definition, days.places[-1:])
        for definition in (Definition(window, "all", "publisher") for window in WINDOWS)
    }
    return Ground(
        reading=reading,
        registry=registry,
        scope=Scope("selection", "a test"),
        headline=Definition("30d", "all", "publisher"),
        histories={definition: tuple(found) for definition, found in tables.items() if found},
    )


def scale(models: Sequence[dict[str, object]], downloads: Sequence[int]) -> list[dict[str, object]]:
    """Return models with other downloads."""
    return [model | {"downloads_30d": count} for model, count in zip(models, downloads, strict=True)]
