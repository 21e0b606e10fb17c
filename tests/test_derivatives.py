"""Derivatives: known answers on a handful of models, sums that are kept, and a plain computation on real tags."""

import datetime as dt
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from generator.cli.main import app
from generator.ledger.classify import compute_relation
from generator.ledger.intervals import SMALL
from generator.ledger.lineage import FamilyMatcher
from generator.ledger.store import load_ledger
from generator.questions.compute import compute_report
from generator.questions.derivatives.figures import group_pairs
from generator.questions.derivatives.tables import MATRIX
from generator.questions.gallery import build_figures
from generator.questions.ground import Answer
from generator.questions.report import Report
from generator.questions.topics import state_topic
from generator.registry import Registry
from generator.sources.snapshot import author_of
from generator.star.coded import code_of
from generator.star.table import Row
from tests.realdata import DATA, needs
from tests.small import append_all, make_publisher, make_registry, make_report
from tests.spoken import ENGLISH, speak
from tests.test_ledger import utc

pytestmark = pytest.mark.slow

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
def answer() -> Answer:
    """The tables of these models."""
    return find(make_report(MODELS, REGISTRY))


def find(report: Report) -> Answer:
    """Return the question's tables."""
    answer = report.topics["derivatives"]
    assert isinstance(answer, Answer)
    return answer


def find_basis(answer: Answer) -> Row:
    """Find what the newest date stands on."""
    basis = answer.by_name["derivatives-basis"].find()
    assert basis
    return basis


def list_downloads(answer: Answer) -> dict[str, float]:
    """List the shares of the downloads of the newest date by origin, those that are not nothing."""
    history = answer.by_name["derivatives-downloads-history"]
    rows = history.where(as_of=history.frame["as_of"].max()).records()
    return {row["origin_code"]: row["download_share"] for row in rows if row["download_share"]}


def list_year(answer: Answer) -> dict[str, float]:
    """List the shares of the new derivatives of the last whole months by origin."""
    return {row["origin_code"]: row["share"] for row in answer.by_name["derivatives-year"].records()}


def count_months(answer: Answer) -> dict[dt.date, int]:
    """Count the new derivatives of each month."""
    rows = answer.by_name["derivatives-new"].records()
    return {day: sum(row["models"] for row in rows if row["as_of"] == day) for day in {row["as_of"] for row in rows}}


def test_downloads_go_back_to_the_origins_country(answer: Answer) -> None:
    """Of 5,000 downloads of derivatives 4,000 go back to China; West, itself a builder, is the origin of 1,000."""
    assert {"CN": 0.8, "US": 0.2} == list_downloads(answer)
    found = answer.by_name["derivatives-downloads"].where(origin_code="CN").pick("relation", "downloads_30d")
    assert [("adapter", 500), ("fine-tuned", 1000), ("quantised", 2500)] == found.rows()


def test_what_is_made_of_ones_own_models_is_left_out_and_told(answer: Answer) -> None:
    """East's copy of its own base: 700 downloads beside the 5,000 of 19,700."""
    basis = find_basis(answer)
    assert (5000, 700) == (basis["downloads_30d"], basis["downloads_own"])
    assert pytest.approx(5000 / 19700) == basis["share_of_all"]


def test_new_derivatives_are_counted_by_month(answer: Answer) -> None:
    """One in August, three in September; October is not over and belongs to no year."""
    assert {dt.date(2026, 8, 31): 1, dt.date(2026, 9, 30): 3, dt.date(2026, 10, 8): 1} == count_months(answer)
    assert {"CN": 0.5, "US": 0.5} == list_year(answer)
    assert {dt.date(2026, 9, 30)} == set(answer.by_name["derivatives-year"].frame["as_of"])


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
    assert {dt.date(2022, 4, 30): 1} == count_months(find(make_report([*old, *new], REGISTRY)))


def test_the_matrix_says_who_builds_on_whom(answer: Answer) -> None:
    """Two of the packer's, one of West's, two of a person's, who has no country."""
    assert [
        ("FR", "CN", 1, 2500),
        ("FR", "US", 1, 500),
        ("UNAFFILIATED", "CN", 1, 500),
        ("UNAFFILIATED", "US", 1, 500),
        ("US", "CN", 1, 1000),
    ] == answer.by_name["derivatives-matrix"].rows()


