"""The gates, each on a few rows whose answer is known by hand."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from generator.audit.checks import (
    Check,
    Override,
    compute_check,
    describe_needless,
    overrule,
    parse_check,
    render_check,
)
from generator.audit.checks_text import describe_check, render_gates, render_lines
from generator.audit.evidence import Evidence, Seen
from generator.audit.gates import NAMES, Gate, judge_all
from generator.base.errors import CheckError
from generator.ledger.intervals import Interval
from generator.registry import Canary, Registry
from generator.sources.snapshot import SnapshotInfo, snapshot_path, write_snapshot
from tests.small import make_publisher, make_registry
from tests.test_snapshot import make_table

DAY = dt.date(2026, 11, 20)
NEXT = DAY + dt.timedelta(days=1)
Row = Mapping[str, object]
REGISTRY = make_registry(make_publisher("east", "CN"), make_publisher("west", "US"))


def make_rows(number: int = 1000, **changes: object) -> list[dict[str, object]]:
    """Make models: half of the downloads are east's, half west's; every count is 1,000 and more."""
    return [
        {
            "key": f"k{i}",
            "id": f"{'east' if i % 2 else 'west'}/m{i}",
            "downloads_30d": 30_000 + i,
            "downloads_all_time": 500_000 + i,
            "license": "mit",
            "languages": ["en"],
        }
        | changes
        for i in range(number)
    ]


def grow(rows: Sequence[Row], days: int = 1) -> list[dict[str, object]]:
    """Let every counter grow by what the 30-day count says of so many days, and the 30-day count by one in 300."""
    return [
        dict(row)
        | {
            "downloads_30d": int(row["downloads_30d"]) + int(row["downloads_30d"]) // 300,  # type: ignore[call-overload]
            "downloads_all_time": int(row["downloads_all_time"]) + int(row["downloads_30d"]) * days // 30,  # type: ignore[call-overload]
        }
        for row in rows
    ]


def see(rows: Sequence[Row], date: dt.date = NEXT, **info: object) -> Seen:
    """Make a snapshot as the gates see it."""
    head = SnapshotInfo(date, "test", "hub", rows=len(rows))
    return Seen(replace(head, **info), make_table(*map(dict, rows)))  # type: ignore[arg-type]


def make_evidence(
    now: Seen,
    before: Seen | None = None,
    *,
    registry: Registry = REGISTRY,
    intervals: tuple[Interval, ...] = (),
    today: dt.date | None = None,
) -> Evidence:
    """Put two snapshots beside each other; checked on the day of the new one."""
    return Evidence(now, before, intervals, registry, today or now.info.date)


def judge(evidence: Evidence) -> dict[str, Gate]:
    """Return all gates by name."""
    return {gate.name: gate for gate in judge_all(evidence)}


def states(evidence: Evidence) -> dict[str, str]:
    """Return what does not accept."""
    return {gate.name: gate.state for gate in judge_all(evidence) if gate.state != "accept"}


BEFORE = make_rows()


def test_an_ordinary_night_is_accepted_by_all() -> None:
    """A thousand models, each with a day's downloads more: no gate warns."""
    assert {} == states(make_evidence(see(grow(BEFORE)), see(BEFORE, DAY)))


def test_the_gates_are_always_the_same() -> None:
    """The first snapshot's report lists them too; what needs a snapshot before accepts and says so."""
    found = judge_all(make_evidence(see(BEFORE)))
    assert list(NAMES) == [gate.name for gate in found]
    assert {"accept"} == {gate.state for gate in found}
    assert "first snapshot" in found[NAMES.index("total")].found


def test_rows_missing_from_a_listing_hold() -> None:
    """979 of 1,000 are 97.9 %, under 98; 985 pass this gate, and survival holds them: 98.5 % are under 99."""
    cut = judge(make_evidence(see(grow(BEFORE)[:979]), see(BEFORE, DAY)))
    assert ("hold", 0.979, 0.98) == (cut["rows"].state, cut["rows"].figure, cut["rows"].limit)
    less = judge(make_evidence(see(grow(BEFORE)[:985]), see(BEFORE, DAY)))
    assert ("accept", "hold", 0.985) == (less["rows"].state, less["survival"].state, less["survival"].figure)


