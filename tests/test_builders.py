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
from generator.questions.builders.tables import SHARES
from generator.questions.compute import compute_report
from generator.questions.gallery import build_figures
from generator.questions.ground import Answer
from generator.questions.report import Report
from generator.questions.topics import state_topic
from generator.registry import Registry
from generator.star.table import Row
from tests.realdata import needs
from tests.small import append_all, make_publisher, make_registry, make_report
from tests.spoken import ENGLISH, speak
from tests.test_derivatives import RECENT, read_recent

pytestmark = pytest.mark.slow

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
def answer() -> Answer:
    """The tables of one model of each."""
    return find(make())


def make() -> Report:
    """Make the report of one model of each account, in thousands of downloads."""
    return make_report(
        [{"id": f"{name}/model", "downloads_30d": 1000 * count} for name, count in DOWNLOADS.items()], REGISTRY
    )


def find(report: Report) -> Answer:
    """Return the question's tables."""
    return report.topics["builders"]


def find_mix(answer: Answer, code: str) -> Row:
    """Find the mix of all models of a country, or of the world."""
    row = answer.by_name["builders-countries"].find(country_code=code, universe="all")
    assert row
    return row


def list_shares(row: Row) -> dict[str, float]:
    """List the shares of the kinds that a mix has."""
    return {kind: row[column.name] for kind, column in SHARES.items() if row[column.name]}


def test_a_countrys_downloads_divide_by_kind(answer: Answer) -> None:
    """700, 260 and 40 of 1,000; persons and strangers have no country, which is not the same as having no part."""
    mix = find_mix(answer, "US")
    assert (1_000_000, 5, None, None) == tuple(
        mix[name] for name in ("downloads_30d", "publishers", "share_person", "share_unreviewed")
    )
    assert {"company": 0.7, "non-profit": 0.26, "university": 0.04} == list_shares(mix)


def test_the_worlds_downloads_hold_persons_and_strangers(answer: Answer) -> None:
    """Of 2,000: companies 1,300, non-profits 260, the school 40, the circle 50, the person 300, the stranger 50."""
    assert {
        "company": 0.65,
        "non-profit": 0.13,
        "university": 0.02,
        "community": 0.025,
        "person": 0.15,
        "unreviewed": 0.025,
    } == list_shares(find_mix(answer, "all"))


def test_a_country_with_few_publishers_is_not_divided(answer: Answer) -> None:
    """China has one: it would be that account's kind."""
    assert {"all", "US"} == set(answer.by_name["builders-countries"].frame["country_code"])
    assert [("CN", 600_000, 1)] == answer.by_name["builders-left-out"].rows()


def test_independent_is_who_is_no_company_and_has_no_parent(answer: Answer) -> None:
    """The institute and the school; the laboratory belongs to a company, the circle and the person to no country."""
    found = answer.by_name["builders-independent"].pick("country_code", "rank", "publisher", "kind", "share_of_country")
    assert [("US", 1, "institute", "non-profit", 0.2), ("US", 2, "school", "university", 0.04)] == found.rows()


def test_series_are_per_kind_and_persons_are_the_worlds_only(answer: Answer) -> None:
    """A kind that a country has not is 0 there, not missing: its publishers were all looked up."""
    values = {name: points[-1].value for name, points in answer.series.items()}
    assert [0.7, 0.0, None, 0.15] == [
        values[f"builders.share-{name}"] for name in ("company.US", "government.US", "person.US", "person.all")
    ]
    assert not [name for name in values if name.endswith(".CN")]


def test_the_american_case_is_stated_from_its_numbers() -> None:
    """Companies' part, and the largest independent publisher with its own."""
    assert (
        "Models from companies account for 70.0% of the downloads of publishers in the United States; those from "
        "institute (non-profit organisation), the largest publisher that is no company and belongs to none, for 20.0%."
    ) == speak(state_topic("builders", make()))["case"]


def test_without_enough_american_publishers_nothing_is_said_of_them() -> None:
    """Two accounts are no country of builders."""
    report = make_report([{"id": f"{name}/x", "downloads_30d": 9000} for name in ("west", "someone")], REGISTRY)
    assert "" == speak(state_topic("builders", report))["case"]
    assert ["builders-countries"] == [
        figure.slug for figure in speak(build_figures(report)) if figure.slug.startswith("builders")
    ]


