"""Sensitivity and the specification curve: what is left when a model, a publisher or an old encoder is left out."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.ledger.intervals import Described, LedgerEntry
from generator.ledger.thinning import keep_nights
from generator.questions.report import Report
from generator.registry import Registry
from generator.star.definitions import Definition
from generator.star.sensitivity import PairShares, Sensitivity, compute_sensitivity, list_old_encoders
from generator.star.specifications import SpecificationCurve, compute_specifications
from generator.star.window import compute_window, read_ledger
from tests.small import compute_entry, make_publisher, make_registry
from tests.test_snapshot import make_models

pytestmark = pytest.mark.slow

REGISTRY = make_registry(
    make_publisher("east", "CN"),
    make_publisher("eastern", "CN"),
    make_publisher("west", "US"),
    make_publisher("daughter", "FR", parent="west Ltd", parent_country="US"),
)
ALL_30D = Definition("30d", "all", "publisher")
HELD = Definition("held", "all", "publisher")
YEAR = Definition("12m", "all", "publisher")
DATE = dt.date(2026, 10, 8)
# Each takes half a second, and each run draws others.
EXAMPLES = 6
SIX: list[dict[str, object]] = [
    {"id": "east/large", "downloads_30d": 4000},
    {"id": "east/small", "downloads_30d": 500},
    {"id": "eastern/x", "downloads_30d": 500},
    {"id": "west/x", "downloads_30d": 3000},
    {"id": "daughter/x", "downloads_30d": 1000},
    {"id": "nobody/knows", "downloads_30d": 1000},
]


def enter(*rows: dict[str, object], registry: Registry = REGISTRY) -> LedgerEntry:
    """Compute the entry of one snapshot."""
    return compute_entry(Described(DATE, "test", "hub"), make_models(*rows), None, None, registry)


def measure(*rows: dict[str, object], definition: Definition = ALL_30D) -> Sensitivity:
    """Compute the sensitivity of one snapshot that has one."""
    entry = enter(*rows)
    found = compute_sensitivity(
        read_ledger(keep_nights([entry]), REGISTRY).sums, definition, list_old_encoders(entry.models)
    )
    assert found is not None
    return found


def test_the_pair_with_everything_in() -> None:
    """Of 10,000: China 5,000, the United States 3,000."""
    found = measure(*SIX)
    assert ["CN", "US", PairShares(0.5, 0.3, 10_000), 6, 1.0] == [
        found.leader, found.second, found.shares, found.models_tried, found.named,
    ]  # fmt: skip


def test_a_model_is_taken_out_of_both_parts_of_the_fraction() -> None:
    """Without 4,000 of east/large China has 1,000 of 6,000 and the United States 3,000: margin -1/3, before 0.2."""
    worst = measure(*SIX).models[0]
    assert ["east/large", "CN", 4000, 6000] == [worst.name, worst.code, worst.downloads, worst.shares.downloads]
    assert [1 / 6, 1 / 2, -1 / 3 - 0.2] == pytest.approx([worst.shares.leader, worst.shares.second, worst.swing])


def test_a_publisher_is_taken_out_with_all_its_models() -> None:
    """Without east's 4,500 China keeps 500 of 5,500; without west's 3,000 it has 5,000 of 7,000."""
    first, second = measure(*SIX).publishers[:2]
    assert [("east", 4500), ("west", 3000)] == [(first.name, first.downloads), (second.name, second.downloads)]
    assert [500 / 5500, 3000 / 5500, 5000 / 7000, 0] == pytest.approx(
        [first.shares.leader, first.shares.second, second.shares.leader, second.shares.second]
    )


def test_what_turns_the_order_is_named() -> None:
    """One model and its publisher; no other removal puts the United States in front."""
    assert ("east/large", "east") == measure(*SIX).turned_by


def test_what_is_unattributed_moves_the_margin_too() -> None:
    """Without nobody's 1,000 the shares are of 9,000: the margin grows from 0.2 to 2/9."""
    row = next(row for row in measure(*SIX).models if row.name == "nobody/knows")
    assert ["UNREVIEWED", pytest.approx(2 / 9 - 0.2)] == [row.code, row.swing]


def test_folded_publishers_are_counted_but_not_tried() -> None:
    """Two accounts under the floor are one row without a name: no publisher, but part of the 1,100."""
    found = measure(*SIX[3:5], {"id": "tiny/x", "downloads_30d": 60}, {"id": "small/x", "downloads_30d": 40})
    assert [4100, ["west", "daughter"]] == [found.shares.downloads, [row.name for row in found.publishers]]


def test_one_country_has_no_margin() -> None:
    """There is nobody to lead."""
    sums = read_ledger(keep_nights([enter(SIX[0])]), REGISTRY).sums
    assert [None, None] == [compute_sensitivity(sums, ALL_30D, ()), compute_sensitivity(sums, YEAR, ())]


