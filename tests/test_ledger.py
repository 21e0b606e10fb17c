"""Flows: what was downloaded between two snapshots."""

import datetime as dt

import narwhals as nw
import pandas as pd
import pyarrow as pa
import pytest

from generator.ledger.flows import split_years
from generator.ledger.intervals import SMALL, Anomaly, Described, LedgerEntry, compute_flows, is_repeated
from generator.ledger.pairs import read_pair
from generator.ledger.thinning import keep_nights
from generator.registry import Registry
from generator.star.window import read_ledger
from tests.small import compute_entry, make_publisher, make_registry
from tests.test_snapshot import make_models

REGISTRY = make_registry(make_publisher("east", "CN"), make_publisher("west", "US"))
MAY_1 = dt.date(2026, 5, 1)


def utc(text: str) -> dt.datetime:
    """Return a moment in UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def enter(
    now: list[dict[str, object]],
    before: list[dict[str, object]] | None,
    days: int,
    registry: Registry = REGISTRY,
) -> LedgerEntry:
    """Compute the interval of so many days that begins after 1 May 2026."""
    head = Described(MAY_1 + dt.timedelta(days=days), "test", "hub")
    previous = make_models(*before) if before is not None else None
    return compute_entry(head, make_models(*now), previous, MAY_1 if before is not None else None, registry)


def test_a_counters_difference_is_the_flow() -> None:
    """1,000 before and 1,700 now are 700 downloads."""
    found = enter(
        [{"id": "east/x", "downloads_30d": 900, "downloads_all_time": 1700}],
        [{"id": "east/x", "downloads_30d": 800, "downloads_all_time": 1000}],
        days=7,
    )
    assert ["counter", 7, 0, [700.0]] == [
        found.interval.basis, found.interval.covered_days, found.interval.gap_days, found.flows["flow"].tolist(),
    ]  # fmt: skip


def test_a_counter_that_fell_counts_as_nothing_and_is_listed() -> None:
    """5,000 before and 3,000 now: no downloads, one anomaly; a fall of 999 is not worth a line."""
    found = enter(
        [{"id": "east/x", "downloads_all_time": 3000}, {"id": "east/y", "downloads_all_time": 1}],
        [{"id": "east/x", "downloads_all_time": 5000}, {"id": "east/y", "downloads_all_time": 1000}],
        days=1,
    )
    assert 0.0 == found.flows["flow"].sum()
    assert (Anomaly("counter-fell", "east/x", 5000, 3000),) == found.interval.anomalies


def test_a_model_created_within_the_interval_started_at_nothing() -> None:
    """Its whole counter is its flow."""
    found = enter(
        [
            {"id": "east/old", "downloads_all_time": 10},
            {"id": "east/new", "downloads_30d": 40, "downloads_all_time": 40, "created_at": utc("2026-05-03")},
        ],
        [{"id": "east/old", "downloads_all_time": 10}],
        days=7,
    )
    assert [40.0, "counter", 1] == [found.flows["flow"].sum(), found.interval.basis, found.interval.added]


def test_a_model_that_appeared_but_is_older_flows_at_its_rate() -> None:
    """Its counter holds years that are not the interval's: 300 in thirty days are 10 a day, 70 in seven."""
    found = enter(
        [
            {"id": "east/old", "downloads_all_time": 10},
            {"id": "east/seen", "downloads_30d": 300, "downloads_all_time": 9000, "created_at": utc("2024-01-01")},
        ],
        [{"id": "east/old", "downloads_all_time": 10}],
        days=7,
    )
    assert [70.0, "mixed"] == [found.flows["flow"].sum(), found.interval.basis]


def test_a_model_created_on_the_starts_own_day_is_older() -> None:
    """The interval begins on the day after its start."""
    found = compute_flows(
        make_models(
            {"id": "a/x", "downloads_30d": 30, "downloads_all_time": 99, "created_at": utc("2026-05-01T23:59")}
        ),
        make_models({"id": "a/other", "downloads_all_time": 1}),
        MAY_1,
        dt.date(2026, 5, 2),
    )
    assert [1.0, "rate"] == found.loc[0, ["flow", "flow_basis"]].tolist()


def test_the_first_snapshot_speaks_for_thirty_days() -> None:
    """Nothing stands before it: its 30-day counts are the flow of the thirty days before its date."""
    found = enter([{"id": "east/x", "downloads_30d": 900}], None, days=0)
    assert [MAY_1 - dt.timedelta(days=30), MAY_1, 30, "rate", [900.0]] == [
        found.interval.start,
        found.interval.end,
        found.interval.covered_days,
        found.interval.basis,
        found.flows["flow"].tolist(),
    ]


