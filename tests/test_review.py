"""For those who keep the registry: the list of work, the explanations, the effect of a change."""

import subprocess
from dataclasses import replace

import pandas as pd
import pyarrow as pa
import pytest

from generator.audit.review import (
    ShareChange,
    compare_reports,
    compute_worklist,
    explain,
    load_registry_at,
    render_changes,
)
from generator.base.errors import OmsError, RegistryError
from generator.ledger.intervals import Described, LedgerEntry
from generator.ledger.thinning import keep_nights
from generator.registry import Family, Reading, Registry
from generator.sources.snapshot import SCHEMA, to_frame
from generator.star.definitions import Definition
from generator.star.readings import compute_readings, list_readings
from generator.star.window import read_ledger
from tests.small import BLANK, DATE, compute_entry, make_publisher, make_registry, make_report, make_usual_report

pytestmark = pytest.mark.slow

ALL_30D = Definition("30d", "all", "publisher")


def make_models(*rows: dict[str, object]) -> pd.DataFrame:
    """Make the rows of a snapshot; each names what differs from an empty one."""
    return to_frame(pa.Table.from_pylist([BLANK | row for row in rows], schema=SCHEMA))


def make_entry(registry: Registry, *rows: dict[str, object]) -> LedgerEntry:
    """Make the interval that a snapshot of these rows closes."""
    return compute_entry(Described(DATE, "a test", "selection"), make_models(*rows), None, None, registry)


def test_the_list_of_work_begins_with_the_largest() -> None:
    """Of 1,000 downloads 600 are reviewed; 300 and 100 are not: coverage rises to 0.9, then to 1."""
    registry = make_registry(make_publisher("east", "CN"))
    entry = make_entry(
        registry,
        {"id": "east/a", "author": "east", "downloads_30d": 6000},
        {"id": "low/b", "author": "low", "downloads_30d": 1000},
        {"id": "high/c", "author": "high", "downloads_30d": 3000},
    )
    items = compute_worklist([entry], registry)
    assert [("high", 3000, 0.3, 0.9), ("low", 1000, 0.1, 1.0)] == [
        (item.handle, item.downloads_30d, item.share, round(item.coverage_after, 12)) for item in items
    ]
    assert ("high/c",) == items[0].models


def test_an_account_is_explained_through_its_alias() -> None:
    """An old name leads to the account that it was renamed to, and to that one's country."""
    registry = make_registry(
        make_publisher("new", "CN"), make_publisher("old", "CN", alias_of="new", alias_since="2025-07")
    )
    steps = explain("old", make_models({"id": "old/a", "author": "old"}), registry)
    assert "alias of new since 2025-07: its downloads count for that account" in steps
    assert "country: CN" == steps[-1]


def make_family_registry() -> Registry:
    """Make a registry of two accounts and one family."""
    families = (Family("Grand", "grand", "east", "language", ""),)
    return replace(make_registry(make_publisher("east", "CN"), make_publisher("west", "US")), families=families)


def test_a_model_is_explained_through_its_chain() -> None:
    """The base models by tag come first, then the root's family, then both accounts."""
    models = make_models(
        {"id": "west/tune-gguf", "author": "west", "base_models": ["west/tune"], "base_relation": "quantized"},
        {"id": "west/tune", "author": "west", "base_models": ["somebody/grand-7b"]},
    )
    steps = explain("west/tune-gguf", models, make_family_registry())
    assert ["base model by tag: west/tune", "base model by tag: somebody/grand-7b"] == steps[1:3]
    assert "origin: east (by tags)" in steps
    assert "  country: CN" == steps[-1]


def test_a_merge_is_explained_with_all_its_bases() -> None:
    """Two bases of two makers; the name tells the second one's family: it is followed, and its maker is the origin."""
    merge = {"id": "west/grand-merge", "author": "west", "base_models": ["a/one", "somebody/grand-7b"]}
    steps = explain("west/grand-merge", make_models(merge), make_family_registry())
    assert "declares 2 base models: somebody/grand-7b, a/one" in steps
    assert "base model by tag: somebody/grand-7b" in steps
    assert "origin: east (by tags)" in steps


