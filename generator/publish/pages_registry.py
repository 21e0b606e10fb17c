"""The registry's pages: who runs the accounts, how much of the downloads is reviewed, families and openness."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from generator.base.settings import REGISTRY_ROWS
from generator.publish.prose import Render
from generator.questions.report import Report
from generator.registry import UNREVIEWED, Family, Registry
from generator.star.readings import ReadingResult
from generator.star.table import Row

# Accounts that a reading names on the page; the rest is counted.
HANDLES_SHOWN: Final = 8


@dataclass(frozen=True)
class RegistryLetter:
    """The accounts whose names begin with a letter: a page of their own, whose address stays.

    Attributes:
        slug: the letter, `0-9` for digits and signs.
        rows: the accounts by name.
    """

    slug: str
    rows: list[Row]

    @property
    def name(self) -> str:
        """Return the letter as readers see it."""
        return self.slug.upper()

    @property
    def path(self) -> str:
        """Return the page's path relative to the site's source folder."""
        return f"registry/{self.slug}.md"


def build_registry_pages(render: Render, report: Report, registry: Registry) -> dict[str, str]:
    """Build the text of the registry's pages, by path relative to the site's source folder."""
    rows = list_rows(report, registry)
    letters = list_letters(rows)
    pages = {
        letter.path: render(
            "registry_letter.md.j2", letter.path, {"report": report, "letter": letter, "letters": letters}
        )
        for letter in letters
    }
    return pages | {
        "registry.md": render("registry.md.j2", "registry.md", _registry_values(report, registry, rows, letters)),
        "coverage.md": render("coverage.md.j2", "coverage.md", _coverage_values(report, registry)),
        "families.md": render("families.md.j2", "families.md", {"report": report, "rows": _list_families(registry)}),
        "openness.md": render("openness.md.j2", "openness.md", {"report": report, "rows": _list_openness(registry)}),
    }


def list_rows(report: Report, registry: Registry) -> list[Row]:
    """Return the accounts that the registry's pages list, with their 30-day downloads, by these, then by name.

    A person of whom nothing but the account is known is listed only with a page of its own; the downloads of an alias
    count for another account, and it has none.
    """
    downloads = {row.handle.lower(): row.downloads_30d for row in report.publishers}
    profiles = {profile.row.handle.lower() for profile in report.profiles}
    by_name = sorted(registry.publishers.items(), key=lambda pair: (pair[0], pair[1].handle))
    rows: list[Row] = [
        {"facts": facts, "downloads_30d": None if facts.alias_of else downloads.get(key, 0)}
        for key, facts in by_name
        if facts.kind != "person" or key in profiles
    ]
    return sorted(rows, key=lambda row: -(row["downloads_30d"] or 0))


def list_letters(rows: Iterable[Row]) -> tuple[RegistryLetter, ...]:
    """Put accounts under the first letters of their names, in the alphabet's order."""
    by_name = sorted(rows, key=lambda row: (row["facts"].handle.lower(), row["facts"].handle))
    found: dict[str, list[Row]] = {}
    for row in by_name:
        found.setdefault(_find_letter(row["facts"].handle), []).append(row)
    return tuple(RegistryLetter(letter, found[letter]) for letter in sorted(found))


def _find_letter(handle: str) -> str:
    first = handle[:1].lower()
    return first if first.isascii() and first.isalpha() else "0-9"


def count_kinds(report: Report, registry: Registry) -> list[Row]:
    """Count reviewed accounts by kind, with their share of the 30-day downloads (0 to 1), most downloads first."""
    accounts = Counter(row.kind for row in registry.publishers.values() if row.code != UNREVIEWED)
    rows = [{"kind": kind, "accounts": count, "share": _sum_kind(kind, report)} for kind, count in accounts.items()]
    return sorted(rows, key=lambda row: (-row["share"], row["kind"]))


def list_reviewed(report: Report) -> list[Row]:
    """Return what share of each definition's downloads on the newest date is reviewed, 0 to 1."""
    return [
        {"definition": definition, "reviewed": 1 - report.table(definition).share_of(UNREVIEWED)}
        for definition in report.definitions
    ]


def list_readings(report: Report) -> list[Row]:
    """Return every other reading with the leaders' shares of the headline before and after."""
    before = report.table(report.headline)
    return [_compare(result, [row.code for row in before.places[:2]], report) for result in report.readings]


def _list_openness(registry: Registry) -> list[Row]:
    """Return the openness table by family's name, each with the accounts of its root models, in file order."""
    origins: dict[str, dict[str, str]] = {}
    for row in registry.families:
        origins.setdefault(row.family, {})[row.origin] = registry.code(row.origin)
    ordered = sorted(registry.openness, key=lambda row: (row.family.lower(), row.family))
    return [{"facts": row, "origins": origins.get(row.family, {})} for row in ordered]


def _registry_values(
    report: Report, registry: Registry, rows: Sequence[Row], letters: Sequence[RegistryLetter]
) -> dict[str, object]:
    persons = sum(row.kind == "person" for row in registry.publishers.values())
    return {
        "report": report,
        "rows": rows[:REGISTRY_ROWS],
        "listed": len(rows),
        "letters": letters,
        "accounts": len(registry.publishers),
        "persons": persons,
        "persons_hidden": persons - sum(row["facts"].kind == "person" for row in rows),
        "unverified": sum(row.code == UNREVIEWED for row in registry.publishers.values()),
    }


def _coverage_values(report: Report, registry: Registry) -> dict[str, object]:
    codes = Counter(row.code for row in registry.publishers.values() if row.code != UNREVIEWED)
    return {
        "report": report,
        "coverage": report.coverage[-1],
        "lowest": min(report.coverage, key=lambda coverage: coverage.reviewed),
        "definitions": list_reviewed(report),
        "unverified": tuple(row for row in registry.publishers.values() if row.code == UNREVIEWED),
        "kinds": count_kinds(report, registry),
        "codes": sorted(codes.items(), key=lambda pair: (-pair[1], pair[0])),
        "readings": list_readings(report),
    }


def _sum_kind(kind: str, report: Report) -> float:
    """Return the share of the 30-day downloads that reviewed accounts of a kind have."""
    handles = {handle for handle, facts in report.reviewed.items() if facts.kind == kind}
    return sum(row.share for row in report.publishers if row.handle in handles and row.code != UNREVIEWED)


def _compare(result: ReadingResult, leaders: Iterable[str], report: Report) -> Row:
    """Compare the headline with a reading: the two leaders of the rule, and any country that leads instead."""
    before = report.table(report.headline)
    first = [row.code for row in result.table.places[:1]]
    return {
        "result": result,
        "handles": result.handles[:HANDLES_SHOWN],
        "more": len(result.handles[HANDLES_SHOWN:]),
        "changes": [
            {"code": code, "before": before.share_of(code), "after": result.table.share_of(code)}
            for code in dict.fromkeys([*leaders, *first])
        ],
        "keeps_order": [row.code for row in before.places[:1]] == first,
    }


def _list_families(registry: Registry) -> list[Row]:
    """Gather the patterns of each family, families by name; what several patterns say alike stands once."""
    rows: dict[str, list[Family]] = {}
    for row in registry.families:
        rows.setdefault(row.family, []).append(row)
    return [
        {
            "family": name,
            "patterns": [row.pattern for row in rows[name]],
            "origins": list(dict.fromkeys(row.origin for row in rows[name])),
            "task_groups": list(dict.fromkeys(row.task_group for row in rows[name])),
            "notes": list(dict.fromkeys(row.note for row in rows[name] if row.note)),
        }
        for name in sorted(rows, key=lambda name: (name.lower(), name))
    ]
