"""Concentration: both indices on cases worked out by hand, and the bounds that what is folded allows."""

import datetime as dt
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.ledger.intervals import Described, LedgerEntry
from generator.ledger.thinning import keep_nights
from generator.publish.build import load_entries
from generator.questions.concentration.tables import Rest, compute_indices, measure_dates
from generator.questions.report import Report
from generator.questions.topics import state_topic
from generator.registry import Registry
from generator.sources.bundled import list_files
from generator.sources.snapshot import read_snapshot
from generator.star.dominant import ALL_MODELS
from generator.star.table import Row
from generator.star.window import read_ledger
from generator.text.say import write
from tests.small import compute_entry, make_publisher, make_registry
from tests.spoken import speak
from tests.test_snapshot import make_models

pytestmark = pytest.mark.slow

REGISTRY = make_registry(make_publisher("east", "CN"), make_publisher("west", "US"))
DATE = dt.date(2026, 10, 8)
counts = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=30).filter(any)


def enter(*rows: dict[str, object]) -> LedgerEntry:
    """Compute the entry of one snapshot."""
    return compute_entry(Described(DATE, "test", "hub"), make_models(*rows), None, None, REGISTRY)


def measure(*rows: dict[str, object]) -> dict[str, Row]:
    """Compute the concentration of one snapshot, by unit."""
    entries = (enter(*rows),)
    reading = read_ledger(keep_nights(entries), REGISTRY)
    found = measure_dates([entry.interval for entry in entries], reading.accounts, reading.named)
    return {row["unit_counted"]: row for row in found}


@pytest.mark.parametrize(
    ("downloads", "hhi", "gini"),
    [
        ([5, 5, 5, 5], 1 / 4, 0),
        ([0, 0, 0, 9], 1, 3 / 4),  # one has all of four: 1 - 1/4
        ([7], 1, 0),
        ([1, 2, 3], 14 / 36, 2 / 9),  # (1 + 4 + 9) / 36; 2 · (1·1 + 2·2 + 3·3) / (3 · 6) - 4/3
        ([3, 1, 2], 14 / 36, 2 / 9),
    ],
)
def test_cases_known_by_hand(downloads: list[float], hhi: float, gini: float) -> None:
    """Equal shares, one monopolist, a hand-worked three; order does not matter."""
    found = compute_indices(downloads)
    assert [hhi, hhi, gini, gini] == pytest.approx(
        [found.hhi_lower, found.hhi_upper, found.gini_lower, found.gini_upper]
    )
    assert f"{round(hhi * 10_000):,}" == speak(write(found.hhi_lower, "hhi"))


def test_a_rest_gives_bounds() -> None:
    """One of 6 and a rest of three with 4, none above 2.

    Equal: 4/3 each, HHI (36 + 3 · 16/9) / 100. Uneven: 2, 2 and 0, HHI (36 + 8) / 100, and the Gini of
    0, 2, 2, 6: 2 · (4 + 6 + 24) / (4 · 10) - 5/4 = 0.45; of 4/3 three times and 6: 2 · (8 + 24) / 40 - 5/4 = 0.35.
    """
    found = compute_indices([6], Rest(3, 4, 2))
    assert [(36 + 16 / 3) / 100, 0.44, 0.35, 0.45] == pytest.approx(
        [found.hhi_lower, found.hhi_upper, found.gini_lower, found.gini_upper]
    )


def _divide(downloads: int, units: int, most: int) -> list[tuple[int, ...]]:
    """List every way to divide whole downloads among units, none above `most`."""
    ways = product(range(min(downloads, most) + 1), repeat=units)
    return [way for way in ways if sum(way) == downloads]


@pytest.mark.parametrize(
    ("known", "rest"),
    [
        ([6], Rest(3, 4, 2)),
        ([1, 5], Rest(2, 4, 3)),
        ([9, 2], Rest(3, 5, 2, parts=2)),
        ([4, 4, 1], Rest(2, 1, 1, parts=3)),
        ([7, 1], Rest(0, 0, 0, parts=2)),
    ],
)
def test_no_way_to_divide_the_rest_leaves_the_bounds(known: list[int], rest: Rest) -> None:
    """Every division in whole downloads, of the rest among its units and of the parts among the known ones."""
    bounds = compute_indices(known, rest)
    ways = [
        compute_indices([value + part for value, part in zip(known, parts, strict=True)] + list(own))
        for own in _divide(int(rest.downloads), rest.units, int(rest.most))
        for parts in _divide(int(rest.parts), len(known), int(rest.parts))
    ]
    for name in ("hhi", "gini"):
        found = [getattr(way, f"{name}_lower") for way in ways]
        assert getattr(bounds, f"{name}_lower") <= min(found) + 1e-12
        # One of the ways is as uneven as can be, so the upper bound is reached.
        assert max(found) == pytest.approx(getattr(bounds, f"{name}_upper"))


def test_publishers_whose_rows_are_all_folded_stay_in_the_count() -> None:
    """East has 4 billion, so rows under 1,000 are folded.

    Wide reaches the floor of publishers with two classes of 300 and is folded whole; of Part, with 2,000 in one class,
    the 400 in another are folded. Four publishers, two of them by name.
    """
    found = enter(
        {"id": "east/x", "downloads_30d": 4_000_000_000},
        {"id": "wide/x", "downloads_30d": 300, "task": "text-generation"},
        {"id": "wide/y", "downloads_30d": 300, "task": "text-to-image"},
        {"id": "part/x", "downloads_30d": 2_000, "task": "text-generation"},
        {"id": "part/y", "downloads_30d": 400, "task": "text-to-image"},
        {"id": "tiny/x", "downloads_30d": 40},
    )
    interval = found.interval
    assert (interval.folded_publishers, interval.folded_most, interval.folded_parts) == (2, 600, 400)
    reading = read_ledger(keep_nights((found,)), REGISTRY)
    publishers = measure_dates([interval], reading.accounts, reading.named)[0]
    true = compute_indices([4_000_000_000, 600, 2_400, 40])
    assert (publishers["units"], publishers["units_known"]) == (4, 2)
    assert publishers["gini_lower"] <= true.gini_lower <= publishers["gini_upper"]
    assert publishers["hhi_lower"] <= true.hhi_lower <= publishers["hhi_upper"]


