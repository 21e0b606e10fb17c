"""The registry's pages: who runs the accounts, how much of the downloads is reviewed, families and openness.

Pure, as the other pages: `build_registry_pages` is handed the renderer and returns texts by path.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from generator.base.settings import REGISTRY_ROWS
from generator.questions.report import Report
from generator.registry import UNREVIEWED, Openness, Publisher, Registry
from generator.star.definitions import Definition
from generator.star.readings import ReadingResult

# Accounts that a reading names on the page; the rest is counted.
HANDLES_SHOWN: Final = 8

Render = Callable[[str, str, Mapping[str, Any]], str]


@dataclass(frozen=True)
class RegistryRow:
    """An account of the registry with its downloads.

    Attributes:
        facts: its row in the registry.
        downloads_30d: downloads of its models in the 30 days before the report's date; None for an alias, whose
            downloads count for another account.
    """

    facts: Publisher
    downloads_30d: int | None


@dataclass(frozen=True)
class RegistryLetter:
    """The accounts whose names begin with a letter: a page of their own, whose address stays.

    Attributes:
        slug: the letter, `0-9` for digits and signs.
        rows: the accounts by name.
    """

    slug: str
    rows: tuple[RegistryRow, ...]

    @property
    def name(self) -> str:
        """Return the letter as readers see it."""
        return self.slug.upper()

    @property
    def path(self) -> str:
        """Return the page's path relative to the site's source folder."""
        return f"registry/{self.slug}.md"


@dataclass(frozen=True)
class KindRow:
    """A kind of publisher.

    Attributes:
        kind: of the registry's kinds.
        accounts: reviewed accounts of this kind.
        share: of all 30-day downloads, 0 to 1.
    """

    kind: str
    accounts: int
    share: float


@dataclass(frozen=True)
class CodeRow:
    """A country, or a category beside the countries.

    Attributes:
        code: ISO code or category.
        accounts: reviewed accounts.
    """

    code: str
    accounts: int


@dataclass(frozen=True)
class ReviewedRow:
    """How much of a definition's downloads has a reviewed account behind it.

    Attributes:
        definition: the window, universe and attribution.
        reviewed: share of its downloads on the newest date, 0 to 1.
    """

    definition: Definition
    reviewed: float


@dataclass(frozen=True)
class PlaceChange:
    """A country's share of the headline under the rule and under another reading.

    Attributes:
        code: the country.
        before: its share under the rule, 0 to 1.
        after: its share under the reading.
    """

    code: str
    before: float
    after: float


@dataclass(frozen=True)
class ReadingRow:
    """The other reading of a hard case and what it does to the headline.

    Attributes:
        result: the computed table with the accounts that it moves.
        handles: the first of these accounts.
        more: how many others with downloads it moves at least.
        changes: the two leaders of the rule, and any country that leads under the reading instead.
        keeps_order: whether the same country leads.
    """

    result: ReadingResult
    handles: tuple[str, ...]
    more: int
    changes: tuple[PlaceChange, ...]
    keeps_order: bool


@dataclass(frozen=True)
class FamilyRow:
    """A family of models with all patterns that find it.

    Attributes:
        family: its name.
        patterns: regular expressions, in file order.
        origins: accounts of the root models.
        task_groups: what it is used for.
        notes: remarks, in file order.
    """

    family: str
    patterns: tuple[str, ...]
    origins: tuple[str, ...]
    task_groups: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Origin:
    """Who published a family's root model.

    Attributes:
        handle: the account.
        code: its country or category.
    """

    handle: str
    code: str


@dataclass(frozen=True)
class OpennessRow:
    """What the makers of a family released.

    Attributes:
        facts: the registry's row.
        origins: accounts of the root models of the family's members, in file order.
    """

    facts: Openness
    origins: tuple[Origin, ...]


def build_registry_pages(render: Render, report: Report, registry: Registry) -> dict[str, str]:
    """Build the text of the registry's pages.

    Args:
        render: called with a template, the page's path and the template's values.
        report: says how much was downloaded.
        registry: what the pages show.

    Returns:
        Markdown by path relative to the site's source folder.
    """
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
        "families.md": render("families.md.j2", "families.md", {"report": report, "rows": list_families(registry)}),
        "openness.md": render("openness.md.j2", "openness.md", {"report": report, "rows": list_openness(registry)}),
    }


def list_rows(report: Report, registry: Registry) -> tuple[RegistryRow, ...]:
    """Return the accounts that the registry's pages list, by downloads, then by name.

    A person of whom nothing but the account is known is listed only with a page of its own.
    """
    downloads = {row.handle.lower(): row.downloads_30d for row in report.publishers}
    profiles = {profile.row.handle.lower() for profile in report.profiles}
    rows = [
        RegistryRow(facts, None if facts.alias_of else downloads.get(key, 0))
        for key, facts in registry.publishers.items()
        if facts.kind != "person" or key in profiles
    ]
    return tuple(sorted(rows, key=lambda row: (-(row.downloads_30d or 0), row.facts.handle.lower(), row.facts.handle)))


def list_letters(rows: Iterable[RegistryRow]) -> tuple[RegistryLetter, ...]:
    """Put accounts under the first letters of their names, in the alphabet's order."""
    by_name = sorted(rows, key=lambda row: (row.facts.handle.lower(), row.facts.handle))
    found: dict[str, list[RegistryRow]] = {}
    for row in by_name:
        found.setdefault(_find_letter(row.facts.handle), []).append(row)
    return tuple(RegistryLetter(letter, tuple(found[letter])) for letter in sorted(found))


