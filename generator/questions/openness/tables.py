"""Openness: downloads by what the makers released and under which licence, by country; three makers as cases."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from generator.questions.ground import Ground
from generator.questions.series import Point
from generator.registry import Openness, Registry
from generator.star.classes import ALL, follow_places, order_places, pick_places, split_places, sum_places
from generator.star.definitions import ATTRIBUTIONS, Definition
from generator.star.files import DataFile, Field
from generator.star.named import GRADES, UNGRADED, UNNAMED, list_windows
from generator.star.shares import sum_each, sum_on
from generator.star.window import compute_window

FULLY_OPEN: Final = "fully-open"
# The grades of families whose makers released their training data, or described them.
DISCLOSED: Final = (FULLY_OPEN, "open-weights-described-data")
LICENSES: Final = ("open", "conditions", "non-commercial", "unstated")
# Countries with series and a row on the page.
PLACES: Final = 12
# The makers whom the press article of November 2025 names, by words of their organisation's name in the registry.
CASES: Final = {
    "openai": ("OpenAI", ("OpenAI",)),
    "meta": ("Meta", ("Meta", "Meta Platforms", "Meta AI")),
    "ai2": ("Ai2", ("Allen Institute for AI", "Ai2")),
}
CASE_FAMILIES: Final = 8


@dataclass(frozen=True)
class OpenShares:
    """What the downloads of a place divide into.

    Attributes:
        code: country code or category, or `all`.
        attribution: `publisher` or `origin`.
        downloads: of the window.
        grades: by grade of the model's family, 0 to 1; `ungraded` of named models without one, `unnamed` of models
            that are not known by name. They sum to 1.
        licenses: by licence class, 0 to 1; they sum to 1.
    """

    code: str
    attribution: str
    downloads: int
    grades: Mapping[str, float]
    licenses: Mapping[str, float]

    @property
    def unknown(self) -> float:
        """Return the part of the downloads whose grade nobody knows."""
        return self.grades[UNGRADED] + self.grades[UNNAMED]


@dataclass(frozen=True)
class OpenPoint:
    """A place on a date.

    Attributes:
        as_of: the date.
        fully_open: share of the downloads of fully open families.
        disclosed: share of the downloads of families whose training data are released or described.
        graded: share of the downloads that have a grade.
        open_license: share of the downloads under a standard open licence.
    """

    as_of: dt.date
    fully_open: float
    disclosed: float
    graded: float
    open_license: float


@dataclass(frozen=True)
class CaseFamily:
    """A family of a maker.

    Attributes:
        facts: what the makers released, as the registry has it.
        downloads: of all named models of the family, by anyone.
        created: the earliest creation among the maker's named models of it; None where unknown.
    """

    facts: Openness
    downloads: int
    created: dt.date | None


@dataclass(frozen=True)
class Case:
    """A maker whom the article names.

    Attributes:
        slug: its name in files.
        name: as it calls itself.
        code: its country code.
        accounts: its accounts on the Hub.
        downloads: of what its accounts uploaded.
        share: of all downloads, 0 to 1.
        share_of_country: of the downloads of its country's publishers, 0 to 1; None where these have none.
        origin_downloads: of all models, by anyone, that go back to its own.
        grades: what these named models divide into by grade, 0 to 1 of `origin_downloads`; `unnamed` is the rest.
        families: its families in the registry of openness that have downloads, most downloads first.
        newest: the newest named model of its own making; None where no creation is known.
        newest_created: its creation.
        newest_grade: the grade of its family.
    """

    slug: str
    name: str
    code: str
    accounts: tuple[str, ...]
    downloads: int
    share: float
    share_of_country: float | None
    origin_downloads: int
    grades: Mapping[str, float]
    families: tuple[CaseFamily, ...]
    newest: str | None
    newest_created: dt.date | None
    newest_grade: str


# The measures of a point that are series.
_SERIES: Final[Mapping[str, Callable[[OpenPoint], float]]] = {
    "fully-open": lambda point: point.fully_open,
    "disclosed": lambda point: point.disclosed,
    "open-licence": lambda point: point.open_license,
}


@dataclass(frozen=True)
class OpennessTopic:
    """The topic's record.

    Attributes:
        as_of: the newest date.
        window: of the downloads: `30d`, or the first window that has a number.
        places: `all`, the countries by downloads, then the categories; by publisher and by origin.
        histories: of `all` and the largest countries by publisher, by code, oldest first.
        origin_histories: the same by origin.
        cases: the makers whom the article names, those of them that have accounts in the registry.
        families: number of families with a grade.
    """

    as_of: dt.date
    window: str
    places: tuple[OpenShares, ...]
    histories: Mapping[str, tuple[OpenPoint, ...]]
    origin_histories: Mapping[str, tuple[OpenPoint, ...]]
    cases: tuple[Case, ...]
    families: int

    def find(self, code: str, attribution: str = "publisher") -> OpenShares | None:
        """Return a place's row."""
        return next((row for row in self.places if (row.code, row.attribution) == (code, attribution)), None)

    @property
    def shown(self) -> tuple[OpenShares, ...]:
        """Return the rows of the page by publisher: all, the largest countries, the categories."""
        return pick_places([row for row in self.places if row.attribution == "publisher"], PLACES)

    @property
    def series(self) -> dict[str, tuple[Point, ...]]:
        """Return shares of openness and of open licences, by publisher and (`origin-`) by origin."""
        return {
            f"openness.{prefix}{name}-share.{code}": tuple(Point(row.as_of, read(row)) for row in points)
            for prefix, histories in (("", self.histories), ("origin-", self.origin_histories))
            for code, points in histories.items()
            for name, read in _SERIES.items()
        }

    @property
    def tables(self) -> tuple[DataFile, ...]:
        """Return the data files."""
        return (_build_places_file(self), _build_history_file(self), _build_cases_file(self))

    @property
    def items(self) -> dict[str, object]:
        """Return nothing: no grade has a page of its own."""
        return {}


