"""Releases: what is one, against what a person would call one; line, version, fourteen days, launch dates."""

import csv
import datetime as dt
from pathlib import Path

import pytest

from generator.ledger.intervals import Described, LedgerEntry
from generator.ledger.thinning import keep_nights
from generator.registry import LaunchDate, Registry
from generator.star.releases import Release, list_releases, read_line, read_version
from generator.star.window import read_ledger
from tests.small import compute_entry, make_publisher, make_registry
from tests.test_ledger import utc
from tests.test_snapshot import make_models

# 162 repositories of the bundled data with the day of their creation; the releases' names are written by hand, after
# what their makers announced. Empty: no release of its publisher.
EXAMPLES = Path(__file__).with_name("release_examples.csv")
# Where the rule and a person differ, and why.
DIFFERENT = {
    "DeepSeek-V4 Flash 0731": "its update 0813 came within fourteen days and has the same version",
    "DeepSeek-V4 Pro 0813": "as above",
    "GLM-4 0414": "GLM-Z1, launched together, has another number",
    "GLM-5.3": "the registry has a family of its own for the Flash model",
    "Llama 3.2": "the registry has a family of its own for the models that see",
    "MiniMax-01": "the registry has a family of its own for the model that sees",
    "Qwen3 2507": "Qwen3-Coder came in the same days and has the same family and version",
    "Qwen3-Coder": "as above",
}
DATE = dt.date(2026, 10, 8)
REGISTRY = make_registry(make_publisher("east", "CN"), make_publisher("west", "US"))


def enter(*rows: tuple[str, str], registry: Registry = REGISTRY, date: dt.date = DATE) -> LedgerEntry:
    """Compute the entry of a snapshot of models, each with the day of its creation."""
    models = make_models(*({"id": name, "created_at": utc(day), "downloads_30d": 900} for name, day in rows))
    return compute_entry(Described(date, "test", "hub"), models, None, None, registry)


def find(*rows: tuple[str, str], registry: Registry = REGISTRY) -> tuple[Release, ...]:
    """List the releases of a snapshot."""
    return list_releases(enter(*rows, registry=registry).releases, registry)


def read_examples() -> list[dict[str, str]]:
    """Read the hand-checked examples."""
    with EXAMPLES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def group_by_hand() -> dict[str, frozenset[str]]:
    """Return the repositories of each release that a person names."""
    groups: dict[str, set[str]] = {}
    for row in read_examples():
        if row["release"]:
            groups.setdefault(row["release"], set()).add(row["id"])
    return {name: frozenset(ids) for name, ids in groups.items()}


def group_by_rule(registry: Registry) -> set[frozenset[str]]:
    """Return the repositories of each release that the rule finds among the examples."""
    rows = read_examples()
    found = find(*((row["id"], row["created"]) for row in rows), registry=registry)
    return {frozenset(release.ids) for release in found}


def test_the_examples_are_of_at_least_ten_publishers() -> None:
    """Fourteen of them have releases; packed copies and models made from others' are among the examples, too."""
    rows = read_examples()
    assert 14 == len({row["id"].split("/")[0] for row in rows if row["release"]})
    assert 9 == sum(not row["release"] for row in rows)


def test_the_rule_finds_what_a_person_would_call_a_release(registry: Registry) -> None:
    """Of the releases named by hand, all but those listed with their reason are found with exactly their parts."""
    by_rule = group_by_rule(registry)
    missed = {name for name, ids in group_by_hand().items() if ids not in by_rule}
    assert set(DIFFERENT) == missed


def test_copies_and_models_made_from_others_are_no_releases(registry: Registry) -> None:
    """None of the rows without a name is in any release."""
    nothing = {row["id"] for row in read_examples() if not row["release"]}
    assert set() == nothing & set().union(*group_by_rule(registry))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Qwen/Qwen2.5-7B", "2.5"),
        ("Qwen/Qwen-1_8B", ""),
        ("Qwen/Qwen3-235B-A22B-Instruct-2507", "3"),
        ("deepseek-ai/deepseek-coder-7b-instruct-v1.5", "1.5"),
        ("deepseek-ai/DeepSeek-R1-0528", "1"),
        ("internlm/internlm2_5-20b-chat", "2.5"),
        ("zai-org/GLM-4.5V", "4.5v"),
        ("google/gemma-3n-E2B-it", "3n"),
        ("ibm-granite/granite-4.0-h-small", "4"),
        ("allenai/OLMo-7B-0724-hf", ""),
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", "0.1"),
        ("nvidia/Nemotron-Labs-TwoTower-30B-A3B-Base-BF16", ""),
        ("meta-llama/Llama-4-Maverick-17B-128E", "4"),
        ("facebook/encodec_24khz", ""),
        ("LiquidAI/LFM2-8B-A1B", "2"),
        ("a/" + "9" * 5000, ""),
    ],
)
def test_the_version_is_the_first_number_that_says_neither_size_nor_date(name: str, expected: str) -> None:
    """Sizes, experts, contexts, sampling rates, formats and dates of four digits are passed over."""
    assert expected == read_version(name)