def test_a_window_over_several_intervals_sums_a_model_where_it_is_named() -> None:
    """East/x by its key, under two names: 1,000 in thirty days, then 400 by its counter: 1,400."""
    before = make_models(
        {"key": "1", "id": "east/x", "downloads_30d": 1000, "downloads_all_time": 5000},
        {"key": "2", "id": "west/x", "downloads_30d": 600, "downloads_all_time": 600},
    )
    after = make_models(
        {"key": "1", "id": "east/renamed", "downloads_30d": 900, "downloads_all_time": 5400},
        {"key": "2", "id": "west/x", "downloads_30d": 600, "downloads_all_time": 700},
    )
    start = DATE - dt.timedelta(days=7)
    entries = (
        compute_entry(Described(start, "test", "hub"), before, None, None, REGISTRY),
        compute_entry(Described(DATE, "test", "hub"), after, before, start, REGISTRY),
    )
    found = compute_sensitivity(read_ledger(keep_nights(entries), REGISTRY).sums, HELD, ())
    assert found is not None
    assert [("east/renamed", 1400), ("west/x", 700)] == [(row.name, row.downloads) for row in found.models]


def test_the_first_year_is_split_as_in_the_ledger() -> None:
    """A model whose first year ended on the fifth of ten days leaves half of its flow in the universe."""
    start = DATE - dt.timedelta(days=10)
    created = dt.datetime(2025, 10, 4, tzinfo=dt.UTC)  # 365 days later is the beginning of 4 October 2026
    rows = [
        make_models(
            {"id": "east/x", "downloads_30d": 0, "downloads_all_time": count, "created_at": created},
            {"id": "west/x", "downloads_30d": 0, "downloads_all_time": count, "created_at": created},
        )
        for count in (0, 1000)
    ]
    first = compute_entry(Described(start, "test", "hub"), rows[0], None, None, REGISTRY)
    entry = compute_entry(Described(DATE, "test", "hub"), rows[1], rows[0], start, REGISTRY)
    window = compute_window(
        read_ledger(keep_nights([first, entry]), REGISTRY).sums, Definition("held", "first_year", "publisher")
    )
    assert window is not None
    assert window.accounts == window.models.set_index("account")["downloads"].to_dict()
    assert {"east": 500.0, "west": 500.0} == pytest.approx(dict(window.accounts))


def make_named(*rows: tuple[str, str, str | None, str | None, int]) -> pd.DataFrame:
    """Make an interval's models by name: id, task group, creation, family, downloads."""
    frame = pd.DataFrame(rows, columns=["id", "task_group", "created_at", "family", "downloads_30d"])
    created = pd.to_datetime(frame["created_at"], utc=True)
    return frame.assign(created_at=created, downloads_all_time=frame["downloads_30d"] * 10)


OLD = make_named(
    ("a/minilm", "embedding", "2022-03-02", "MiniLM", 900),
    ("a/undated-bert", "embedding", None, "BERT", 800),
    ("a/undated-bge", "embedding", None, "BGE", 700),
    ("a/new-bert", "embedding", "2023-01-01", "BERT", 600),
    ("a/last-day", "embedding", "2022-12-31", None, 500),
    ("a/gpt2", "language", "2022-03-02", "GPT-2", 400),
    ("a/unused", "embedding", "2022-03-02", "BERT", 0),
)


def test_which_encoders_are_old() -> None:
    """Of the embedding group before 2023, or undated and of an old family; a dated one goes by its date."""
    assert ("a/minilm", "a/undated-bert", "a/last-day") == list_old_encoders(OLD)
    assert ("a/minilm",) == list_old_encoders(OLD, most=1)


def test_without_thirty_day_counts_the_counter_ranks_the_encoders() -> None:
    """The order is that of the all-time counters."""
    counters = OLD.assign(downloads_30d=pd.NA, downloads_all_time=[1, 2, 3, 4, 5, 6, 7])
    assert ("a/unused", "a/last-day", "a/undated-bert", "a/minilm") == list_old_encoders(counters)


def test_old_encoders_are_set_aside_together() -> None:
    """Without the encoder's 1,000 of 10,000 China has 4,000 of 9,000."""
    encoder = {"id": "eastern/bert", "downloads_30d": 1000, "task": "fill-mask", "created_at": old()}
    found = measure(*SIX[:1], *SIX[3:5], {"id": "nobody/knows", "downloads_30d": 1000}, encoder)
    assert [("eastern/bert",), PairShares(4000 / 9000, 3000 / 9000, 9000)] == [
        found.old_encoders, found.without_old_encoders,
    ]  # fmt: skip


def old() -> dt.datetime:
    """Return the first moment that the Hub knows."""
    return dt.datetime(2022, 3, 2, 23, 29, 4, tzinfo=dt.UTC)


def draw_curve(*rows: dict[str, object]) -> SpecificationCurve:
    """Compute the curve of one snapshot under one definition."""
    entry = enter(*rows)
    encoders = list_old_encoders(entry.models)
    return compute_specifications(
        read_ledger(keep_nights([entry]), REGISTRY).sums, REGISTRY, [ALL_30D, YEAR], ("CN", "US"), encoders
    )