def test_re_uploaders_are_those_of_copies_and_say_whose(answer: Answer) -> None:
    """The packer alone: 3,000 downloads, five sixths of East's model. Whoever tunes is none."""
    assert [("packer", "FR", 2, 3000, 1.0, "east", "CN", 2500 / 3000, "west", 500 / 3000)] == answer.by_name[
        "derivatives-reuploaders"
    ].rows()
    carried = answer.by_name["derivatives-carried"].pick("publisher", "origin_code", "share")
    assert [("packer", "CN", 2500 / 3000), ("packer", "US", 500 / 3000)] == carried.rows()


def test_without_tags_the_page_says_so_and_with_them_it_does_not(answer: Answer, bundled_report: Report) -> None:
    """The bundled data know derivatives by name only: no zero stands for what they cannot tell."""
    assert find_basis(answer)["has_tags"]
    assert pytest.approx(1.0) == find_basis(answer)["share_by_tags"]
    report = make_report(MODELS, REGISTRY)
    assert "" == speak(state_topic("derivatives", report))["tags"]
    assert not find_basis(find(bundled_report))["has_tags"]
    said = speak(state_topic("derivatives", bundled_report))
    assert "no base-model tags" in said["tags"]
    assert "0.0% is known by base-model tags" not in said["basis"]
    relations = find(bundled_report).by_name["derivatives-downloads"].frame["relation"]
    assert not {"adapter", "merge"} & set(relations)
    assert "adapter" not in said["relations"]


def test_shares_sum_to_one_and_the_matrix_keeps_all(bundled_report: Report) -> None:
    """Of every month and date; by pairs, by fields of the figure and by rows of the ledger there are as many."""
    answer = find(bundled_report)
    for name, column in (("new", "new_share"), ("new", "new_tuned_share"), ("downloads", "download_share")):
        frame = answer.by_name[f"derivatives-{name}-history"].frame.dropna(subset=[column])
        sums = frame.groupby("as_of", observed=True)[column].sum().tolist()
        assert sums
        assert [pytest.approx(1.0)] * len(sums) == sums
    assert pytest.approx(1.0) == sum(list_year(answer).values())
    pairs = answer.by_name["derivatives-matrix"]
    newest = answer.by_name["derivatives-downloads"].where(as_of=bundled_report.data.as_of).frame["downloads_30d"].sum()
    assert newest == pairs.frame["downloads_30d"].sum() == find_basis(answer)["downloads_30d"]
    fields = group_pairs(pairs).frame
    assert pairs.frame["models"].sum() == fields["models"].sum()
    shares = fields.groupby("publisher_code")["share"].sum().tolist()
    assert [pytest.approx(1.0)] * len(shares) == shares
    carried = answer.by_name["derivatives-carried"].frame.groupby("publisher", observed=True)["share"].sum().tolist()
    assert [pytest.approx(1.0)] * len(carried) == carried


def test_the_matrix_shows_the_largest_and_puts_the_others_together() -> None:
    """Seven countries build: six have a row, the seventh stands under others, as does the fifth origin."""
    pairs = [(code, "CN", 10 - place, 0) for place, code in enumerate(("US", "DE", "FR", "JP", "KR", "GB", "IN"))]
    pairs += [("US", code, 1, 0) for code in ("US", "FR", "DE", "JP", "KR", "UNREVIEWED")]
    fields = group_pairs(replace(MATRIX, frame=pd.DataFrame(pairs, columns=[column.name for column in MATRIX.columns])))
    rows = fields.where(publisher_code="US").rows()
    assert ["US", "DE", "FR", "JP", "KR", "GB", "REST"] == fields.frame["publisher_code"].unique().tolist()
    assert [("CN", 10), ("DE", 1), ("FR", 1), ("JP", 1), ("REST", 2), ("NOBODY", 1)] == [
        (origin, models) for _, origin, _, models in rows
    ]
    assert [10 / 16, 1 / 16, 1 / 16, 1 / 16, 2 / 16, 1 / 16] == [share for *_, share, _ in rows]
    assert 4 == fields.where(publisher_code="REST").frame["models"].sum()