@pytest.mark.parametrize(
    ("source", "scope", "rows", "state"),
    [
        ("Hugging Face Hub", "hub", 2_499_999, "hold"),
        ("Hugging Face Hub", "hub", 2_500_000, "accept"),
        ("Hugging Face Hub", "selection", 1_000, "accept"),
        ("Hugging Face Hub at mirror.example", "hub", 1_000, "accept"),
    ],
)
def test_the_first_listing_of_the_hub_has_a_floor(source: str, scope: str, rows: int, state: str) -> None:
    """There is none before it to be compared with: one of a thousand models was cut short, whatever it says."""
    seen = see(BEFORE, DAY)
    first = replace(seen, info=replace(seen.info, source=source, scope=scope, rows=rows))
    assert state == judge(make_evidence(first))["rows"].state


def test_a_listing_that_is_as_long_and_has_other_models_holds() -> None:
    """Twenty of 1,000 replaced by new ones: as many rows, and 98 % survive."""
    other = [row | {"key": f"new{i}", "id": f"east/new{i}"} for i, row in enumerate(BEFORE[:20])]
    found = judge(make_evidence(see(grow([*other, *BEFORE[20:]])), see(BEFORE, DAY)))
    assert ("accept", "hold", 0.98) == (found["rows"].state, found["survival"].state, found["survival"].figure)


def test_a_rename_is_not_a_loss() -> None:
    """Models are joined by their key."""
    renamed = [row | {"id": f"east/renamed{i}"} for i, row in enumerate(BEFORE)]
    assert 1.0 == judge(make_evidence(see(grow(renamed)), see(BEFORE, DAY)))["survival"].figure


def test_without_keys_models_are_joined_by_id() -> None:
    """A file without `_id` is compared by name."""
    bare = [row | {"key": None} for row in BEFORE]
    assert 1.0 == judge(make_evidence(see(grow(bare)), see(BEFORE, DAY)))["survival"].figure


def test_a_model_that_stands_twice_survives_once() -> None:
    """By its key, or by its id where the snapshot before has no keys; its first row before is the one compared with."""
    twice = [*grow(BEFORE), *(row | {"id": f"{row['id']}-again"} for row in BEFORE[:3])]
    before = [*BEFORE, *(row | {"downloads_30d": 1} for row in BEFORE[:3])]
    by_key = judge(make_evidence(see(twice), see(before, DAY)))
    bare = [row | {"key": None} for row in BEFORE]
    by_id = judge(make_evidence(see([*BEFORE, *BEFORE[:2]]), see(bare, DAY)))
    assert ("1,000 of 1,003", "1,000 of 1,000") == tuple(gate["survival"].found[:14] for gate in (by_key, by_id))
    assert ("3 rows", "2 rows") == tuple(gate["repeats"].found[:6] for gate in (by_key, by_id))
    assert ("accept", "accept") == (by_key["surge"].state, by_key["unchanged"].state)


@pytest.mark.parametrize("scope", ["hub", "selection"])
@pytest.mark.parametrize("left_out", [[], ["unchanged_30d"]])
def test_files_and_rows_are_judged_alike(tmp_path: Path, scope: str, left_out: list[str]) -> None:
    """The engine reads files itself, those of the format before too, which has no counts that were not collected."""
    rows = [row | {"base_models": ["a/b"], "author": None} for row in grow(BEFORE)[5:]]
    in_memory, in_files = [], []
    for date, models in ((NEXT, rows), (DAY, BEFORE)):
        seen = see(models, date, scope=scope)
        path = snapshot_path(tmp_path, date)
        write_snapshot(path, [seen.source], seen.info)
        written = pq.read_table(path).replace_schema_metadata(pq.read_metadata(path).metadata)
        pq.write_table(written.drop_columns(left_out), path)
        in_memory.append(seen)
        in_files.append(replace(seen, source=path))
    expected = judge_all(make_evidence(*in_memory))
    assert "columns" in {gate.name for gate in expected if gate.state == "hold"}
    assert expected == judge_all(make_evidence(*in_files))


def test_a_suddenly_longer_listing_is_told() -> None:
    """1,060 after 1,000 in a day is 6 % more."""
    found = judge(make_evidence(see(grow(make_rows(1060))), see(BEFORE, DAY)))
    assert ("warn", 1.06) == (found["rows"].state, found["rows"].figure)


def test_repeated_rows_hold() -> None:
    """Six of 1,000 came twice: those that the fetch dropped count, and those still in the file."""
    dropped = judge(make_evidence(see(BEFORE, repeated=6)))
    within = judge(make_evidence(see([*BEFORE[:994], *BEFORE[:6]])))
    assert ("hold", "hold") == (dropped["repeats"].state, within["repeats"].state)
    assert 0.006 == within["repeats"].figure
    assert "accept" == judge(make_evidence(see(BEFORE, repeated=5)))["repeats"].state


