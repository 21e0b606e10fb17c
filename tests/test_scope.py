"""What is counted: three kinds of scope, what each may claim, and how its name travels from an import to a page."""

import datetime as dt
from pathlib import Path

import pytest

from generator.i18n import Language
from generator.metrics.definitions import UNIVERSES
from generator.registry import Registry
from generator.report import compute_report
from generator.scope import EXAMPLE, WHOLE_HUB, Scope, make_scope
from generator.sources.files import import_file
from generator.store import load_ledger, read_manifest
from generator.words import name_models
from tests.small import append_all

ENGLISH = Language("en")
DATE = dt.date(2026, 10, 8)


@pytest.mark.parametrize(
    ("kind", "name", "bundled", "scope"),
    [
        ("hub", "", False, WHOLE_HUB),
        ("selection", "the head of the Hub", False, Scope("selection", "the head of the Hub")),
        ("selection", "", False, Scope("selection", "somebody's table")),
        ("selection", "", True, EXAMPLE),
    ],
)
def test_a_list_goes_by_its_name_else_by_its_source(kind: str, name: str, bundled: bool, scope: Scope) -> None:
    """The whole Hub needs no name; the example has its own."""
    assert scope == make_scope(kind, name, "somebody's table", bundled=bundled)


def test_only_the_whole_hub_ranks_and_judges() -> None:
    """Over a list that somebody chose, the order is that of the choice."""
    scopes = (WHOLE_HUB, EXAMPLE, Scope("selection", "x"))
    assert [(True, True), (False, False), (False, False)] == [
        (scope.may_rank, scope.may_judge_levels) for scope in scopes
    ]


def test_every_universe_of_a_list_is_named_with_the_list() -> None:
    """No noun of a list can be read as the Hub's."""
    assert [f"{kind}models in x" for kind in ("", "new ", "generative ", "language ")] == [
        name_models(universe, Scope("selection", "x"), ENGLISH) for universe in UNIVERSES
    ]
    assert "all public models" == name_models("all", WHOLE_HUB, ENGLISH)


def test_the_name_given_at_import_reaches_the_report(tmp_path: Path, registry: Registry) -> None:
    """By way of snapshot and ledger, whose manifest keeps it when the snapshot is gone."""
    path = tmp_path / "list.csv"
    path.write_text("id,downloads_30d\nQwen/Qwen3-8B,9000\n", encoding="utf-8")
    info = import_file(path, DATE, tmp_path, "somebody's table", "selection", "a friend's list").info
    append_all(tmp_path, registry)
    report = compute_report(load_ledger(tmp_path).entries, registry, DATE)
    assert ("a friend's list", Scope("selection", "a friend's list")) == (info.name, report.data.scope)


def test_a_manifest_without_names_is_read(tmp_path: Path, registry: Registry) -> None:
    """As they were written before lists had names: the words of the source stand in."""
    path = tmp_path / "list.csv"
    path.write_text("id,downloads_30d\nQwen/Qwen3-8B,9000\n", encoding="utf-8")
    import_file(path, DATE, tmp_path, "somebody's table", "selection")
    append_all(tmp_path, registry)
    before = read_manifest(tmp_path)
    manifest = tmp_path / "ledger" / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace(',\n    "name": ""', ""), encoding="utf-8")
    assert text != manifest.read_text(encoding="utf-8")
    assert before == read_manifest(tmp_path)
    assert "" == before.stored[0].interval.name