def test_the_headlines_are_those_of_their_numbers(bundled_report: Report) -> None:
    """The percentages in the sentences are the shares, written with one decimal."""
    answer = find(bundled_report)
    said = speak(state_topic("derivatives", bundled_report))
    for name, shares in (("new", list_year(answer)), ("downloads", list_downloads(answer))):
        assert ENGLISH.percent(shares["CN"]) + " go back to models from China" in said[name]
        nobody = sum(shares.get(code, 0.0) for code in ("INT", "UNAFFILIATED", "UNREVIEWED"))
        assert f"{ENGLISH.percent(nobody)} to accounts without a country." in said[name]
    figures = {figure.slug: figure for figure in speak(build_figures(bundled_report))}
    first = answer.by_name["derivatives-reuploaders"].find()
    assert first
    told = (
        f"Copies by {first['publisher']}, more than by any other account, "
        f"account for {ENGLISH.percent(first['share_of_copies'])} of the downloads of copies"
    )
    assert told in figures["derivatives-reuploaders"].headline
    matrix = figures["derivatives-matrix"]
    models = [column.name for column in matrix.columns].index("models")
    assert answer.by_name["derivatives-matrix"].frame["models"].sum() == sum(int(row[models]) for row in matrix.rows)


def test_without_derivatives_there_is_no_figure_and_a_sentence() -> None:
    """Two originals."""
    report = make_report(MODELS[:2], REGISTRY)
    assert [] == [figure for figure in speak(build_figures(report)) if figure.slug.startswith("derivatives")]
    said = speak(state_topic("derivatives", report))
    assert said["new"].startswith("Too few new derivatives")
    assert said["downloads"].startswith("No derivative was downloaded")
    assert {} == find(report).series


# --- Real tags ---------------------------------------------------------------------------------------

RECENT = DATA / "recent-models-2026-08" / "models_2026-08-22T2000Z.jsonl.gz"
RELATIONS = ("quantized", "finetune", "adapter", "merge")


def read_recent() -> list[dict[str, object]]:
    """Read the models as rows of a snapshot, their bases from the tags: those that are ids, no folders of a machine."""
    rows = []
    with gzip.open(RECENT, "rt", encoding="utf-8") as file:
        for raw in map(json.loads, file):
            if raw["removed"]:
                continue
            tags = [tag.removeprefix("base_model:") for tag in raw["tags"] if tag.startswith("base_model:")]
            split = [tag.partition(":") for tag in tags]
            relations = [head for head, colon, _ in split if colon and head in RELATIONS]
            named = (rest if colon else head for head, colon, rest in split)
            bases = list(dict.fromkeys(name for name in named if re.fullmatch(r"[\w.-]+(/[\w.-]+)?", name)))
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
    answer = find(compute_report(load_ledger(tmp_path / "store").entries, registry, dt.date(2026, 8, 23)))

    plain = derive_plainly(rows, registry)
    expected = plain.groupby("code")["downloads_30d"].sum()
    assert pytest.approx(expected.sum(), rel=2e-4) == find_basis(answer)["downloads_30d"]
    found_shares = list_downloads(answer)
    kept = {code: value / expected.sum() for code, value in expected.items() if code in found_shares}
    assert {code: pytest.approx(value, abs=2e-4) for code, value in kept.items()} == found_shares
    assert sum(kept.values()) == pytest.approx(1, abs=2e-4)
    months = plain[plain["created_at"].str[:7] > "2022-03"].groupby(plain["created_at"].str[:7]).size()
    assert months.to_dict() == {f"{day:%Y-%m}": number for day, number in count_months(answer).items()}
    assert find_basis(answer)["has_tags"]
    assert find_basis(answer)["share_by_tags"] > 0.5


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
    answer = find(make_report([*MODELS[:1], make("old-east/base-gguf", 700, "east/base", "quantized")], registry))
    assert (0, 700) == (find_basis(answer)["downloads_30d"], find_basis(answer)["downloads_own"])
    assert {} == count_months(answer)
