"""Builders: what kinds of organisation a country's downloads come from, and the world's.

Downloads of the thirty days to a date, by publisher. Persons have no country, so they stand in the world's total only,
as do accounts that nobody has reviewed.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd

from generator.ledger.classify import LANGUAGE_GROUPS
from generator.ledger.intervals import LedgerEntry
from generator.questions.ground import Ground
from generator.questions.series import Point
from generator.registry import UNREVIEWED, Registry
from generator.star.coded import code_of, relabel
from generator.star.definitions import UNIVERSES
from generator.star.files import DataFile, Field
from generator.star.shares import NOT_PLACES, select_universe

# In the order in which they are shown; the last are accounts that nobody has reviewed.
KINDS: Final = ("company", "non-profit", "university", "government", "community", "person")
UNKNOWN: Final = "unreviewed"
WORLD: Final = "all"
# A country is divided only where its publishers are at least this many with this part of all downloads.
MIN_PUBLISHERS: Final = 5
MIN_SHARE: Final = 0.001
INDEPENDENT: Final = 10


@dataclass(frozen=True)
class Mix:
    """The kinds that make up the downloads of a country, or of the world.

    Attributes:
        code: ISO code, or `all`.
        universe: models counted: all, first_year, generative or language.
        downloads: of the thirty days to the date.
        publishers: with downloads.
        shares: part of each kind that has any, 0 to 1, `unreviewed` among them for the world; they sum to 1.
    """

    code: str
    universe: str
    downloads: int
    publishers: int
    shares: Mapping[str, float]


@dataclass(frozen=True)
class Independent:
    """A publisher that is no company and belongs to none in the registry.

    Attributes:
        publisher: the account, aliases joined.
        organisation: who runs it.
        kind: non-profit, university, government or community.
        downloads_30d: of its models.
        share: of its country's downloads, 0 to 1.
    """

    publisher: str
    organisation: str
    kind: str
    downloads_30d: int
    share: float


@dataclass(frozen=True)
class CountryBuilders:
    """Who builds in a country.

    Attributes:
        mix: of all models.
        universes: the mix of each universe that has downloads, all models first.
        independent: the largest publishers that are no companies and belong to none, most downloads first.
    """

    mix: Mix
    universes: tuple[Mix, ...]
    independent: tuple[Independent, ...]


@dataclass(frozen=True)
class Builders:
    """The topic's record.

    Attributes:
        as_of: the newest date.
        world: the mix of all downloads, persons and unreviewed accounts included, per universe, all models first.
        countries: those with enough publishers and downloads, most downloads first.
        left_out: countries with downloads that have not enough of them.
        history: the mixes of the world and of the countries on each date, all models, oldest first.
    """

    as_of: dt.date
    world: tuple[Mix, ...]
    countries: tuple[CountryBuilders, ...]
    left_out: tuple[str, ...]
    history: tuple[tuple[dt.date, tuple[Mix, ...]], ...]

    def find(self, code: str) -> CountryBuilders | None:
        """Return a country that has enough publishers and downloads."""
        return next((country for country in self.countries if country.mix.code == code), None)

    @cached_property
    def series(self) -> Mapping[str, tuple[Point, ...]]:
        """Return `builders.<kind>-share.<code>` on each date, `all` for the world; persons have no other."""
        codes = [WORLD, *(country.mix.code for country in self.countries)]
        series: dict[str, tuple[Point, ...]] = {}
        for code in codes:
            mixes = [(date, next((mix for mix in found if mix.code == code), None)) for date, found in self.history]
            for kind in (*KINDS, UNKNOWN) if code == WORLD else KINDS[:-1]:
                series[f"builders.{kind}-share.{code}"] = tuple(
                    Point(date, mix.shares.get(kind, 0.0) if mix else None) for date, mix in mixes
                )
        return series

    @property
    def items(self) -> Mapping[str, object]:
        """Return nothing: the topic has one page."""
        return {}

    @property
    def tables(self) -> tuple[DataFile, ...]:
        """Return the mixes on every date, and those of every universe on the newest."""
        fields = (
            Field("as_of", "date", "Last of the thirty days."),
            Field("universe", "text", "all, first_year, generative or language models."),
            Field("country_code", "text", "ISO 3166-1 alpha-2, or all for the world."),
            Field("kind", "text", "company, non-profit, university, government, community, person or unreviewed."),
            Field("share", "share", "Fraction of the downloads of this country; the kinds sum to 1."),
            Field("downloads_30d", "count", "Downloads of all kinds in the thirty days."),
            Field("publishers", "count", "Publishers of all kinds with downloads."),
        )
        newest = [(self.as_of, self.world[1:])]
        newest += [(self.as_of, country.universes[1:]) for country in self.countries]
        rows = tuple(
            (date, mix.universe, mix.code, kind, share, mix.downloads, mix.publishers)
            for date, mixes in (*self.history, *newest)
            for mix in mixes
            for kind, share in mix.shares.items()
        )
        return (DataFile("builders", "Who builds", "A kind of organisation in a country on a date.", fields, rows),)


def compute(ground: Ground) -> Builders:
    """Compute the topic's record."""
    newest = _sum_publishers(ground.newest, ground.registry)
    everything = newest[newest["universe"] == "all"]
    kept = _pick_countries(everything)
    placed = {code for code in everything["code"].unique() if code not in NOT_PLACES}
    return Builders(
        as_of=ground.as_of,
        world=_list_universes(newest, WORLD),
        countries=tuple(_describe_country(newest, code, ground.registry) for code in kept),
        left_out=tuple(sorted(placed - set(kept))),
        history=_compute_history(ground, kept),
    )


