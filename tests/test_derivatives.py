"""Derivatives: known answers on a handful of models, sums that are kept, and a plain computation on real tags."""

import datetime as dt
import gzip
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from generator.cli.main import app
from generator.ledger.classify import compute_relation
from generator.ledger.intervals import SMALL
from generator.ledger.lineage import FamilyMatcher
from generator.ledger.store import load_ledger
from generator.questions.derivatives.figures import pick_matrix
from generator.questions.derivatives.tables import Derivatives, Pair, select_derivatives
from generator.questions.report import Report, compute_report
from generator.questions.topics import build_topic_figures, state_topic
from generator.registry import Registry
from generator.sources.snapshot import author_of
from generator.star.coded import code_of
from tests.realdata import DATA, needs
from tests.small import append_all, make_publisher, make_registry, make_report
from tests.spoken import ENGLISH, speak
from tests.test_ledger import utc

REGISTRY = make_registry(
    make_publisher("east", "CN"),
    make_publisher("west", "US"),
    make_publisher("packer", "FR"),
    make_publisher("someone", "", kind="person"),
)


def make(
    name: str, downloads: int, base: str = "", relation: str = "", created: str = "2026-09-03"
) -> dict[str, object]:
    """Describe a model, made from another one or not."""
    row: dict[str, object] = {"id": name, "downloads_30d": downloads, "created_at": utc(created)}
    return row | ({"base_models": [base], "base_relation": relation} if base else {})


# East's base has 4,000 downloads of derivatives by others, West's 1,000; East's own copy of its base is none.
MODELS = [
    make("east/base", 9000, created="2026-01-05"),
    make("west/base", 5000, created="2026-01-05"),
    make("east/base-gguf", 700, "east/base", "quantized"),
    make("packer/base-gguf", 2500, "east/base", "quantized"),
    make("packer/west-gguf", 500, "west/base", "quantized"),
    make("west/tuned", 1000, "east/base", "finetune", created="2026-08-20"),
    make("someone/tuned", 500, "west/base", "finetune"),
    make("someone/adapter", 500, "east/base", "adapter", created="2026-10-02"),
]


@pytest.fixture(scope="module")
def topic() -> Derivatives:
    """The record of these models."""
    return find(make_report(MODELS, REGISTRY))


def find(report: Report) -> Derivatives:
    """Return the topic's record."""
    record = report.topics["derivatives"]
    assert isinstance(record, Derivatives)
    return record


def test_downloads_go_back_to_the_origins_country(topic: Derivatives) -> None:
    """Of 5,000 downloads of derivatives 4,000 go back to China; West, itself a builder, is the origin of 1,000."""
    assert {"CN": 0.8, "US": 0.2} == topic.dates[-1].shares()
    assert 5000 == topic.dates[-1].number
    assert {("CN", "quantised"): 2500, ("CN", "fine-tuned"): 1000, ("CN", "adapter"): 500} == {
        (part.code, part.relation): part.number for part in topic.dates[-1].parts if part.code == "CN"
    }


def test_what_is_made_of_ones_own_models_is_left_out_and_told(topic: Derivatives) -> None:
    """East's copy of its own base: 700 downloads beside the 5,000 of 19,700."""
    assert (5000, 700) == (topic.ground.downloads, topic.ground.own)
    assert pytest.approx(5000 / 19700) == topic.ground.share_of_all


def test_new_derivatives_are_counted_by_month(topic: Derivatives) -> None:
    """One in August, three in September; October is not over and belongs to no year."""
    assert [(dt.date(2026, 8, 31), 1), (dt.date(2026, 9, 30), 3), (dt.date(2026, 10, 8), 1)] == [
        (month.date, month.number) for month in topic.months
    ]
    assert {"CN": 0.5, "US": 0.5} == topic.year.shares()
    assert dt.date(2026, 9, 30) == topic.year.date