def test_unreadable_rows_hold_above_one_per_cent() -> None:
    """10 beside 1,000 are under one per cent, 11 above."""
    assert "accept" == judge(make_evidence(see(BEFORE, quarantined=10)))["quarantined"].state
    assert "hold" == judge(make_evidence(see(BEFORE, quarantined=11)))["quarantined"].state


CANARIES = tuple(Canary(f"west/m{i}", "old", "https://huggingface.co/x", DAY) for i in (0, 2, 4))


def test_two_missing_canaries_hold_and_one_is_told() -> None:
    """Of three known models."""
    registry = replace(REGISTRY, canaries=CANARIES)
    rows = grow(BEFORE)
    found = [
        judge(make_evidence(see(rows[first:]), see(BEFORE, DAY), registry=registry))["canaries"] for first in (0, 1, 3)
    ]
    assert [("accept", 0.0), ("warn", 1.0), ("hold", 2.0)] == [(gate.state, gate.figure) for gate in found]
    assert "west/m0, west/m2" in found[2].found


def test_what_was_missing_before_is_told_only() -> None:
    """A first listing without them holds; one that follows an accepted listing without them does not."""
    registry = replace(REGISTRY, canaries=CANARIES)
    first = judge(make_evidence(see(BEFORE[5:], DAY), registry=registry))["canaries"]
    second = judge(make_evidence(see(grow(BEFORE[5:])), see(BEFORE[5:], DAY), registry=registry))["canaries"]
    assert [("hold", 3.0), ("warn", 0.0)] == [(gate.state, gate.figure) for gate in (first, second)]


def test_a_renamed_canary_is_not_missing() -> None:
    """Its key is there under another name."""
    registry = replace(REGISTRY, canaries=CANARIES)
    renamed = [row | {"id": f"moved/{row['key']}"} for row in grow(BEFORE)]
    assert "accept" == judge(make_evidence(see(renamed), see(BEFORE, DAY), registry=registry))["canaries"].state


def test_a_selection_need_not_hold_the_canaries() -> None:
    """Nobody promised that they are in it."""
    registry = replace(REGISTRY, canaries=CANARIES)
    assert "accept" == judge(make_evidence(see(BEFORE[10:], scope="selection"), registry=registry))["canaries"].state


@pytest.mark.parametrize(
    ("factor", "state"), [(0.79, "hold"), (0.81, "accept"), (1.19, "accept"), (1.21, "hold"), (0.0, "hold")]
)
def test_all_downloads_may_move_by_a_fifth_in_a_day(factor: float, state: str) -> None:
    """In both directions; nothing at all holds."""
    now = [row | {"downloads_30d": round(row["downloads_30d"] * factor)} for row in BEFORE]  # type: ignore[operator]
    assert state == judge(make_evidence(see(now), see(BEFORE, DAY)))["total"].state


@pytest.mark.parametrize(("days", "state"), [(1, "hold"), (2, "hold"), (4, "accept")])
def test_fewer_rows_pass_after_days_of_a_gap(days: int, state: str) -> None:
    """Three in a hundred models are gone: a purge that nobody decides on ends no night for ever."""
    found = judge(make_evidence(see(grow(BEFORE)[:970], DAY + dt.timedelta(days=days)), see(BEFORE, DAY)))["rows"]
    assert (state, 0.97, round(1 - 0.02 * days**0.5, 4)) == (found.state, found.figure, round(found.limit or 0, 4))


@pytest.mark.parametrize(("days", "limit"), [(1, 0.2), (2, 0.2 * 2**0.5), (3, 0.2 * 3**0.5), (4, 0.4), (30, 0.4)])
def test_the_limit_of_the_total_grows_with_the_root_of_the_days(days: int, limit: float) -> None:
    """And ends at 40 %: no gap excuses half the downloads."""
    now = see(BEFORE, DAY + dt.timedelta(days=days))
    assert pytest.approx(limit) == judge(make_evidence(now, see(BEFORE, DAY)))["total"].limit