def test_an_unknown_name_is_refused() -> None:
    """What is neither in the registry nor in the snapshot gets a clear error."""
    with pytest.raises(OmsError, match="'nobody' is neither an account of the registry"):
        explain("nobody", make_models({"id": "a/b", "author": "a"}), make_registry())


def test_a_change_is_told_by_definition_and_country() -> None:
    """Moving an account with half of the downloads moves half of every share."""
    models = [
        {"id": "east/a", "author": "east", "downloads_30d": 5000},
        {"id": "west/b", "author": "west", "downloads_30d": 5000},
    ]
    before = make_report(models, make_registry(make_publisher("east", "CN"), make_publisher("west", "US")))
    after = make_report(models, make_registry(make_publisher("east", "CN"), make_publisher("west", "FR")))
    changes = [change for change in compare_reports(before, after) if change.definition == ALL_30D]
    assert [ShareChange(ALL_30D, "FR", 0.0, 0.5), ShareChange(ALL_30D, "US", 0.5, 0.0)] == changes


def test_the_same_registry_changes_nothing() -> None:
    """A report compared with itself has no differences."""
    report, _ = make_usual_report()
    assert () == compare_reports(report, report)


def test_changes_can_be_quoted_in_a_comment() -> None:
    """A table of Markdown, the largest change first; a revision's name is text in it."""
    changes = [ShareChange(ALL_30D, "FR", 0.1, 0.101), ShareChange(ALL_30D, "US", 0.5, 0.4)]
    assert "| 30d-all-publisher | US | 50.00% | 40.00% | -10.00 |\n| 30d-all-publisher | FR |" in render_changes(
        changes, "main"
    )
    assert "No share differs from that at &#60;b&#62;." in render_changes([], "<b>")


def test_the_registry_of_a_revision_is_loaded() -> None:
    """The registry that stands in the last commit is the one that git holds."""
    tracked = subprocess.run(["git", "cat-file", "-e", "HEAD:generator/registry/readings.csv"], check=False)
    if tracked.returncode:
        pytest.skip("this is not a git checkout that holds the registry")
    assert "qwen" in load_registry_at("HEAD").publishers


@pytest.mark.parametrize("revision", ["--output=/tmp/x", "no-such-revision"])
def test_a_revision_that_git_does_not_know_is_refused(revision: str) -> None:
    """Neither an option nor an unknown name reaches the report."""
    with pytest.raises(RegistryError, match=r"[Gg]ive a branch, a tag or a commit"):
        load_registry_at(revision)


def test_a_reading_moves_an_account_to_the_other_country() -> None:
    """A subsidiary with 4,000 of 10,000 downloads counts for the parent's country: 0.4 of all move."""
    registry = make_registry(
        make_publisher("east", "CN"), make_publisher("lab", "FR", parent="East", parent_country="CN")
    )
    report = make_report(
        [
            {"id": "east/a", "author": "east", "downloads_30d": 6000},
            {"id": "lab/b", "author": "lab", "downloads_30d": 4000},
        ],
        registry,
    )
    entry = make_entry(
        registry,
        {"id": "east/a", "author": "east", "downloads_30d": 6000},
        {"id": "lab/b", "author": "lab", "downloads_30d": 4000},
    )
    (result,) = compute_readings(read_ledger(keep_nights([entry]), registry).sums, registry, report.table(ALL_30D))
    assert ("parent", ("lab",), 0.4) == (result.reading, result.handles, round(result.moved, 12))
    assert 1.0 == result.table.share_of("CN")


def test_readings_of_the_registry_stand_beside_the_parents() -> None:
    """Each case of readings.csv is a reading with the accounts that it moves."""
    registry = replace(
        make_registry(make_publisher("east", "CN")), readings=(Reading("former-seat", "east", "US", "founded there"),)
    )
    assert {"parent": {}, "former-seat": {"east": "US"}} == list_readings(registry)