@pytest.fixture(scope="module")
def bundled(registry: Registry) -> dict[tuple[dt.date, str], Row]:
    """Of the bundled data on every date, also those that the report thins out, by date and unit."""
    entries = load_entries(None, registry)
    reading = read_ledger(keep_nights(entries), registry)
    found = measure_dates([entry.interval for entry in entries], reading.accounts, reading.named)
    return {(row["as_of"], row["unit_counted"]): row for row in found}


@pytest.mark.parametrize("path", list_files(), ids=lambda path: path.stem)
def test_the_true_indices_of_the_bundled_data_lie_within_the_bounds(
    path: Path, bundled: dict[tuple[dt.date, str], Row], registry: Registry
) -> None:
    """Publishers counted one by one from the snapshot itself, the folded ones too."""
    publishers, models = (bundled[dt.date.fromisoformat(path.stem), unit] for unit in ("publishers", "models"))
    rows = read_snapshot(path, columns=["id", "downloads_30d"]).to_pandas()
    counts = rows["downloads_30d"].fillna(0).astype("float64")
    handles = rows["id"].str.partition("/")[0].map(registry.canonical)
    accounts = counts.groupby(handles).sum()
    assert publishers["units"] == len(accounts)
    for row, each in ((publishers, accounts), (models, counts)):
        true = compute_indices(each.to_numpy())
        assert row["gini_lower"] - 1e-12 <= true.gini_lower <= row["gini_upper"] + 1e-12
        assert row["hhi_lower"] - 1e-12 <= true.hhi_lower <= row["hhi_upper"] + 1e-12


def test_the_rest_can_leave_a_part() -> None:
    """A rest of four with 5, none above 2: at its most uneven 2, 2, 1 and 0; HHI (25 + 4 + 4 + 1) / 100."""
    assert 0.34 == pytest.approx(compute_indices([5], Rest(4, 5, 2)).hhi_upper)


def test_nothing_downloaded_is_no_concentration() -> None:
    """There is nothing to be a share of."""
    with pytest.raises(ValueError, match="No unit has downloads"):
        compute_indices([0, 0])


@given(counts)
def test_the_indices_stay_within_their_limits(downloads: list[int]) -> None:
    """HHI from 1/n to 1, Gini from 0 to 1 - 1/n."""
    found = compute_indices(downloads)
    size = len(downloads)
    assert 1 / size - 1e-9 <= found.hhi_lower <= 1 + 1e-9
    assert -1e-9 <= found.gini_lower <= 1 - 1 / size + 1e-9


@given(counts, st.integers(min_value=1, max_value=50), st.integers(min_value=1, max_value=1000))
def test_the_lower_bounds_are_not_above_the_upper(downloads: list[int], units: int, most: int) -> None:
    """Whatever the rest is, equal is the least concentrated and uneven the most."""
    found = compute_indices(downloads, Rest(units, units * most / 2, most))
    assert found.hhi_lower <= found.hhi_upper + 1e-12
    assert found.gini_lower <= found.gini_upper + 1e-12


def test_publishers_countries_and_models_of_one_date() -> None:
    """East 600 (400 and 200), West 400, Someone, whom nobody reviewed, 1,000: four models, three publishers."""
    found = measure(
        {"id": "east/x", "downloads_30d": 400},
        {"id": "east/y", "downloads_30d": 200},
        {"id": "west/x", "downloads_30d": 400},
        {"id": "someone/x", "downloads_30d": 1000},
    )
    assert [("publishers", 3, 0.5), ("countries", 2, 0.6), ("models", 4, 0.5)] == [
        (row["unit_counted"], row["units"], row["share_largest"]) for row in found.values()
    ]
    assert [0.38, 0.52, 0.34] == pytest.approx([row["hhi_lower"] for row in found.values()])


def test_both_bases_of_the_largest_share_are_named(bundled_report: Report) -> None:
    """Of what a country is given, and of all: the second is the share that other pages show."""
    table = bundled_report.table(ALL_MODELS)
    part = table.places[0].downloads / sum(row.downloads for row in table.places)
    said = speak(state_topic("concentration", bundled_report)["bases"])
    assert said == (
        f"By models in {bundled_report.data.scope.name}: Models from the largest country account for {part:.1%} of the "
        f"downloads that are attributed to a country, and for {table.places[0].share:.1%} of all downloads."
    )


def test_folded_publishers_widen_the_bounds() -> None:
    """East 900 and two small accounts of 60 and 40: together 100 of 1,000, none above 60."""
    found = measure(
        {"id": "east/x", "downloads_30d": 900},
        {"id": "small/x", "downloads_30d": 60},
        {"id": "tiny/x", "downloads_30d": 40},
    )["publishers"]
    assert [3, 1, 0.1] == [found[name] for name in ("units", "units_known", "share_rest")]
    equal, uneven = 0.81 + 2 * 0.05**2, 0.81 + 0.06**2 + 0.04**2
    assert [equal, uneven] == pytest.approx([found["hhi_lower"], found["hhi_upper"]])


def test_a_date_without_thirty_day_counts_has_none() -> None:
    """Counters alone are no downloads of thirty days."""
    assert {} == measure({"id": "east/x", "downloads_all_time": 400})