def test_one_country_may_move_by_three_points_in_a_day() -> None:
    """East's counts a seventh higher: 50 % becomes 53.3 %."""

    def lift(factor: float) -> Gate:
        now = [
            row | {"downloads_30d": round(row["downloads_30d"] * (factor if i % 2 else 1.0))}  # type: ignore[operator]
            for i, row in enumerate(BEFORE)
        ]
        return judge(make_evidence(see(now), see(BEFORE, DAY)))["countries"]

    assert ["accept", "hold"] == [lift(1.12).state, lift(8 / 7).state]
    figure = lift(8 / 7).figure
    assert figure is not None
    assert 0.0333 == round(abs(figure), 4)
    assert "CN" in lift(8 / 7).found


def test_yesterdays_counts_hold() -> None:
    """The same file again; one count of 1,000 renewed is still 99.9 % the same, two are not."""
    same = judge(make_evidence(see(BEFORE), see(BEFORE, DAY)))["repeated"]
    assert ("hold", 1.0) == (same.state, same.figure)
    assert "spans this day" in same.action
    for changed, state in ((1, "hold"), (2, "accept")):
        now = [*grow(BEFORE[:changed]), *BEFORE[changed:]]
        assert state == judge(make_evidence(see(now), see(BEFORE, DAY)))["repeated"].state


@pytest.mark.parametrize(("still", "state"), [(49, "accept"), (52, "warn"), (249, "warn"), (255, "hold")])
def test_counts_that_were_not_collected_again_are_told(still: int, state: str) -> None:
    """More than 5 % of the downloads warn, more than a quarter hold."""
    now = [*BEFORE[:still], *grow(BEFORE[still:])]
    assert state == judge(make_evidence(see(now), see(BEFORE, DAY)))["unchanged"].state


def test_small_models_stand_still_without_a_word() -> None:
    """Under 1,000 downloads a third of the counts are the same by chance."""
    small = [row | {"downloads_30d": 999} for row in BEFORE[500:]]
    found = judge(make_evidence(see([*grow(BEFORE[:500]), *small]), see([*BEFORE[:500], *small], DAY)))
    assert ("accept", 0.0) == (found["unchanged"].state, found["unchanged"].figure)


def test_the_raw_list_is_judged() -> None:
    """A count that an import took as missing is unchanged, whatever stands in the snapshot before; no column fell."""
    marked = [
        row | {"downloads_30d": None, "unchanged_30d": row["downloads_30d"]} if place < 100 else row
        for place, row in enumerate(grow(BEFORE))
    ]
    evidence = make_evidence(see(marked, scope="selection"), see(BEFORE, DAY, scope="selection"))
    assert {"unchanged": "warn"} == states(evidence)
    assert pytest.approx(0.0986, abs=1e-3) == judge(evidence)["unchanged"].figure


@pytest.mark.parametrize(("factor", "state"), [(9.9, "accept"), (10.1, "warn")])
def test_a_large_model_that_moves_tenfold_is_told(factor: float, state: str) -> None:
    """Up or down, where it holds one percent before or after; the words name it and both counts."""
    small = [row | {"downloads_30d": 30_000} for row in BEFORE[:100]]
    large = [small[0] | {"downloads_30d": round(30_000 * factor)}, *small[1:]]
    for now, before in ((large, small), (small, large)):
        gate = judge(make_evidence(see(now), see(before, DAY)))["surge"]
        assert state == gate.state
        assert ("west/m0" in gate.found) == (state == "warn")


def test_a_model_that_comes_to_hold_a_tenth_is_told_once() -> None:
    """On the day on which it does; from then on every sentence says what stands without it."""
    rows = [row | {"downloads_30d": 1_000} for row in BEFORE[:100]]
    before, now = ([rows[0] | {"downloads_30d": count}, *rows[1:]] for count in (9_000, 12_000))
    told = [
        judge(make_evidence(see(later), see(earlier, DAY)))["model"] for earlier, later in ((before, now), (now, now))
    ]
    assert [("warn", 12 / 111), ("accept", 12 / 111)] == [(gate.state, gate.figure) for gate in told]


@pytest.mark.parametrize(("more", "state"), [(200, "accept"), (201, "warn")])
def test_a_list_that_grew_by_a_fifth_is_told(more: int, state: str) -> None:
    """A selection is another list then."""
    rows = make_rows(1000 + more)
    found = judge(make_evidence(see(rows, scope="selection"), see(BEFORE, DAY, scope="selection")))["rows"]
    assert state == found.state


