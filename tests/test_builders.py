"""Who builds inside a country: known answers, sums that are kept, and a plain computation on real downloads."""

import csv
import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from generator.cli.main import app
from generator.ledger.store import load_ledger
from generator.questions.builders.tables import Builders
from generator.questions.report import Report, compute_report
from generator.questions.topics import build_topic_figures, state_topic
from generator.registry import Registry
from tests.realdata import needs
from tests.small import append_all, make_publisher, make_registry, make_report
from tests.spoken import ENGLISH, speak
from tests.test_derivatives import RECENT, read_recent

ROOT = Path(__file__).resolve().parents[1]
REGISTRY = make_registry(
    make_publisher("west", "US"),
    make_publisher("south", "US"),
    make_publisher("institute", "US", kind="non-profit"),
    make_publisher("lab", "US", kind="non-profit", parent="West Ltd"),
    make_publisher("school", "US", kind="university"),
    make_publisher("east", "CN"),
    make_publisher("someone", "", kind="person"),
    make_publisher("circle", "", kind="community"),
)
# West and South 700, the institute 200, West's laboratory 60, the school 40: 1,000 of the United States.
DOWNLOADS = {
    "west": 500, "south": 200, "institute": 200, "lab": 60, "school": 40,
    "east": 600, "someone": 300, "circle": 50, "stranger": 50,
}  # fmt: skip


@pytest.fixture(scope="module")
def topic() -> Builders:
    """The record of one model of each."""
    return find(make())


def make() -> Report:
    """Make the report of one model of each account, in thousands of downloads."""
    return make_report(
        [{"id": f"{name}/model", "downloads_30d": 1000 * count} for name, count in DOWNLOADS.items()], REGISTRY
    )


def find(report: Report) -> Builders:
    """Return the topic's record."""
    record = report.topics["builders"]
    assert isinstance(record, Builders)
    return record


def test_a_countrys_downloads_divide_by_kind(topic: Builders) -> None:
    """700, 260 and 40 of 1,000; persons and strangers have no country."""
    mix = topic.countries[0].mix
    assert ("US", 1_000_000, 5) == (mix.code, mix.downloads, mix.publishers)
    assert {"company": 0.7, "non-profit": 0.26, "university": 0.04} == mix.shares


def test_the_worlds_downloads_hold_persons_and_strangers(topic: Builders) -> None:
    """Of 2,000: companies 1,300, non-profits 260, the school 40, the circle 50, the person 300, the stranger 50."""
    assert {
        "company": 0.65,
        "non-profit": 0.13,
        "university": 0.02,
        "community": 0.025,
        "person": 0.15,
        "unreviewed": 0.025,
    } == topic.world[0].shares


def test_a_country_with_few_publishers_is_not_divided(topic: Builders) -> None:
    """China has one: it would be that account's kind."""
    assert ["US"] == [country.mix.code for country in topic.countries]
    assert ("CN",) == topic.left_out


def test_independent_is_who_is_no_company_and_has_no_parent(topic: Builders) -> None:
    """The institute and the school; the laboratory belongs to a company."""
    assert [("institute", "non-profit", 0.2), ("school", "university", 0.04)] == [
        (row.publisher, row.kind, row.share) for row in topic.countries[0].independent
    ]


def test_series_are_per_kind_and_persons_are_the_worlds_only(topic: Builders) -> None:
    """A kind that a country has not is 0 there, not missing: its publishers were all looked up."""
    values = {name: points[-1].value for name, points in topic.series.items()}
    assert (0.7, 0.0, 0.15) == (
        values["builders.company-share.US"],
        values["builders.government-share.US"],
        values["builders.person-share.all"],
    )
    assert "builders.person-share.US" not in values
    assert not [name for name in values if name.endswith(".CN")]


def test_the_american_case_is_stated_from_its_numbers() -> None:
    """Companies' part, and the largest independent publisher with its own."""
    assert (
        "Models from companies account for 70.0% of the downloads of American publishers; the largest publisher "
        "that is no company and belongs to none, institute (non-profit organisation), for 20.0%."
    ) == speak(state_topic("builders", make()))["case"]


