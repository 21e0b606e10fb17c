"""Agreement: where the registry differs from two other lists of organisations, somebody has said why."""

import csv
from pathlib import Path

from generator.registry import INTERNATIONAL, UNAFFILIATED, UNREVIEWED, Registry
from generator.text.language import Language
from tests.realdata import DATA, needs

STUDY = DATA / "study-panel-2025" / "author_country_type.csv"
ATOM = DATA / "atom-tracked-models" / "organization_regions.csv"
EXPLAINED = Path(__file__).parent / "disagreements.csv"
# What the study writes where a country's English name is another one here, or where it means no country.
STUDY_CODES = {
    "United States of America": "US",
    "UAE": "AE",
    "user": UNAFFILIATED,
    "Online": INTERNATIONAL,
    "International": INTERNATIONAL,
}
Row = tuple[str, str, str, str]


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def list_explained(source: str) -> set[Row]:
    """List the differences that the table explains for a source."""
    return {
        (row["source"], row["handle"], row["theirs"], row["ours"])
        for row in read_rows(EXPLAINED)
        if row["source"] == source
    }


def find_study_differences(registry: Registry) -> set[Row]:
    """Compare codes: the study's countries by their English names, its two non-places as ours."""
    language = Language("en")
    names = {language.place(code): code for code in registry.countries} | STUDY_CODES
    return {
        ("study", row["author"], row["org_country_single"], registry.code(row["author"]))
        for row in read_rows(STUDY)
        if names.get(row["org_country_single"]) != registry.code(row["author"])
    }


def find_atom_differences(registry: Registry) -> set[Row]:
    """Compare regions: China, the United States, the European Union, other countries, and unknown."""
    regions = {code: "eu" if country.eu else "other" for code, country in registry.countries.items()}
    regions |= {"CN": "china", "US": "us"} | dict.fromkeys([INTERNATIONAL, UNAFFILIATED, UNREVIEWED], "unknown")
    return {
        ("atom", row["hf_org"], row["region"], registry.code(row["hf_org"]))
        for row in read_rows(ATOM)
        if regions[registry.code(row["hf_org"])] != row["region"]
    }


def check(explained: set[Row], differences: set[Row]) -> None:
    """Fail with the rows to write and the rows to remove."""
    to_write, to_remove = sorted(differences - explained), sorted(explained - differences)
    assert not to_write, f"differences without a reason; check publishers.csv, or say why in {EXPLAINED.name}"
    assert not to_remove, f"no differences any more; remove these rows from {EXPLAINED.name}"


@needs(STUDY)
def test_every_difference_from_the_study_has_a_reason(registry: Registry) -> None:
    """The list of "Economies of Open Intelligence"."""
    check(list_explained("study"), find_study_differences(registry))


@needs(ATOM)
def test_every_difference_from_atom_has_a_reason(registry: Registry) -> None:
    """The list of the ATOM project."""
    check(list_explained("atom"), find_atom_differences(registry))


def test_the_table_of_reasons_is_in_order(registry: Registry) -> None:
    """Sorted, no account twice for a source, our codes as they are, a sentence for each."""
    rows = read_rows(EXPLAINED)
    keys = [(row["source"], row["handle"].lower()) for row in rows]
    assert keys == sorted(set(keys))
    assert [] == [row["handle"] for row in rows if row["ours"] != registry.code(row["handle"])]
    assert [] == [row["handle"] for row in rows if len(row["reason"]) < 40 or not row["reason"].endswith(".")]