@pytest.mark.parametrize(
    ("days", "flow", "covered", "gap"),
    [
        (1, 30.0, 1, 0),  # 900 ÷ 30 × 1
        (7, 210.0, 7, 0),
        (30, 900.0, 30, 0),
        (39, 900.0, 30, 9),  # the count reaches back thirty days; the nine before are a gap
    ],
)
def test_a_rate_covers_at_most_thirty_days(days: int, flow: float, covered: int, gap: int) -> None:
    """Flow is rate times covered days; what no count covers is a gap at the beginning."""
    found = enter([{"id": "east/x", "downloads_30d": 900}], [{"id": "east/x", "downloads_30d": 500}], days=days)
    assert [flow, covered, gap] == [found.flows["flow"].sum(), found.interval.covered_days, found.interval.gap_days]


def test_intervals_of_thirty_days_tile_without_loss() -> None:
    """Three counts, thirty days apart: the flows are the counts."""
    flows = [
        enter([{"id": "east/x", "downloads_30d": count}], [{"id": "east/x", "downloads_30d": 1}], days=30).flows["flow"]
        for count in (600, 900, 300)
    ]
    assert [600.0, 900.0, 300.0] == [flow.sum() for flow in flows]


def test_a_renamed_model_is_the_same_model() -> None:
    """Same key, other id: the counters' difference, for the account that holds it now."""
    found = enter(
        [{"key": "k1", "id": "west/renamed", "downloads_all_time": 150}],
        [{"key": "k1", "id": "east/first-name", "downloads_all_time": 100}],
        days=1,
    )
    assert [["west"], [50.0], 0, 0] == [
        found.flows["publisher"].tolist(), found.flows["flow"].tolist(), found.interval.added, found.interval.removed,
    ]  # fmt: skip


def test_another_model_under_an_old_name_is_new() -> None:
    """Same id, other key: deleted and made again, so its counter starts at nothing."""
    found = enter(
        [{"key": "k2", "id": "east/x", "downloads_all_time": 40, "created_at": utc("2026-05-02")}],
        [{"key": "k1", "id": "east/x", "downloads_all_time": 5000}],
        days=7,
    )
    assert [40.0, 1, 1] == [found.flows["flow"].sum(), found.interval.added, found.interval.removed]


def test_deleted_models_are_counted() -> None:
    """Two of three are gone; their downloads of the interval are not known and not guessed."""
    before = [{"id": f"east/{name}", "downloads_all_time": 1000} for name in "xyz"]
    found = enter([{"id": "east/x", "downloads_all_time": 1100}], before, days=1)
    assert [2, 100.0] == [found.interval.removed, found.flows["flow"].sum()]


def test_a_first_year_that_ends_within_the_interval_is_split_by_days() -> None:
    """Created on 5 May 2025, 365 days end with 4 May 2026: 3 of the 10 days (2, 3, 4 May) are its first year.

    Of 1,000 downloads 300 are the first year's; the counts at the end go with the state at the end.
    """
    found = enter(
        [{"id": "east/x", "downloads_30d": 90, "downloads_all_time": 3000, "created_at": utc("2025-05-05")}],
        [{"id": "east/x", "downloads_30d": 80, "downloads_all_time": 2000, "created_at": utc("2025-05-05")}],
        days=10,
    )
    rows = found.flows.set_index("first_year")
    assert {True: 300.0, False: 700.0} == rows["flow"].round(9).to_dict()
    assert {True: 0, False: 90} == rows["downloads_30d"].to_dict()
    assert {True: 0, False: 3000} == rows["downloads_all_time"].to_dict()
    assert {True: 0, False: 1} == rows["models"].to_dict()


def test_a_gap_is_no_part_of_a_first_year() -> None:
    """Of 40 days the last 30 are covered (12 May to 10 June); the year ends with 14 May: 3 of 30 days, 90 of 900."""
    row: dict[str, object] = {"id": "east/x", "downloads_30d": 900, "created_at": utc("2025-05-15")}
    rows = enter([row], [row], days=40).flows.set_index("first_year")
    assert {True: 90.0, False: 810.0} == rows["flow"].round(9).to_dict()


@pytest.mark.parametrize(
    ("created", "expected"),
    [
        (None, [False]),
        ("2024-01-01", [False]),
        ("2025-05-09", [True]),  # 365 days from 9 May 2025 end with 8 May 2026, the interval's last day
        ("2026-05-03", [True]),
        ("2026-05-20", [True]),  # a clock ahead of the Hub's
    ],
)
def test_a_model_that_is_young_or_old_throughout_is_not_split(created: str | None, expected: list[bool]) -> None:
    """One row in, one row out."""
    row: dict[str, object] = {"id": "east/x", "downloads_30d": 30, "created_at": utc(created) if created else None}
    assert expected == enter([row], [row], days=7).flows["first_year"].tolist()