def test_a_month_with_few_derivatives_has_no_share() -> None:
    """Nineteen are too few, twenty are enough; the unfinished month has none whatever it holds."""
    few = [make(f"packer/{n}", 10, "east/base", "finetune", "2026-08-03") for n in range(19)]
    many = [make(f"someone/{n}", 10, "east/base", "adapter", "2026-09-03") for n in range(20)]
    late = [make(f"west/{n}", 10, "east/base", "merge", "2026-10-03") for n in range(30)]
    series = find(make_report([*MODELS[:1], *few, *many, *late], REGISTRY)).series
    assert [None, 1.0, None] == [point.value for point in series["derivatives.new-share.CN"]]


def test_tuned_shares_leave_copies_out() -> None:
    """Twenty copies of West's model do not touch the share among twenty tuned ones, of which five are West's."""
    copies = [make(f"packer/{n}-gguf", 10, "west/base", "quantized") for n in range(20)]
    tuned = [make(f"someone/{n}", 10, "west/base" if n < 5 else "east/base", "finetune") for n in range(20)]
    series = find(make_report([*MODELS[:2], *copies, *tuned], REGISTRY)).series
    values = {name: series[f"derivatives.{name}.CN"][-1].value for name in ("new-share", "new-tuned-share")}
    assert {"new-share": 15 / 40, "new-tuned-share": 0.75} == values


def test_months_up_to_the_hubs_first_are_left_out() -> None:
    """March 2022 holds all that is older."""
    old = [make("packer/old", 10, "east/base", "finetune", day) for day in ("2022-03-30",)]
    new = [make("packer/new", 10, "east/base", "finetune", "2022-04-01")]
    assert [dt.date(2022, 4, 30)] == [month.date for month in find(make_report([*old, *new], REGISTRY)).months]


def test_the_matrix_says_who_builds_on_whom(topic: Derivatives) -> None:
    """Two of the packer's, one of West's, two of a person's, who has no country."""
    assert {
        ("FR", "CN"): 1,
        ("FR", "US"): 1,
        ("US", "CN"): 1,
        ("UNAFFILIATED", "US"): 1,
        ("UNAFFILIATED", "CN"): 1,
    } == {(pair.builder, pair.origin): pair.models for pair in topic.pairs}
    assert 5000 == sum(pair.downloads_30d for pair in topic.pairs)


def test_re_uploaders_are_those_of_copies_and_say_whose(topic: Derivatives) -> None:
    """The packer alone: 3,000 downloads, five sixths of East's model. Whoever tunes is none."""
    found = topic.uploaders
    assert [("packer", "FR", 2, 3000, 1.0)] == [
        (row.publisher, row.code, row.models, row.downloads_30d, row.share) for row in found
    ]
    assert [("east", "CN", 2500 / 3000), ("west", "US", 500 / 3000)] == [
        (part.origin, part.code, part.share) for part in found[0].carried
    ]


def test_without_tags_the_page_says_so_and_with_them_it_does_not(topic: Derivatives, bundled_report: Report) -> None:
    """The bundled data know derivatives by name only: no zero stands for what they cannot tell."""
    assert topic.ground.has_tags
    assert pytest.approx(1.0) == topic.ground.by_tags
    report = make_report(MODELS, REGISTRY)
    assert "" == speak(state_topic("derivatives", report))["tags"]
    assert not find(bundled_report).ground.has_tags
    said = speak(state_topic("derivatives", bundled_report))
    assert "no base-model tags" in said["tags"]
    assert "0.0% is known by base-model tags" not in said["basis"]
    assert not {"adapter", "merge"} & {part.relation for part in find(bundled_report).dates[-1].parts}
    assert "adapter" not in said["relations"]


def test_shares_sum_to_one_and_the_matrix_keeps_all(bundled_report: Report) -> None:
    """Of every month and date; by pairs, by fields of the figure and by rows of the ledger there are as many."""
    topic = find(bundled_report)
    for each in (*topic.months, *topic.dates, topic.year):
        assert pytest.approx(1.0) == sum(each.shares().values())
    assert topic.dates[-1].number == sum(pair.downloads_30d for pair in topic.pairs) == topic.ground.downloads
    columns, rows = pick_matrix(topic.pairs)
    assert sum(pair.models for pair in topic.pairs) == sum(row.models for row in rows)
    assert [pytest.approx(1.0)] * len(rows) == [sum(row.shares) for row in rows]
    assert len(set(columns)) == len(columns)
    for uploader in topic.uploaders:
        assert pytest.approx(1.0) == sum(uploader.countries.values())