@pytest.mark.parametrize(("column", "blank"), [("license", ""), ("license", None), ("languages", []), ("author", "")])
def test_an_emptied_column_holds(column: str, blank: object) -> None:
    """In 21 of 1,000 models: 2.1 points; an empty text or list is no value; 19 are within the limit."""
    for number, state in ((21, "hold"), (19, "accept")):
        now = [row | ({column: blank} if i < number else {}) for i, row in enumerate(grow(BEFORE))]
        gate = judge(make_evidence(see(now), see(BEFORE, DAY)))["columns"]
        assert state == gate.state
        assert gate.found.startswith(column)


def test_counters_that_fall_are_told_and_many_hold() -> None:
    """One counter of 1,000 falls to nothing: 0.1 %; twenty: 2 %."""

    def reset(number: int) -> Gate:
        now = [row | ({"downloads_all_time": 0} if i < number else {}) for i, row in enumerate(grow(BEFORE))]
        return judge(make_evidence(see(now), see(BEFORE, DAY)))["counters"]

    assert ["accept", "warn", "hold"] == [reset(number).state for number in (0, 1, 20)]
    assert "1 all-time counters fell" in reset(1).found


def test_counters_that_are_filled_up_hold() -> None:
    """A day's flow is a thirtieth of the 30-day counts; three days of it in one day is told, six hold."""

    def fill(days: int) -> Gate:
        return judge(make_evidence(see(grow(BEFORE, days)), see(BEFORE, DAY)))["flow"]

    assert ["accept", "warn", "hold"] == [fill(days).state for days in (1, 3, 6)]


def test_a_missed_night_is_told() -> None:
    """Two nights missed: three days; what no count covers is named beyond thirty."""
    found = judge(make_evidence(see(grow(BEFORE), DAY + dt.timedelta(days=3)), see(BEFORE, DAY)))["gap"]
    assert ("warn", 3.0, 1.0) == (found.state, found.figure, found.limit)
    long = judge(make_evidence(see(grow(BEFORE), DAY + dt.timedelta(days=40)), see(BEFORE, DAY)))["gap"]
    assert "10 days of it are not covered" in long.action


def test_old_counts_are_told_and_counts_of_tomorrow_hold() -> None:
    """Checked two days later; checked a day early, the clock or the date is wrong."""
    old = judge(make_evidence(see(BEFORE), today=NEXT + dt.timedelta(days=2)))["age"]
    early = judge(make_evidence(see(BEFORE), today=DAY))["age"]
    assert ["warn", "hold"] == [old.state, early.state]


def test_a_large_unreviewed_publisher_is_told() -> None:
    """Its downloads are 1 % of all; the registry does not know it."""
    rows = [*BEFORE, {"key": "g", "id": "giant/x", "downloads_30d": 300_000}]
    found = judge(make_evidence(see(rows)))["unreviewed"]
    assert "warn" == found.state
    assert "giant" in found.found


def test_a_list_of_counters_alone_begins_with_no_days() -> None:
    """What it counts on its first date is where the next one begins; an interval of no days later on is a break."""
    first = Interval(DAY, DAY, 0, "counter", "t", "selection", 1, 0.0, 1, 0, 0, ())
    second = replace(first, end=DAY + dt.timedelta(days=2), covered_days=2)
    again = replace(first, start=second.end, end=second.end)
    found = [judge(make_evidence(see(BEFORE), intervals=each))["ledger"] for each in ((first, second), (second, again))]
    assert ["accept", "hold"] == [gate.state for gate in found]


def test_a_ledger_whose_intervals_do_not_join_holds() -> None:
    """One begins later than the one before ended; a gap inside is told."""
    first = Interval(
        DAY - dt.timedelta(days=40), DAY - dt.timedelta(days=2), 30, "rate", "t", "hub", 1, 1.0, 1, 0, 0, ()
    )
    second = replace(first, start=DAY - dt.timedelta(days=2), end=DAY, covered_days=2)
    assert "warn" == judge(make_evidence(see(BEFORE), intervals=(first, second)))["ledger"].state
    broken = replace(second, start=DAY - dt.timedelta(days=1), covered_days=1)
    found = judge(make_evidence(see(BEFORE), intervals=(first, broken)))["ledger"]
    assert "hold" == found.state
    assert "follows 2026-11-18" in found.found


def test_a_selection_may_not_follow_the_whole_hub() -> None:
    """The reverse is told."""
    part = see(grow(BEFORE), scope="selection")
    assert "hold" == judge(make_evidence(part, see(BEFORE, DAY)))["scope"].state
    assert "warn" == judge(make_evidence(see(grow(BEFORE)), see(BEFORE, DAY, scope="selection")))["scope"].state