def compute(ground: Ground) -> OpennessTopic:
    """Compute the topic's record."""
    window = list_windows(ground.histories)[0]
    places = [row for attribution in ATTRIBUTIONS for row in _compute_places(ground, window, attribution)]
    histories = {
        name: _compute_histories(ground, window, name, follow_places(places, name, PLACES)) for name in ATTRIBUTIONS
    }
    return OpennessTopic(
        as_of=ground.as_of,
        window=window,
        places=tuple(places),
        histories=histories["publisher"],
        origin_histories=histories["origin"],
        cases=_compute_cases(ground, window),
        families=len(ground.registry.openness),
    )


def _compute_places(ground: Ground, window: str, attribution: str) -> tuple[OpenShares, ...]:
    """Compute the rows of the newest date: all, the countries by downloads, then the categories."""
    rows = ground.classes[ground.classes["attribution"] == attribution]
    licenses = sum_on(rows, ground.intervals, window, ground.as_of, ["code", "license_class"])
    if licenses is None or licenses.sum() <= 0:
        return ()
    held = ground.named[ground.named["end"] == ground.as_of] if window == "30d" else ground.named
    grades = sum_on(held, ground.intervals, window, ground.as_of, [f"{attribution}_code", "grade"])
    by_grade, by_license = split_places(grades), split_places(licenses)
    totals = {code: sum(parts.values()) for code, parts in by_license.items() if code != ALL}
    return tuple(
        _describe(code, attribution, by_license[code], by_grade.get(code, {})) for code in [ALL, *order_places(totals)]
    )


def _compute_histories(
    ground: Ground, window: str, attribution: str, codes: list[str]
) -> dict[str, tuple[OpenPoint, ...]]:
    """Compute the points of places on every date on which they have downloads."""
    classes = ground.classes[ground.classes["attribution"] == attribution]
    licenses = sum_each(classes, ground.intervals, window, ["code", "license_class"])
    named = ground.named.assign(code=ground.named[f"{attribution}_code"])
    grades = sum_each(named, ground.intervals, window, ["code", "grade"])
    given = grades.columns.get_level_values("grade")
    parts = {
        "total": sum_places(licenses),
        "open": sum_places(licenses.loc[:, licenses.columns.get_level_values("license_class") == "open"]),
        "fully_open": sum_places(grades.loc[:, given == FULLY_OPEN]),
        "disclosed": sum_places(grades.loc[:, given.isin(DISCLOSED)]),
        "graded": sum_places(grades.loc[:, given != UNGRADED]),
        "ungraded": sum_places(grades.loc[:, given == UNGRADED]),
    }
    places = {name: sums.reindex(index=licenses.index, columns=codes, fill_value=0.0) for name, sums in parts.items()}
    return {
        code: tuple(
            OpenPoint(
                end, fully_open / total, disclosed / total, min(graded / total, 1 - ungraded / total), open_ / total
            )
            for end, total, open_, fully_open, disclosed, graded, ungraded in zip(
                licenses.index, *(sums[code].tolist() for sums in places.values()), strict=True
            )
            if total > 0
        )
        for code in codes
    }