def test_the_curve_of_six_models() -> None:
    """Sorted by margin; what the largest model or publisher takes away turns the order, nothing else does.

    Without east 500 and 3,000 of 5,500; without east/large 1,000 and 3,000 of 6,000; the parent's reading gives the
    United States 4,000, the unreviewed 1,000 as well: 0.5 against 0.4 both times.
    """
    curve = draw_curve(*SIX)
    assert [
        ("largest-publisher", ("east",), -0.454545),
        ("largest-model", ("east/large",), -0.333333),
        ("unreviewed-to-second", ("nobody",), 0.1),
        ("parent-country", ("daughter",), 0.1),
        ("none", (), 0.2),
    ] == [(row.exclusion, row.names, round(row.margin, 6)) for row in curve.rows]
    assert ["CN", "US", 3] == [curve.leader, curve.second, curve.led]


def test_an_exclusion_that_changes_nothing_is_not_listed() -> None:
    """No daughter, nobody unreviewed, no old encoder: three rows are left."""
    curve = draw_curve(*SIX[:4])
    assert ["largest-model", "largest-publisher", "none"] == sorted(row.exclusion for row in curve.rows)


def test_small_unreviewed_accounts_count_for_the_bound_without_a_name() -> None:
    """They are folded: 100 of 8,600 go to the second, and no account is named."""
    curve = draw_curve(*SIX[:4], {"id": "tiny/x", "downloads_30d": 100})
    bound = next(row for row in curve.rows if row.exclusion == "unreviewed-to-second")
    assert [(), 3100 / 8100] == [bound.names, pytest.approx(bound.shares.second)]


def test_the_curve_agrees_with_the_tables_and_the_readings(bundled_report: Report) -> None:
    """On the bundled data: nothing left out is the table; the parent's reading is that of the readings."""
    curve = bundled_report.specifications
    assert curve is not None
    pair = (curve.leader, curve.second)
    plain = {row.definition: row.shares for row in curve.rows if row.exclusion == "none"}
    assert {definition: [table.share_of(code) for code in pair] for definition, table in newest(bundled_report)} == {
        definition: pytest.approx([shares.leader, shares.second]) for definition, shares in plain.items()
    }
    parents = {row.definition: row.shares for row in curve.rows if row.exclusion == "parent-country"}
    reading = next(result.table for result in bundled_report.readings if result.reading == "parent")
    shares = parents[bundled_report.headline]
    assert [reading.share_of(code) for code in pair] == pytest.approx([shares.leader, shares.second])


def newest(report: Report) -> list[tuple[Definition, object]]:
    """Return each definition with its newest table."""
    return [(definition, tables[-1]) for definition, tables in report.histories.items()]


downloads = st.integers(min_value=0, max_value=10**6)
snapshots = st.lists(
    st.tuples(st.sampled_from(["east", "eastern", "west", "daughter", "nobody", "tiny"]), downloads),
    min_size=1,
    max_size=12,
)


def name_models(found: list[tuple[str, int]]) -> list[dict[str, object]]:
    """Give each drawn model an id."""
    return [{"id": f"{account}/{place}", "downloads_30d": count} for place, (account, count) in enumerate(found)]


def compute_all(rows: list[dict[str, object]], registry: Registry) -> tuple[object, object]:
    """Compute sensitivity and curve of one snapshot."""
    entry = enter(*rows, registry=registry)
    sums = read_ledger(keep_nights([entry]), registry).sums
    curve = compute_specifications(sums, registry, [ALL_30D], ("CN", "US"), ())
    return compute_sensitivity(sums, ALL_30D, ()), curve


@settings(max_examples=EXAMPLES)
@given(snapshots.map(name_models).flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_order_does_not_matter(orders: tuple[list[dict[str, object]], list[dict[str, object]]]) -> None:
    """The same models in another order give the same numbers."""
    first, second = orders
    assert compute_all(first, REGISTRY) == compute_all(second, REGISTRY)


@settings(max_examples=EXAMPLES)
@given(snapshots)
def test_a_model_without_downloads_changes_nothing(found: list[tuple[str, int]]) -> None:
    """No share and no swing moves; it is tried, and takes nothing away."""
    rows = name_models(found)
    before, curve = compute_all(rows, REGISTRY)
    after, curve_after = compute_all([*rows, {"id": "west/unused", "downloads_30d": 0}], REGISTRY)
    assert [before, curve] == [after, curve_after]


@settings(max_examples=EXAMPLES)
@given(snapshots.filter(lambda found: sum(count for _, count in found) > 0))
def test_attributing_again_conserves_the_total(found: list[tuple[str, int]]) -> None:
    """Another registry and another attribution move downloads between countries; none appear or vanish."""
    entry = enter(*name_models(found))
    others = make_registry(make_publisher("east", "FR"), make_publisher("nobody", "DE", alias_of="west"))
    read = [read_ledger(keep_nights((entry,)), registry) for registry in (REGISTRY, others)]
    by_publisher, by_origin = (Definition("30d", "all", attribution) for attribution in ("publisher", "origin"))
    tables = [each.days.compute(definition, [0])[0] for each in read for definition in (by_publisher, by_origin)]
    assert [sum(count for _, count in found)] * 4 == [table.downloads for table in tables]
    windows = [compute_window(each.sums, by_origin) for each in read]
    assert {float(sum(count for _, count in found))} == {window.downloads for window in windows if window}