def test_without_enough_american_publishers_nothing_is_said_of_them() -> None:
    """Two accounts are no country of builders."""
    report = make_report([{"id": f"{name}/x", "downloads_30d": 9000} for name in ("west", "someone")], REGISTRY)
    assert "" == speak(state_topic("builders", report))["case"]
    assert ["builders-countries"] == [
        figure.slug for figure in speak(build_topic_figures(report)) if figure.slug.startswith("builders")
    ]


def test_the_kinds_of_every_mix_sum_to_one(bundled_report: Report) -> None:
    """Of every country, universe and date; and no country has persons or unreviewed accounts."""
    topic = find(bundled_report)
    mixes = [mix for _, found in topic.history for mix in found] + list(topic.world)
    mixes += [mix for country in topic.countries for mix in country.universes]
    assert [pytest.approx(1.0)] * len(mixes) == [sum(mix.shares.values()) for mix in mixes]
    assert set() == {kind for mix in mixes if mix.code != "all" for kind in mix.shares} & {"person", "unreviewed"}


def test_countries_hold_what_the_shares_by_country_hold(bundled_report: Report) -> None:
    """The downloads of a country here are those of the table of thirty days, all models, by publisher."""
    topic = find(bundled_report)
    table = next(
        tables[-1]
        for definition, tables in bundled_report.histories.items()
        if (definition.window, definition.universe, definition.attribution) == ("30d", "all", "publisher")
    )
    assert table.downloads == topic.world[0].downloads
    for country in topic.countries:
        row = table.find(country.mix.code)
        assert row is not None
        assert row.downloads == country.mix.downloads


def test_the_headlines_are_those_of_their_numbers(bundled_report: Report) -> None:
    """The bundled data's world and the American case."""
    topic = find(bundled_report)
    said = speak(state_topic("builders", bundled_report))
    shares = topic.world[0].shares
    assert said["world"].startswith(
        f"Models from companies account for {ENGLISH.percent(shares['company'])} of the downloads of models in the"
    )
    assert f"{ENGLISH.percent(shares['unreviewed'])} are of accounts that nobody has reviewed." in said["world"]
    case = topic.find("US")
    assert case is not None
    assert ENGLISH.percent(case.mix.shares["company"]) in said["case"]
    assert f"for {ENGLISH.percent(case.independent[0].share)}." in said["case"]
    assert all(row.kind != "company" for row in case.independent)


@pytest.mark.slow
@needs(RECENT)
def test_real_downloads_give_the_shares_of_a_plain_computation(registry: Registry, tmp_path: Path) -> None:
    """The new models of August 2026: kind and country straight from the registry's file, summed by pandas."""
    rows = read_recent()
    file = tmp_path / "recent.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    CliRunner().invoke(app, ["import", str(file), "--date", "2026-08-22", "--store", str(tmp_path / "store")])
    append_all(tmp_path / "store", registry)
    topic = find(compute_report(load_ledger(tmp_path / "store").entries, registry, dt.date(2026, 8, 23)))

    with (ROOT / "generator" / "registry" / "publishers.csv").open(encoding="utf-8", newline="") as lines:
        facts = {row["handle"].lower(): row for row in csv.DictReader(lines)}
    targets = {handle: facts.get(row["alias_of"].lower(), row) for handle, row in facts.items()}
    known = {handle: row for handle, row in targets.items() if row["basis"] != "unverified"}
    frame = pd.DataFrame(rows)[["author", "downloads_30d"]]
    handles = frame["author"].str.lower()
    frame["kind"] = [known[handle]["kind"] if handle in known else "unreviewed" for handle in handles]
    frame["country"] = [known[handle]["country"] if handle in known else "" for handle in handles]
    world = frame.groupby("kind")["downloads_30d"].sum()
    assert {kind: pytest.approx(value / world.sum()) for kind, value in world.items() if value} == topic.world[0].shares
    assert len(topic.countries) >= 2
    for country in topic.countries:
        mine = frame[frame["country"] == country.mix.code].groupby("kind")["downloads_30d"].sum()
        assert {kind: pytest.approx(value / mine.sum()) for kind, value in mine.items() if value} == country.mix.shares