def _describe(code: str, attribution: str, licenses: Mapping[str, float], grades: Mapping[str, float]) -> OpenShares:
    total = sum(licenses.values())
    # Of rows under the ledger's floor the origin is not told: of a tiny place more can be named than is counted.
    whole = max(total, sum(grades.values()))
    known = {grade: grades.get(grade, 0.0) / whole for grade in GRADES[:-1]}
    return OpenShares(
        code=code,
        attribution=attribution,
        downloads=round(total),
        grades=known | {UNNAMED: max(1 - sum(known.values()), 0.0)},
        licenses={name: licenses.get(name, 0.0) / total for name in LICENSES},
    )


def _compute_cases(ground: Ground, window: str) -> tuple[Case, ...]:
    sums = {attribution: _sum_accounts(ground, window, attribution) for attribution in ATTRIBUTIONS}
    found = [
        _compute_case(slug, name, _find_accounts(names, ground.registry), ground, window, sums)
        for slug, (name, names) in CASES.items()
    ]
    return tuple(case for case in found if case)


def _find_accounts(names: Sequence[str], registry: Registry) -> tuple[str, ...]:
    """Return the accounts whose organisation, or its parent, has one of these names."""
    rows = [row for row in registry.publishers.values() if row.organisation in names or row.parent in names]
    return tuple(sorted({registry.canonical(row.handle) for row in rows}, key=lambda name: (name.lower(), name)))


def _compute_case(
    slug: str,
    name: str,
    accounts: tuple[str, ...],
    ground: Ground,
    window: str,
    sums: Mapping[str, Mapping[str, float]],
) -> Case | None:
    if not accounts:
        return None
    uploaded, origin = sums["publisher"], sums["origin"]
    code = ground.registry.code(accounts[0])
    codes = {account: ground.registry.code(account) for account in uploaded}
    of_country = sum(value for account, value in uploaded.items() if codes[account] == code)
    downloads = sum(uploaded.get(account, 0.0) for account in accounts)
    origin_downloads = sum(origin.get(account, 0.0) for account in accounts)
    mine = ground.named[ground.named["origin"].isin(accounts)]
    grades = sum_on(mine, ground.intervals, window, ground.as_of, "grade")
    parts = {} if grades is None or not origin_downloads else (grades / max(origin_downloads, grades.sum())).to_dict()
    known = {grade: float(parts.get(grade, 0.0)) for grade in GRADES[:-1]}
    newest = _find_newest(ground.named, accounts)
    return Case(
        slug=slug,
        name=name,
        code=code,
        accounts=accounts,
        downloads=round(downloads),
        share=downloads / (sum(uploaded.values()) or 1.0),
        share_of_country=downloads / of_country if of_country else None,
        origin_downloads=round(origin_downloads),
        grades=known | {UNNAMED: max(1 - sum(known.values()), 0.0) if origin_downloads else 0.0},
        families=_list_families(mine, accounts, ground, window),
        newest=None if newest is None else str(newest["id"]),
        newest_created=None if newest is None else newest["created_at"].date(),
        newest_grade=UNGRADED if newest is None else str(newest["grade"]),
    )


def _sum_accounts(ground: Ground, window: str, attribution: str) -> dict[str, float]:
    held = compute_window(ground.sums, Definition(window, "all", attribution)) if ground.sums else None
    return {} if held is None else dict(held.accounts)


def _list_families(mine: pd.DataFrame, accounts: Sequence[str], ground: Ground, window: str) -> tuple[CaseFamily, ...]:
    facts = {row.family: row for row in ground.registry.openness}
    found = sum_on(mine, ground.intervals, window, ground.as_of, "family")
    sums = {} if found is None else {name: value for name, value in found.items() if name in facts}
    own = mine[mine["publisher"].isin(accounts)]
    created = own.groupby("family")["created_at"].min().dropna()
    rows = [
        CaseFamily(facts[name], round(value), created[name].date() if name in created.index else None)
        for name, value in sums.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.downloads, row.facts.family)))[:CASE_FAMILIES]