def test_the_kinds_of_every_mix_sum_to_one(bundled_report: Report) -> None:
    """Of every country, universe and date; and no country has persons or unreviewed accounts."""
    tables = find(bundled_report).by_name
    mixes = [row for name in ("builders-countries", "builders-history") for row in tables[name].records()]
    assert len(mixes) > 100
    assert [pytest.approx(1.0)] * len(mixes) == [sum(list_shares(mix).values()) for mix in mixes]
    assert set() == {kind for mix in mixes if mix["country_code"] != "all" for kind in list_shares(mix)} & {
        *("person", "unreviewed"),
    }


def test_the_newest_date_of_the_history_is_what_stands_by_country(bundled_report: Report) -> None:
    """All models; the one comes of the sums of every date, the other stands beside the other universes."""
    tables = find(bundled_report).by_name
    newest = tables["builders-history"].where(as_of=bundled_report.data.as_of)
    everything = tables["builders-countries"].where(universe="all")
    assert everything.pick(*(column.name for column in newest.columns)).records() == newest.records()


def test_countries_hold_what_the_shares_by_country_hold(bundled_report: Report) -> None:
    """The downloads of a country here are those of the table of thirty days, in every universe, by publisher."""
    mixes = find(bundled_report).by_name["builders-countries"]
    for definition, tables in bundled_report.histories.items():
        if (definition.window, definition.attribution) == ("30d", "publisher"):
            held = {"all": tables[-1].downloads} | {row.code: row.downloads for row in tables[-1].rows}
            rows = mixes.where(universe=definition.universe).records()
            assert len(rows) > 5
            assert {row["country_code"]: held[row["country_code"]] for row in rows} == {
                row["country_code"]: row["downloads_30d"] for row in rows
            }


def test_the_headlines_are_those_of_their_numbers(bundled_report: Report) -> None:
    """The bundled data's world and the American case."""
    answer = find(bundled_report)
    said = speak(state_topic("builders", bundled_report))
    shares = find_mix(answer, "all")
    assert said["world"].startswith(
        f"Models from companies account for {ENGLISH.percent(shares['share_company'])} of the downloads of models in"
    )
    assert (
        f"{ENGLISH.percent(shares['share_unreviewed'])} come from accounts that nobody has reviewed." in said["world"]
    )
    independent = answer.by_name["builders-independent"].find(country_code="US")
    assert independent is not None
    assert ENGLISH.percent(find_mix(answer, "US")["share_company"]) in said["case"]
    assert f"for {ENGLISH.percent(independent['share_of_country'])}." in said["case"]


@needs(RECENT)
def test_real_downloads_give_the_shares_of_a_plain_computation(registry: Registry, tmp_path: Path) -> None:
    """The new models of August 2026: kind and country straight from the registry's file, summed by pandas."""
    rows = read_recent()
    file = tmp_path / "recent.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    CliRunner().invoke(app, ["import", str(file), "--date", "2026-08-22", "--store", str(tmp_path / "store")])
    append_all(tmp_path / "store", registry)
    answer = find(compute_report(load_ledger(tmp_path / "store").entries, registry, dt.date(2026, 8, 23)))

    with (ROOT / "generator" / "registry" / "publishers.csv").open(encoding="utf-8", newline="") as lines:
        facts = {row["handle"].lower(): row for row in csv.DictReader(lines)}
    targets = {handle: facts.get(row["alias_of"].lower(), row) for handle, row in facts.items()}
    known = {handle: row for handle, row in targets.items() if row["basis"] != "unverified"}
    frame = pd.DataFrame(rows)[["author", "downloads_30d"]]
    handles = frame["author"].str.lower()
    frame["kind"] = [known[handle]["kind"] if handle in known else "unreviewed" for handle in handles]
    frame["country"] = [known[handle]["country"] if handle in known else "" for handle in handles]
    world = frame.groupby("kind")["downloads_30d"].sum()
    assert {kind: pytest.approx(value / world.sum()) for kind, value in world.items() if value} == list_shares(
        find_mix(answer, "all")
    )
    countries = [code for code in answer.by_name["builders-countries"].frame["country_code"].unique() if code != "all"]
    assert len(countries) >= 2
    for code in countries:
        mine = frame[frame["country"] == code].groupby("kind")["downloads_30d"].sum()
        assert {kind: pytest.approx(value / mine.sum()) for kind, value in mine.items() if value} == list_shares(
            find_mix(answer, code)
        )