def name_kind(publisher: str, registry: Registry) -> str:
    """Name an account's kind, `unreviewed` where nobody has looked it up or nothing was found."""
    row = registry.find(publisher)
    return row.kind if row and row.code != UNREVIEWED else UNKNOWN


def _sum_publishers(entry: LedgerEntry, registry: Registry) -> pd.DataFrame:
    """Sum the 30-day downloads by publisher in each universe, aliases joined, with `code` and `kind`."""
    names = {name: registry.canonical(name) for name in entry.flows["publisher"].unique()}
    rows = entry.flows.assign(
        publisher=entry.flows["publisher"].map(names), language=entry.flows["task_group"].isin(LANGUAGE_GROUPS)
    )
    parts = [
        select_universe(rows, universe)
        .groupby("publisher", sort=True)["downloads_30d"]
        .sum()
        .reset_index(name="downloads")
        .assign(universe=universe)
        for universe in UNIVERSES
    ]
    sums = pd.concat(parts, ignore_index=True)
    sums = sums[sums["downloads"] > 0]
    found = sums["publisher"].unique()
    return sums.assign(
        code=sums["publisher"].map({name: code_of(name, registry) for name in found}),
        kind=sums["publisher"].map({name: name_kind(name, registry) for name in found}),
    )


def _pick_countries(rows: pd.DataFrame) -> list[str]:
    """Pick the countries with enough publishers and downloads, most downloads first."""
    placed = rows[~rows["code"].isin(NOT_PLACES)]
    sums = placed.groupby("code")["downloads"].agg(["sum", "count"])
    enough = sums[(sums["count"] >= MIN_PUBLISHERS) & (sums["sum"] >= MIN_SHARE * rows["downloads"].sum())]
    return [str(code) for code in enough.sort_values("sum", ascending=False, kind="stable").index]


def _describe_country(rows: pd.DataFrame, code: str, registry: Registry) -> CountryBuilders:
    mixes = _list_universes(rows[rows["code"] == code], code)
    mine = rows[(rows["code"] == code) & (rows["universe"] == "all")]
    return CountryBuilders(mixes[0], mixes, _list_independent(mine, mixes[0].downloads, registry))


def _list_independent(rows: pd.DataFrame, total: int, registry: Registry) -> tuple[Independent, ...]:
    ordered = sorted(zip(rows["publisher"], rows["downloads"], strict=True), key=lambda item: (-item[1], item[0]))
    found = []
    for publisher, downloads in ordered:
        row = registry.find(publisher)
        if row and row.kind != "company" and not row.parent:
            found.append(Independent(publisher, row.organisation, row.kind, int(downloads), int(downloads) / total))
    return tuple(found[:INDEPENDENT])


def _list_universes(rows: pd.DataFrame, code: str) -> tuple[Mix, ...]:
    return tuple(_mix(group, code, universe) for universe in UNIVERSES if len(group := _of(rows, universe)))


def _compute_history(ground: Ground, codes: Sequence[str]) -> tuple[tuple[dt.date, tuple[Mix, ...]], ...]:
    """Compute the mixes of the world and of the countries on each date."""
    accounts = ground.accounts
    is_counted = (accounts["attribution"] == "publisher") & (accounts["downloads_30d"] > 0)
    rows = accounts.loc[is_counted, ["end", "account", "code", "downloads_30d"]]
    kinds = {name: name_kind(name, ground.registry) for name in rows["account"].cat.categories}
    rows = rows.assign(kind=relabel(rows["account"].array, kinds))
    sums = rows.groupby(["end", "code", "kind"], observed=True)["downloads_30d"].agg(["sum", "count"])
    found: dict[tuple[dt.date, str], list[tuple[str, int, int]]] = {}
    for (end, code, name), downloads, publishers in sums.itertuples():
        for place in (WORLD, code):
            found.setdefault((end, place), []).append((name, downloads, publishers))
    places = [WORLD, *codes]
    return tuple(
        (day.end, tuple(_join(found[day.end, code], code) for code in places if (day.end, code) in found))
        for day in ground.intervals
    )


def _join(parts: Sequence[tuple[str, int, int]], code: str) -> Mix:
    """Join a place's kinds, each with downloads and publishers, to the mix of all models."""
    total = sum(downloads for _, downloads, _ in parts)
    sums = {kind: sum(downloads for name, downloads, _ in parts if name == kind) for kind in (*KINDS, UNKNOWN)}
    shares = {kind: downloads / total for kind, downloads in sums.items() if downloads}
    return Mix(code, "all", total, sum(publishers for _, _, publishers in parts), shares)


def _of(rows: pd.DataFrame, universe: str) -> pd.DataFrame:
    return rows[rows["universe"] == universe]


def _mix(rows: pd.DataFrame, code: str, universe: str) -> Mix:
    total = int(rows["downloads"].sum())
    sums = rows.groupby("kind")["downloads"].sum()
    shares = {kind: int(sums[kind]) / total for kind in (*KINDS, UNKNOWN) if kind in sums.index}
    return Mix(code, universe, total, len(rows), shares)