@pytest.mark.parametrize(
    ("name", "family", "expected"),
    [
        ("Qwen/Qwen2.5-7B", "Qwen2.5", "Qwen"),
        ("LiquidAI/LFM2-VL-3B", "LFM2-VL", "LFM VL"),
        ("google/gemma-3-1b-it", "Gemma 3 small", "Gemma"),
        ("Qwen/WebWorld-8B", None, "webworld"),
        ("nvidia/NV-Reason-CT", float("nan"), "reason"),
        ("a/4-2", None, "4-2"),
    ],
)
def test_the_line_is_the_family_without_numbers_or_else_a_word(name: str, family: object, expected: str) -> None:
    """Where no family is known: the first word of at least three letters, else the whole name."""
    assert expected == read_line(name, family)


def test_fourteen_days_are_one_release_and_fifteen_are_two() -> None:
    """Counted from the first repository, so a long row of small steps is cut."""
    found = find(("east/acme-3-8b", "2026-05-01"), ("east/acme-3-70b", "2026-05-15"), ("east/acme-3-1b", "2026-05-16"))
    assert [(dt.date(2026, 5, 1), 2), (dt.date(2026, 5, 16), 1)] == [
        (each.released_on, len(each.ids)) for each in found
    ]


def test_another_version_and_another_publisher_are_other_releases() -> None:
    """On one day: two versions of one account, and the same name at another one."""
    found = find(("east/acme-3", "2026-05-01"), ("east/acme-4", "2026-05-01"), ("west/acme-3", "2026-05-01"))
    assert [("east/acme-3", "CN", "3"), ("east/acme-4", "CN", "4"), ("west/acme-3", "US", "3")] == [
        (release.id, release.country_code, release.version) for release in found
    ]


def test_the_day_on_which_the_hub_began_is_no_release() -> None:
    """2 March 2022 stands for all the years before it; the next day is a day."""
    assert ["east/acme-2"] == [
        release.id for release in find(("east/acme-1", "2022-03-02T23:29"), ("east/acme-2", "2022-03-03"))
    ]


def test_a_launch_moves_what_was_made_for_it() -> None:
    """Made on 1 May, launched on 1 June: what was made between counts as one, on 1 June; a later size stays apart."""
    launch = LaunchDate(
        "east/acme-3-8b", dt.date(2026, 5, 1), dt.date(2026, 6, 1), "https://example.org/", dt.date(2026, 7, 1), ""
    )
    registry = Registry(REGISTRY.publishers, REGISTRY.countries, (), launch_dates=(launch,))
    days = {"8b": "2026-05-01", "70b": "2026-05-28", "1b": "2026-06-20"}
    found = find(*((f"east/acme-3-{size}", day) for size, day in days.items()), registry=registry)
    assert [(dt.date(2026, 6, 1), 2, True), (dt.date(2026, 6, 20), 1, False)] == [
        (release.released_on, len(release.ids), release.is_corrected) for release in found
    ]


def test_a_model_that_came_back_is_counted_once() -> None:
    """Removed for a week and there again: the ledger meets it twice."""
    nights = [enter(("east/acme-3", "2026-05-01"), date=date) for date in (DATE, DATE + dt.timedelta(days=7))]
    assert 1 == len(list_releases(read_ledger(keep_nights(nights), REGISTRY).releases, REGISTRY))


def test_every_launch_date_is_of_a_day_that_the_data_confirm(registry: Registry) -> None:
    """A correction names the repository's day as the bundled data have it."""
    created = {row["id"]: row["created"] for row in read_examples()}
    assert {row.id: row.repository_date.isoformat() for row in registry.launch_dates} == {
        row.id: created.get(row.id) for row in registry.launch_dates
    }