def test_the_matrix_shows_the_largest_and_puts_the_others_together() -> None:
    """Seven countries build: six have a row, the seventh stands under others, as does the fifth origin."""
    pairs = [Pair(code, "CN", 10 - place, 0) for place, code in enumerate(("US", "DE", "FR", "JP", "KR", "GB", "IN"))]
    pairs += [Pair("US", code, 1, 0) for code in ("US", "FR", "DE", "JP", "KR", "UNREVIEWED")]
    columns, rows = pick_matrix(pairs)
    assert ("CN", "DE", "FR", "JP", "REST", "NOBODY") == columns
    assert ["US", "DE", "FR", "JP", "KR", "GB", "REST"] == [row.code for row in rows]
    assert (16, (10 / 16, 1 / 16, 1 / 16, 1 / 16, 2 / 16, 1 / 16)) == (rows[0].models, rows[0].shares)
    assert 4 == rows[-1].models


def test_the_headlines_are_those_of_their_numbers(bundled_report: Report) -> None:
    """The percentages in the sentences are the shares, written with one decimal."""
    topic = find(bundled_report)
    said = speak(state_topic("derivatives", bundled_report))
    for name, shares in (("new", topic.year.shares()), ("downloads", topic.dates[-1].shares())):
        assert ENGLISH.percent(shares["CN"]) + " go back to models from China" in said[name]
        nobody = sum(shares.get(code, 0.0) for code in ("INT", "UNAFFILIATED", "UNREVIEWED"))
        assert f"{ENGLISH.percent(nobody)} to accounts without a country." in said[name]
    figures = {figure.slug: figure for figure in speak(build_topic_figures(bundled_report))}
    first = topic.uploaders[0]
    assert figures["derivatives-reuploaders"].headline.startswith(
        f"The account with most downloads of copies, {first.publisher}, has {ENGLISH.percent(first.share)} of them"
    )
    matrix = figures["derivatives-matrix"]
    assert sum(pair.models for pair in topic.pairs) == sum(int(row[3]) for row in matrix.rows if row[3])


def test_without_derivatives_there_is_no_figure_and_a_sentence() -> None:
    """Two originals."""
    report = make_report(MODELS[:2], REGISTRY)
    assert [] == [figure for figure in speak(build_topic_figures(report)) if figure.slug.startswith("derivatives")]
    said = speak(state_topic("derivatives", report))
    assert said["new"].startswith("Too few new derivatives")
    assert said["downloads"].startswith("No derivative was downloaded")
    assert all(points == () for points in find(report).series.values())


# --- Real tags ---------------------------------------------------------------------------------------

RECENT = DATA / "recent-models-2026-08" / "models_2026-08-22T2000Z.jsonl.gz"
RELATIONS = ("quantized", "finetune", "adapter", "merge")


def read_recent() -> list[dict[str, object]]:
    """Read the models as rows of a snapshot, their bases from the tags as they stand."""
    rows = []
    with gzip.open(RECENT, "rt", encoding="utf-8") as file:
        for raw in map(json.loads, file):
            if raw["removed"]:
                continue
            tags = [tag.removeprefix("base_model:") for tag in raw["tags"] if tag.startswith("base_model:")]
            split = [tag.partition(":") for tag in tags]
            relations = [head for head, colon, _ in split if colon and head in RELATIONS]
            bases = list(dict.fromkeys(rest if colon else head for head, colon, rest in split))
            rows.append(
                {
                    "id": raw["id"],
                    "author": raw["author"],
                    "downloads_30d": raw["downloads_30d"],
                    "created_at": raw["created_at"],
                    "task": raw["pipeline_tag"],
                    "library": raw["library"],
                    "license": raw["license"],
                    "base_models": bases or None,
                    "base_relation": relations[0] if relations else None,
                }
            )
    return rows


