"""What is counted: three kinds of scope, what each may claim, and how its name travels from an import to a page."""

import datetime as dt
import json
from collections import Counter
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from generator.base.scope import EXAMPLE, HEAD, WHOLE_HUB, Scope, make_scope
from generator.ledger.intervals import Described
from generator.ledger.store import load_ledger, read_manifest
from generator.questions.compute import compute_report
from generator.questions.sentences import state_headline
from generator.registry import Registry
from generator.sources.files import import_files
from generator.sources.files_rows import Reading
from generator.sources.snapshot import SCHEMA, SnapshotInfo, author_of
from generator.star.coded import code_of
from generator.star.definitions import UNIVERSES
from generator.text.words import name_models
from tests.realdata import DATA, needs
from tests.small import BLANK, append_all, compute_entry
from tests.spoken import speak

DATE = dt.date(2026, 10, 8)
TOP = DATA / "top-of-hub-2026-08" / f"{HEAD.as_of}.json"
OBSERVATIONS = DATA / "llmfit-wheels" / "observations.csv.gz"
SUBSET = DATA / "hub-stats-subset-2026-05-20" / "hub_stats_frozen.parquet"


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
        speak(name_models(universe, Scope("selection", "x"))) for universe in UNIVERSES
    ]
    assert "all public models" == speak(name_models("all", WHOLE_HUB))


def test_the_name_given_at_import_reaches_the_report(tmp_path: Path, registry: Registry) -> None:
    """By way of snapshot and ledger, whose manifest keeps it when the snapshot is gone."""
    path = tmp_path / "list.csv"
    path.write_text("id,downloads_30d\nQwen/Qwen3-8B,9000\n", encoding="utf-8")
    described = SnapshotInfo(DATE, "somebody's table", "selection", name="a friend's list")
    (found,) = import_files({path: DATE}, tmp_path, described, Reading())
    append_all(tmp_path, registry)
    report = compute_report(load_ledger(tmp_path).entries, registry, DATE)
    assert ("a friend's list", Scope("selection", "a friend's list")) == (found.info.name, report.data.scope)


def test_a_manifest_without_names_is_read(tmp_path: Path, registry: Registry) -> None:
    """As they were written before lists had names: the words of the source stand in."""
    path = tmp_path / "list.csv"
    path.write_text("id,downloads_30d\nQwen/Qwen3-8B,9000\n", encoding="utf-8")
    import_files({path: DATE}, tmp_path, SnapshotInfo(DATE, "somebody's table", "selection"), Reading())
    append_all(tmp_path, registry)
    before = read_manifest(tmp_path)
    manifest = tmp_path / "ledger" / "manifest.json"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace(',\n    "name": ""', ""), encoding="utf-8")
    assert text != manifest.read_text(encoding="utf-8")
    assert before == read_manifest(tmp_path)
    assert "" == before.stored[0].interval.name


@needs(TOP)
@needs(OBSERVATIONS)
def test_the_head_of_the_hub_is_as_the_fact_has_it(registry: Registry) -> None:
    """Shares by publisher, and what no release of the catalogue has, from the public list and our registry.

    Within a point: a corrected registry moves it, and then the fact wants another look.
    """
    models = json.loads(TOP.read_text(encoding="utf-8"))["models"]
    listed = set(pd.read_csv(OBSERVATIONS, usecols=["id"])["id"])
    counts, missing = Counter[str](), Counter[str]()
    for model in models:
        code = code_of(author_of(model["id"]) or model["id"], registry)
        counts[code] += model["downloads"]
        missing[code] += model["downloads"] * (model["id"] not in listed)
    total, left_out = counts.total(), missing.total()
    assert len(models) == HEAD.models
    parts = [counts["US"] / total, counts["CN"] / total, left_out / total, missing["US"] / left_out]
    assert pytest.approx([HEAD.us, HEAD.cn, HEAD.left_out, HEAD.left_out_us], abs=0.01) == parts


@pytest.mark.slow
@needs(SUBSET)
def test_a_list_with_counters_speaks_of_a_year(registry: Registry) -> None:
    """One snapshot of a part of an archive: counters of the models created within the year, with the list's name."""
    date = dt.date(2026, 5, 20)
    rows = pd.read_parquet(SUBSET).drop_duplicates("id").astype({"pipeline_tag": "object"})
    rows = rows.assign(pipeline_tag=rows["pipeline_tag"].where(rows["pipeline_tag"].notna(), None))
    table = pa.Table.from_pylist(
        [
            BLANK
            | {
                "id": row.id,
                "author": row.author,
                "created_at": row.createdAt.to_pydatetime(),
                "task": row.pipeline_tag,
            }
            | {"downloads_30d": row.downloads, "downloads_all_time": row.downloadsAllTime}
            for row in rows.itertuples()
        ],
        schema=SCHEMA,
    )
    head = Described(date, "hub-stats", "selection", "a subset of hub-stats")
    report = compute_report((compute_entry(head, table, None, None, registry),), registry, date)
    assert speak(state_headline(report)) == (
        "Models from organisations in China account for 62.8% of the downloads since their creation of the models in a "
        "subset of hub-stats created in the twelve months to 20 May 2026, models from organisations in the United "
        "States for 36.4%."
    )