def test_splitting_keeps_the_sum() -> None:
    """The two parts add up to the flow."""
    models = make_models({"id": "a/x", "downloads_30d": 7, "created_at": utc("2025-05-05T12:00")})
    created = int(utc("2025-05-05T12:00").timestamp())
    table = pa.Table.from_pandas(models.assign(flow=1000.0, first_year=False, created=created))
    found = split_years(nw.from_native(table), MAY_1, dt.date(2026, 5, 11)).to_native().to_pandas()
    assert [False, True] == found["first_year"].tolist()
    assert pytest.approx(1000.0, abs=1e-9) == found["flow"].sum()


MIXED: list[dict[str, object]] = [
    {"id": "east/big", "downloads_30d": 5000},
    {"id": "west/tiny", "downloads_30d": 2},
    {"id": "alice/tiny", "downloads_30d": 100, "base_models": ["east/big"]},
    {"id": "bob/tiny", "downloads_30d": 199},
    {"id": "carol/large", "downloads_30d": 300},
]


def test_small_unreviewed_publishers_are_folded() -> None:
    """Alice and Bob stay under 300 and nobody reviewed them; West is reviewed, Carol reaches the floor."""
    found = enter(MIXED, None, days=0)
    assert {"east": 5000, "west": 2, "carol": 300, SMALL: 299} == (
        found.flows.groupby("publisher")["downloads_30d"].sum().to_dict()
    )
    assert 2 == found.interval.folded_publishers


def test_folding_moves_nothing_between_categories() -> None:
    """By country and attribution the sums are those of the models one by one.

    By publisher: CN 5,000, US 2, unreviewed 100 + 199 + 300. By origin Alice's 100 are East's: CN 5,100.
    """
    cube = read_ledger(keep_nights((enter(MIXED, None, days=0),)), REGISTRY).cube
    assert {
        ("publisher", "CN"): 5000,
        ("publisher", "US"): 2,
        ("publisher", "UNREVIEWED"): 599,
        ("origin", "CN"): 5100,
        ("origin", "US"): 2,
        ("origin", "UNREVIEWED"): 499,
    } == cube.groupby(["attribution", "code"])["downloads_30d"].sum().to_dict()


def test_the_most_downloaded_models_are_kept_by_name() -> None:
    """Largest first, ties by name, none without a count."""
    found = enter([*MIXED, {"id": "zoe/none"}, {"id": "abe/tie", "downloads_30d": 199}], None, days=0)
    assert ["east/big", "carol/large", "abe/tie", "bob/tiny", "alice/tiny", "west/tiny"] == (
        found.models["id"].tolist()
    )


def test_models_by_name_keep_their_chains() -> None:
    """As one text; a model that names no base model has an empty one."""
    tuned = {"id": "alice/tuned", "downloads_30d": 900, "base_models": ["east/big", "west/other"]}
    packed = {"id": "bob/tuned-gguf", "downloads_30d": 800, "base_models": ["alice/tuned"]}
    found = enter([*MIXED[:2], tuned, packed], None, days=0).models.set_index("id")["chain"]
    assert {
        "east/big": "",
        "alice/tuned": "east/big west/other",
        "bob/tuned-gguf": "alice/tuned\neast/big west/other",
        "west/tiny": "",
    } == found.to_dict()


def test_the_creation_dates_coverage_is_weighed_by_downloads() -> None:
    """300 of 400 downloads have a date."""
    dated: dict[str, object] = {"id": "east/x", "downloads_30d": 300, "created_at": utc("2026-01-01")}
    assert 0.75 == enter([dated, {"id": "east/y", "downloads_30d": 100}], None, days=0).interval.created_known


def test_the_same_counts_again_are_a_repeated_snapshot() -> None:
    """A thousand counts of which one differs are the file of yesterday; two are a new day."""
    before = make_models(*({"id": f"a/{n}", "downloads_30d": n + 1} for n in range(1000)))
    one = before.assign(downloads_30d=before["downloads_30d"].mask(before.index < 1, 5))
    two = before.assign(downloads_30d=before["downloads_30d"].mask(before.index < 2, 5))
    assert [True, True, False] == [is_repeated(read_pair(now, before)) for now in (before, one, two)]