def test_a_selection_is_compared_over_what_is_in_both() -> None:
    """It may double without any count being wrong: neither total nor shares nor fill rates say anything."""
    more = [{"key": f"n{i}", "id": f"east/n{i}", "downloads_30d": 90_000} for i in range(1000)]
    before = see(BEFORE, DAY, scope="selection")
    assert {"rows": "warn"} == states(make_evidence(see([*grow(BEFORE), *more], scope="selection"), before))


def check_night(rows: Sequence[Row]) -> Check:
    """Check a night after an ordinary one."""
    return compute_check(make_evidence(see(rows), see(BEFORE, DAY)), "0" * 64)


def test_a_check_holds_if_a_gate_does() -> None:
    """It names which; the state of the whole is the gravest."""
    night = check_night(grow(BEFORE)[:970])
    assert ("hold", ["rows", "survival"]) == (night.state, [gate.name for gate in night.held])
    assert ("accept", False) == (check_night(grow(BEFORE)).state, check_night(grow(BEFORE)).holds)


def test_overruling_needs_every_gate_that_holds() -> None:
    """One of two overruled still holds; both overruled is a warning, not silence."""
    night = check_night(grow(BEFORE)[:970])
    one = overrule(night, Override("rows", "a purge that the Hub announced", NEXT))
    both = overrule(one, Override("survival", "the same", NEXT))
    assert (True, False, "warn") == (one.holds, both.holds, both.state)
    assert both == overrule(both, Override("rows", "again", NEXT))


@pytest.mark.parametrize(
    ("gate", "reason", "told"),
    [
        ("nonsense", "why", "There is no gate 'nonsense'. The gates are scope, rows"),
        ("rows", "  ", "without a reason"),
    ],
)
def test_what_cannot_be_overruled_is_refused(gate: str, reason: str, told: str) -> None:
    """A gate that is none, a decision without a reason."""
    with pytest.raises(CheckError) as caught:
        overrule(check_night(grow(BEFORE)[:970]), Override(gate, reason, NEXT))
    assert told in str(caught.value)


def test_overruling_what_does_not_hold_changes_nothing() -> None:
    """And is said, with what does hold."""
    night = check_night(grow(BEFORE)[:970])
    assert night == overrule(night, Override("total", "why", NEXT))
    assert [
        "The gate total does not hold the snapshot of 2026-11-21, and was not overruled; those that do: rows, survival."
    ] == describe_needless(night, ["total", "rows"])


def test_writing_and_reading_a_check_is_the_identity() -> None:
    """As JSON, with its overrides."""
    night = overrule(check_night(grow(BEFORE)[:970]), Override("rows", "a purge", NEXT))
    assert night == parse_check(render_check(night), "here")
    first = compute_check(make_evidence(see(BEFORE)), "1" * 64)
    assert first == parse_check(render_check(first), "here")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "oms-check/9"}', '{"format": "oms-check/1"}'])
def test_a_damaged_check_is_refused(text: str) -> None:
    """By name, with what to do."""
    with pytest.raises(CheckError, match=r"The check checks/x\.json cannot be read: .* run `oms check` again"):
        parse_check(text, "checks/x.json")


def test_the_report_lists_all_gates_and_what_to_do() -> None:
    """Held gates say what to do; the first line says what came of it."""
    lines = render_lines(check_night(grow(BEFORE)[:970]))
    assert "HELD by rows, survival; nothing is appended or published." in lines[0]
    assert list(NAMES) == [line.split()[1] for line in lines[1:] if "→" not in line]
    assert any("leave it out: the next night is compared with the last accepted one" in line for line in lines)
    assert "accepted, 0 warnings." in describe_check(check_night(grow(BEFORE)))


def test_strings_of_the_hub_are_inert_in_the_report() -> None:
    """An account's name neither makes a link or a mention nor steers the terminal."""
    evil = "x\x1b[31m|@someone#1<img>"
    rows = [*BEFORE, {"key": "g", "id": "y/x", "author": evil, "downloads_30d": 300_000}]
    check = compute_check(make_evidence(see(rows)), "0" * 64)
    table = render_gates(check)
    assert 2 + len(NAMES) == len(table.splitlines())
    assert {6} == {line.count("|") for line in table.splitlines()}
    assert [] == [sign for sign in ("@", "<img", "\x1b") if sign in table]
    assert not any("\x1b" in line for line in render_lines(check))