def _find_newest(named: pd.DataFrame, accounts: Sequence[str]) -> pd.Series | None:
    """Return the newest model that one of the accounts made itself and published first."""
    own = named["publisher"].isin(accounts) & named["origin"].isin(accounts)
    rows = named[own & named["relation"].isin(["original", "fine-tuned"]) & named["created_at"].notna()]
    if rows.empty:
        return None
    rows = rows.drop_duplicates("model", keep="last").sort_values(["created_at", "id"], ascending=[False, True])
    return rows.iloc[0]


_PLACE: Final = (
    Field("as_of", "date", "Last day of the window."),
    Field("window", "text", "30d, 12m, held or all_time, as in shares.csv."),
    Field("attribution", "text", "publisher: who uploaded; origin: root of the base-model chain."),
    Field("code", "text", "ISO 3166-1 alpha-2, INT, UNAFFILIATED, UNREVIEWED, or all for all downloads."),
)


def _build_places_file(topic: OpennessTopic) -> DataFile:
    fields = (
        *_PLACE,
        Field("downloads", "count", "Downloads in the window."),
        Field("division", "text", "grade: by openness of the model's family; licence: by class of its licence."),
        Field("value", "text", "The grade, ungraded, unnamed; or the licence class."),
        Field("share", "share", "Fraction of the place's downloads; sums to 1 within a division of a place."),
    )
    rows = tuple(
        (topic.as_of, topic.window, row.attribution, row.code, row.downloads, division, value, share)
        for row in topic.places
        for division, parts in (("grade", row.grades), ("licence", row.licenses))
        for value, share in parts.items()
    )
    return DataFile("openness-shares", "Downloads by openness and licence", "A class of a place.", fields, rows)


def _build_history_file(topic: OpennessTopic) -> DataFile:
    fields = (
        Field("date", "date", "Last day of the window."),
        Field("window", "text", "30d, 12m, held or all_time, as in shares.csv."),
        Field("attribution", "text", "publisher: who uploaded; origin: root of the base-model chain."),
        Field("code", "text", "Country code, or all."),
        Field("fully_open_share", "share", "Fraction of downloads of models of fully open families; a lower bound."),
        Field("disclosed_share", "share", "The same of families whose training data are released or described."),
        Field("graded_share", "share", "Fraction of downloads of models whose family has a grade."),
        Field("open_licence_share", "share", "Fraction of downloads under a standard open licence."),
    )
    rows = tuple(
        (
            *(point.as_of, topic.window, attribution, code),
            *(point.fully_open, point.disclosed, point.graded, point.open_license),
        )
        for attribution, histories in (("publisher", topic.histories), ("origin", topic.origin_histories))
        for code, points in histories.items()
        for point in points
    )
    return DataFile("openness-history", "Openness over time", "A place on a date.", fields, rows)


def _build_cases_file(topic: OpennessTopic) -> DataFile:
    fields = (
        Field("case", "text", "The maker."),
        Field("country_code", "text", "ISO 3166-1 alpha-2."),
        Field("downloads", "count", "Downloads of what its accounts uploaded, in the window of openness-shares.csv."),
        Field("share", "share", "Fraction of all downloads."),
        Field("share_of_country", "share", "Fraction of the downloads of its country's publishers."),
        Field("origin_downloads", "count", "Downloads of all models, by anyone, that go back to its own."),
        Field("fully_open", "share", "Fraction of these of models of fully open families; a lower bound."),
        Field("newest_model", "text", "Its newest model known by name; empty where no creation is known."),
        Field("newest_created", "date", "Creation of that repository."),
        Field("newest_grade", "text", "Grade of that model's family; ungraded where the registry has none."),
    )
    rows = tuple(
        (
            case.name,
            case.code,
            case.downloads,
            case.share,
            case.share_of_country,
            case.origin_downloads,
            case.grades["fully-open"],
            case.newest,
            case.newest_created,
            case.newest_grade,
        )
        for case in topic.cases
    )
    return DataFile("openness-cases", "Three makers", "A maker whom the press article names.", fields, rows)