def test_models_that_nobody_downloads_do_not_repeat_a_snapshot() -> None:
    """Zeros stay zeros every day; only counted models tell."""
    quiet: list[dict[str, object]] = [{"id": f"a/{n}", "downloads_30d": 0} for n in range(2000)]
    before = make_models({"id": "a/loud", "downloads_30d": 10}, *quiet)
    after = make_models({"id": "a/loud", "downloads_30d": 11}, *quiet)
    assert [False, False] == [is_repeated(read_pair(*pair)) for pair in ((after, before), (make_models(*quiet),) * 2)]


def test_the_order_of_the_rows_does_not_matter() -> None:
    """The same models in another order are the same ledger."""
    one, other = enter(MIXED, MIXED[:3], days=7), enter(MIXED[::-1], MIXED[2::-1], days=7)
    assert one.interval == other.interval
    pd.testing.assert_frame_equal(one.flows, other.flows)
    pd.testing.assert_frame_equal(one.models, other.models)


def test_a_source_without_keys_can_be_followed_by_one_with_keys() -> None:
    """An imported file knows ids only; the crawl after it knows keys: the same model is not new."""
    found = enter(
        [{"key": "k1", "id": "east/x", "downloads_all_time": 1700}],
        [{"id": "east/x", "downloads_all_time": 1000}],
        days=7,
    )
    assert [700.0, 0, 0] == [found.flows["flow"].sum(), found.interval.added, found.interval.removed]


def test_births_are_counted_by_the_month_of_creation() -> None:
    """Two models are new: one of this month, one that was made public late; the one that was there is none."""
    old = {"id": "east/old", "created_at": utc("2026-03-05"), "downloads_30d": 900}
    new = {"id": "east/new", "created_at": utc("2026-05-03"), "downloads_30d": 900}
    late = {
        "id": "west/late-gguf", "created_at": utc("2026-04-02"), "downloads_30d": 900,
        "base_models": ["east/old"], "base_relation": "quantized",
    }  # fmt: skip
    undated = {"id": "east/undated", "downloads_30d": 900}
    found = enter([old, new, late, undated], [old], days=7).births
    assert [("2026-04", "west", "east", "quantised", 1), ("2026-05", "east", "east", "original", 1)] == list(
        found[["month", "publisher", "origin", "relation", "models"]].itertuples(index=False, name=None)
    )


def test_the_first_snapshot_gives_birth_to_all_that_it_holds() -> None:
    """Survivors: what was deleted before is not known. Small unreviewed publishers are one."""
    rows: list[dict[str, object]] = [
        {"id": "tiny/a", "created_at": utc("2025-01-05"), "downloads_30d": 1},
        {"id": "dwarf/b", "created_at": utc("2025-01-06"), "downloads_30d": 1},
    ]
    found = enter(rows, None, days=7).births
    assert [("2025-01", SMALL, SMALL, 2)] == list(
        found[["month", "publisher", "origin", "models"]].itertuples(index=False, name=None)
    )


def test_releases_are_what_reviewed_organisations_make_of_their_own() -> None:
    """Instruction-tuned versions are; copies, tunes of others' models, and what persons or strangers upload are not."""
    registry = make_registry(make_publisher("east", "CN"), make_publisher("someone", "", kind="person"))
    base = {"created_at": utc("2026-05-03"), "downloads_30d": 900}
    tuned = {"base_models": ["east/base"], "base_relation": "finetune"}
    copied = {"base_models": ["east/base"], "base_relation": "quantized"}
    rows: list[dict[str, object]] = [
        {"id": "east/base", **base},
        {"id": "east/base-chat", **base, **tuned},
        {"id": "east/base-gguf", **base, **copied},
        {"id": "east/foreign-chat", **base, "base_models": ["west/base"], "base_relation": "finetune"},
        {"id": "someone/own", **base},
        {"id": "stranger/own", **base},
    ]
    found = enter(rows, None, days=7, registry=registry).releases
    assert [("east/base", "original"), ("east/base-chat", "fine-tuned")] == list(
        found[["id", "relation"]].itertuples(index=False, name=None)
    )


def test_a_model_without_a_count_has_no_rank() -> None:
    """What was not collected again is not among the models by name."""
    found = enter([{"id": "east/x", "downloads_30d": 5}, {"id": "east/old", "unchanged_30d": 9000}], None, days=0)
    assert ["east/x"] == list(found.models["id"])
    assert [2, 0.999445] == [found.interval.models, found.interval.unchanged]


def test_the_edges_of_an_interval_of_thirty_day_counts_are_blurred() -> None:
    """Such a count is of thirty days, not of the nineteen since the one before; the first thirty are its own."""
    rows = [{"id": "east/x", "downloads_30d": 5}]
    assert [False, True] == [
        enter(rows, None, days=0).interval.is_blurred,
        enter(rows, rows, days=19).interval.is_blurred,
    ]
