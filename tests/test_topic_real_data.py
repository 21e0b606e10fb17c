"""Sizes, licences and relations of 15,904 real models, through the program and through a plain computation."""

import gzip
import json
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest
from typer.testing import CliRunner

from generator.cli.main import app
from generator.ledger.classify import is_helper
from generator.ledger.store import load_ledger
from generator.questions.openness.tables import compute as compute_openness
from generator.questions.sizes.tables import compute as compute_sizes
from generator.registry import Registry
from generator.star.table import Table
from tests.plain_registry import read_codes
from tests.realdata import DATA, needs
from tests.small import append_all
from tests.topic_ground import make_ground

MODELS = DATA / "recent-models-2026-08" / "models_2026-08-22T2000Z.jsonl.gz"
# Rows of the ledger with next to no downloads are folded, and then state neither size nor licence.
FOLDED = 0.001
PLACES = ("CN", "US", "UNAFFILIATED", "UNREVIEWED")
# What a repository is called that holds a packed copy.
PACKED = {"gguf", "awq", "gptq", "mlx", "fp8", "nvfp4", "onnx", "4bit", "8bit", "bnb", "exl2", "exl3", "int4", "int8"}
OPEN = {
    "apache-2.0",
    "mit",
    "cc-by-4.0",
    "cc0-1.0",
    "bsd-3-clause",
    "cc-by-sa-4.0",
    "gpl-3.0",
    "openmdw-1.1",
    "agpl-3.0",
}

pytestmark = [needs(MODELS), pytest.mark.slow]


def read_models() -> list[dict[str, Any]]:
    """Read the file's models; one states 2 · 10^16 parameters, which no snapshot takes: it has no size here."""
    with gzip.open(MODELS, "rt", encoding="utf-8") as lines:
        models = [json.loads(line) for line in lines]
    return [model | {"parameters": None} if (model["parameters"] or 0) > 2**53 else model for model in models]


@pytest.fixture(scope="module")
def topics(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> tuple[Table, Table]:
    """The sizes and the openness, the models brought in through the command line."""
    folder = tmp_path_factory.mktemp("recent")
    rows = []
    for model in read_models():
        links = [tag.split(":") for tag in model["tags"] if tag.startswith("base_model:") and tag.count(":") == 2]
        names = {name: model[name] for name in ("id", "author", "created_at", "license", "downloads_30d", "parameters")}
        names |= {"task": model["pipeline_tag"], "library": model["library"], "likes": model["likes"]}
        names |= {"base_models": [link[2] for link in links], "base_relation": links[0][1] if links else None}
        rows.append(json.dumps(names))
    file = folder / "recent.jsonl"
    file.write_text("\n".join(rows), encoding="utf-8")
    store = str(folder / "store")
    found = CliRunner().invoke(app, ["import", str(file), "--date", "2026-08-22", "--store", store])
    assert 0 == found.exit_code, found.exception
    append_all(folder / "store", registry)
    ground = make_ground(*load_ledger(folder / "store").entries, registry=registry)
    return compute_sizes(ground)[0], compute_openness(ground)[0]


@pytest.fixture(scope="module")
def plain() -> pd.DataFrame:
    """The models as a plain frame with code, whether packed, and size; helpers have none, as told by name and size."""
    frame = pd.DataFrame(read_models())
    codes = read_codes()
    frame["code"] = [codes.get(name.split("/")[0].lower(), "UNREVIEWED") for name in frame["id"]]
    relations = [
        next((tag.split(":")[1] for tag in tags if tag.startswith("base_model:") and tag.count(":") == 2), None)
        for tags in frame["tags"]
    ]
    words = [set(re.split(r"[^a-z0-9]+", name.lower())) for name in frame["id"]]
    frame["packed"] = [
        relation == "quantized" or (relation is None and bool(found & PACKED))
        for relation, found in zip(relations, words, strict=True)
    ]
    named = [re.search(r"(?<![A-Za-z0-9.])(\d+\.?\d*)[Bb](?![A-Za-z0-9])", name.split("/")[-1]) for name in frame["id"]]
    by_name = pd.Series([float(found[1]) * 1e9 if found else None for found in named], dtype="float64")
    known = zip(frame["id"], frame["parameters"], strict=True)
    helps = pd.Series([is_helper(name, None if pd.isna(stated) else float(stated)) for name, stated in known])
    frame["packed"] &= ~helps
    frame["parameters"] = frame["parameters"].mask(helps)
    frame["size"] = frame["parameters"].where(~frame["packed"], by_name)
    return frame


def share(plain: pd.DataFrame, mask: pd.Series) -> dict[str, float]:
    """Return the part of each place's downloads, and of all, that a mask has."""
    counts = plain["downloads_30d"]
    found = {
        code: counts[mask & (plain["code"] == code)].sum() / counts[plain["code"] == code].sum() for code in PLACES
    }
    return found | {"all": counts[mask].sum() / counts.sum()}


def median(plain: pd.DataFrame) -> float:
    """Return the size at which half of the downloads of known size are reached."""
    known = plain[plain["size"].notna() & (plain["downloads_30d"] > 0)].sort_values("size")
    reached = known["downloads_30d"].cumsum()
    return float(known["size"][reached >= reached.iloc[-1] / 2].iloc[0])


def collect(found: Table, column: str) -> Mapping[str, float]:
    """Return a measure of each place and of all."""
    rows = found.where(country_code=(*PLACES, "all"), attribution="publisher").records()
    return {row["country_code"]: row[column] for row in rows}


@pytest.mark.parametrize(
    ("column", "low", "high"),
    [("share_under_1b", 0, 1e9), ("share_under_8b", 0, 8e9), ("share_over_70b", 70e9, float("inf"))],
)
def test_bands_are_those_of_a_plain_sum(
    topics: tuple[Table, Table], plain: pd.DataFrame, column: str, low: float, high: float
) -> None:
    """By the numbers that the files state, over all downloads of a place."""
    stated = plain["parameters"]
    expected = share(plain, (stated >= low) & (stated < high))
    assert expected == pytest.approx(collect(topics[0], column), abs=FOLDED)


def test_what_states_no_size_is_told(topics: tuple[Table, Table], plain: pd.DataFrame) -> None:
    """Half of these models state none."""
    expected = share(plain, plain["parameters"].isna())
    assert expected == pytest.approx(collect(topics[0], "share_size_not_stated"), abs=FOLDED)


def test_quantised_shares_agree(topics: tuple[Table, Table], plain: pd.DataFrame) -> None:
    """Within a point: by tag, else by words of the name; the program knows more words than the plain list."""
    assert share(plain, plain["packed"]) == pytest.approx(collect(topics[0], "share_quantised"), abs=0.01)


def test_medians_agree(topics: tuple[Table, Table], plain: pd.DataFrame) -> None:
    """Within 5 %: the program's is over models known by name, the plain one over all."""
    mine = collect(topics[0], "median_parameters")
    assert median(plain) == pytest.approx(mine["all"], rel=0.05)
    for code in ("CN", "US"):
        assert median(plain[plain["code"] == code]) == pytest.approx(mine[code], rel=0.05)


def test_licences_agree(topics: tuple[Table, Table], plain: pd.DataFrame) -> None:
    """Unstated as in a plain sum; open within a point of nine common licences."""
    found = topics[1]
    unstated = share(plain, plain["license"].isna() | plain["license"].isin(["unknown", "none"]))
    assert unstated == pytest.approx(collect(found, "share_license_unstated"), abs=FOLDED)
    opened = share(plain, plain["license"].str.lower().isin(OPEN))
    assert opened == pytest.approx(collect(found, "share_open_license"), abs=0.01)