def find_root(name: str, bases: Mapping[str, list[str]], matcher: FamilyMatcher, seen: tuple[str, ...] = ()) -> str:
    """Find the account at the root of a model: plainly, one step after the other."""
    parents = [base for base in bases.get(name, []) if base != name and base not in seen]
    family = matcher.find(name)
    if not parents:
        return family.origin if family else author_of(name) or "(none)"
    roots = [find_root(parent, bases, matcher, (*seen, name)) for parent in parents]
    counts = Counter(roots)
    best = [root for root in roots if counts[root] == max(counts.values())]
    return family.origin if family and family.origin in best and len(set(best)) > 1 else best[0]


@pytest.mark.slow
@needs(RECENT)
def test_real_tags_give_the_shares_of_a_plain_computation(registry: Registry, tmp_path: Path) -> None:
    """15,904 models of August 2026 through the program, and beside it: root, country, sum.

    The ledger keeps no origin of its smallest rows, which here are one download in five thousand.
    """
    rows = read_recent()
    file = tmp_path / "recent.jsonl"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    found = CliRunner().invoke(app, ["import", str(file), "--date", "2026-08-22", "--store", str(tmp_path / "store")])
    assert 0 == found.exit_code, found.output
    append_all(tmp_path / "store", registry)
    topic = find(compute_report(load_ledger(tmp_path / "store").entries, registry, dt.date(2026, 8, 23)))

    plain = derive_plainly(rows, registry)
    expected = plain.groupby("code")["downloads_30d"].sum()
    assert pytest.approx(expected.sum(), rel=2e-4) == topic.dates[-1].number
    found_shares = topic.dates[-1].shares()
    kept = {code: value / expected.sum() for code, value in expected.items() if code in found_shares}
    assert {code: pytest.approx(value, abs=2e-4) for code, value in kept.items()} == found_shares
    assert sum(kept.values()) == pytest.approx(1, abs=2e-4)
    months = plain[plain["created_at"].str[:7] > "2022-03"].groupby(plain["created_at"].str[:7]).size()
    assert months.to_dict() == {f"{month.date:%Y-%m}": month.number for month in topic.months}
    assert topic.ground.has_tags
    assert topic.ground.by_tags > 0.5


def derive_plainly(rows: Iterable[Mapping[str, object]], registry: Registry) -> pd.DataFrame:
    """Return the derivatives of others' models with the code of their origin.

    Unreviewed accounts below the ledger's floor are one account in it, so they do not build on one another.
    """
    matcher = FamilyMatcher(registry.families)
    frame = pd.DataFrame(list(rows))
    bases = {name: links for name, links in zip(frame["id"], frame["base_models"], strict=True) if links}
    frame["publisher"] = frame["author"]
    frame["origin"] = [find_root(name, bases, matcher) for name in frame["id"]]
    tagged = frame["id"].isin(bases)
    frame["origin_basis"] = tagged.map({True: "tags", False: "family"})
    frame["relation"] = compute_relation(frame.assign(parameters=None))
    for column in ("publisher", "origin"):
        sums = frame.groupby(column)["downloads_30d"].sum()
        small = {name for name in sums[sums < 300].index if name.lower() not in registry.publishers}
        frame[column] = frame[column].mask(frame[column].isin(small), SMALL).map(registry.canonical)
    derived = frame[(frame["relation"] != "original") & (frame["publisher"] != frame["origin"])]
    return derived.assign(code=[code_of(name, registry) for name in derived["origin"]])


def test_aliases_are_one_account() -> None:
    """What an organisation's older account makes of its newer one's models is its own."""
    registry = make_registry(make_publisher("east", "CN"), make_publisher("old-east", "CN", alias_of="east"))
    rows = pd.DataFrame({"publisher": ["old-east"], "origin": ["east"], "relation": ["quantised"]})
    assert 0 == len(select_derivatives(rows, registry))