def _find_letter(handle: str) -> str:
    first = handle[:1].lower()
    return first if first.isascii() and first.isalpha() else "0-9"


def count_kinds(report: Report, registry: Registry) -> tuple[KindRow, ...]:
    """Count reviewed accounts and their downloads by kind, most downloads first."""
    reviewed = [row for row in registry.publishers.values() if row.code != UNREVIEWED]
    accounts = Counter(row.kind for row in reviewed)
    rows = (KindRow(kind, count, _sum_kind(kind, report)) for kind, count in accounts.items())
    return tuple(sorted(rows, key=lambda row: (-row.share, row.kind)))


def count_codes(registry: Registry) -> tuple[CodeRow, ...]:
    """Count reviewed accounts by country and category, the most first."""
    counts = Counter(row.code for row in registry.publishers.values() if row.code != UNREVIEWED)
    rows = (CodeRow(code, count) for code, count in counts.items())
    return tuple(sorted(rows, key=lambda row: (-row.accounts, row.code)))


def list_reviewed(report: Report) -> tuple[ReviewedRow, ...]:
    """Return how much of each definition's downloads is reviewed, in the order of the definitions."""
    return tuple(
        ReviewedRow(definition, 1 - report.table(definition).share_of(UNREVIEWED)) for definition in report.definitions
    )


def list_readings(report: Report) -> tuple[ReadingRow, ...]:
    """Return every other reading with the leaders' shares of the headline before and after."""
    before = report.table(report.headline)
    return tuple(_compare(result, [row.code for row in before.places[:2]], report) for result in report.readings)


def list_families(registry: Registry) -> tuple[FamilyRow, ...]:
    """Gather the patterns of each family, families by name."""
    names = sorted({row.family for row in registry.families}, key=lambda name: (name.lower(), name))
    return tuple(_gather_family(name, registry) for name in names)


def list_openness(registry: Registry) -> tuple[OpennessRow, ...]:
    """Return the openness table by family's name, each with its origins."""
    rows = (OpennessRow(row, _find_origins(row.family, registry)) for row in registry.openness)
    return tuple(sorted(rows, key=lambda row: (row.facts.family.lower(), row.facts.family)))


def _find_origins(family: str, registry: Registry) -> tuple[Origin, ...]:
    handles = dict.fromkeys(row.origin for row in registry.families if row.family == family)
    return tuple(Origin(handle, registry.code(handle)) for handle in handles)


def _registry_values(
    report: Report, registry: Registry, rows: Sequence[RegistryRow], letters: Sequence[RegistryLetter]
) -> dict[str, object]:
    persons = sum(row.kind == "person" for row in registry.publishers.values())
    return {
        "report": report,
        "rows": rows[:REGISTRY_ROWS],
        "listed": len(rows),
        "letters": letters,
        "accounts": len(registry.publishers),
        "persons": persons,
        "persons_hidden": persons - sum(row.facts.kind == "person" for row in rows),
        "unverified": sum(row.code == UNREVIEWED for row in registry.publishers.values()),
    }


def _coverage_values(report: Report, registry: Registry) -> dict[str, object]:
    return {
        "report": report,
        "coverage": report.coverage[-1],
        "lowest": min(report.coverage, key=lambda coverage: coverage.reviewed),
        "definitions": list_reviewed(report),
        "unverified": tuple(row for row in registry.publishers.values() if row.code == UNREVIEWED),
        "kinds": count_kinds(report, registry),
        "codes": count_codes(registry),
        "readings": list_readings(report),
    }


def _sum_kind(kind: str, report: Report) -> float:
    """Return the share of the 30-day downloads that reviewed accounts of a kind have."""
    handles = {handle for handle, facts in report.reviewed.items() if facts.kind == kind}
    return sum(row.share for row in report.publishers if row.handle in handles and row.code != UNREVIEWED)


def _compare(result: ReadingResult, leaders: Iterable[str], report: Report) -> ReadingRow:
    before = report.table(report.headline)
    codes = list(dict.fromkeys([*leaders, *(row.code for row in result.table.places[:1])]))
    return ReadingRow(
        result=result,
        handles=result.handles[:HANDLES_SHOWN],
        more=len(result.handles[HANDLES_SHOWN:]),
        changes=tuple(PlaceChange(code, before.share_of(code), result.table.share_of(code)) for code in codes),
        keeps_order=[row.code for row in before.places[:1]] == [row.code for row in result.table.places[:1]],
    )


def _gather_family(name: str, registry: Registry) -> FamilyRow:
    rows = [row for row in registry.families if row.family == name]
    return FamilyRow(
        family=name,
        patterns=tuple(row.pattern for row in rows),
        origins=tuple(dict.fromkeys(row.origin for row in rows)),
        task_groups=tuple(dict.fromkeys(row.task_group for row in rows)),
        notes=tuple(dict.fromkeys(row.note for row in rows if row.note)),
    )
