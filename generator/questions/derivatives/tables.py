"""Derivatives: what is built on whose models, and who uploads copies of whose.

A derivative is a model that is not original and whose origin is another account than the one that uploaded it: a
quantised or converted copy, a fine-tuned version, an adapter, a merge, a helper such as a draft head. What an account
makes of its own models is none; neither is what states no base and has a name that tells none, because its origin
cannot be told.
"""

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import pandas as pd

from generator.ledger.intervals import SMALL, LedgerEntry
from generator.questions.ground import Ground
from generator.questions.series import Point
from generator.registry import Registry
from generator.star.coded import code_of
from generator.star.files import DataFile, Field
from generator.star.releases import FLOOR

# A month with fewer new derivatives than these has no share.
MIN_MODELS: Final = 20
UPLOADERS: Final = 50
ORIGINS: Final = 3
YEAR_MONTHS: Final = 12
QUANTISED: Final = "quantised"


@dataclass(frozen=True)
class Part:
    """Derivatives that go back to one country, made in one way.

    Attributes:
        code: country code or category of the origin.
        relation: quantised, fine-tuned, adapter, merge or helper (draft head, tokenizer).
        number: models or downloads.
    """

    code: str
    relation: str
    number: int


@dataclass(frozen=True)
class Slice:
    """Derivatives of a month, or on a date.

    Attributes:
        date: the last day that it speaks for.
        parts: by country of origin and relation.
    """

    date: dt.date
    parts: tuple[Part, ...]

    @property
    def number(self) -> int:
        """Return all of them."""
        return sum(part.number for part in self.parts)

    def shares(self, *, without: str = "") -> dict[str, float]:
        """Return the share of each country and category, one relation left out if wished; they sum to 1."""
        sums: dict[str, int] = {}
        for part in self.parts:
            if part.relation != without:
                sums[part.code] = sums.get(part.code, 0) + part.number
        total = sum(sums.values())
        return {code: number / total for code, number in sums.items()} if total else {}


@dataclass(frozen=True)
class Pair:
    """Who builds on whom.

    Attributes:
        builder: country code or category of the accounts that uploaded the derivatives.
        origin: of those that they go back to.
        models: derivatives in the newest snapshot.
        downloads_30d: their downloads of the last thirty days.
    """

    builder: str
    origin: str
    models: int
    downloads_30d: int


@dataclass(frozen=True)
class Carried:
    """Part of a re-uploader's downloads that goes back to one account."""

    origin: str
    code: str
    share: float


@dataclass(frozen=True)
class Uploader:
    """An account that uploads quantised or converted copies of others' models.

    Attributes:
        publisher: the account, aliases joined.
        code: its country code or category.
        models: such copies.
        downloads_30d: their downloads of the last thirty days.
        share: of those of all such copies, 0 to 1.
        carried: the accounts that most of its downloads go back to, largest first, at most three.
        countries: share of its downloads by country of origin; they sum to 1.
    """

    publisher: str
    code: str
    models: int
    downloads_30d: int
    share: float
    carried: tuple[Carried, ...]
    countries: Mapping[str, float]


@dataclass(frozen=True)
class Ground30d:
    """What the downloads of derivatives stand on, in the thirty days to the newest date.

    Attributes:
        downloads: of derivatives.
        share_of_all: of all downloads, 0 to 1.
        own: downloads of what is not original and whose origin is its own account: made of its own models, or of a
            base that is not told.
        named: part of the derivatives' downloads whose models are known by name, 0 to 1: what the next two speak for.
        by_tags: part of these whose origin is known by base-model tags.
        by_family: part of these whose origin is told by the name.
        has_tags: whether the data have base-model tags at all.
    """

    downloads: int
    share_of_all: float
    own: int
    named: float
    by_tags: float
    by_family: float
    has_tags: bool


@dataclass(frozen=True)
class Derivatives:
    """The topic's record.

    Attributes:
        as_of: the newest date.
        months: new derivatives of each month, oldest first; the last month ends with the newest date.
        dates: downloads of derivatives of the thirty days to each date, oldest first.
        pairs: who builds on whom on the newest date, most models first.
        uploaders: the largest re-uploaders, most downloads first.
        ground: what the numbers of the newest date stand on.
    """

    as_of: dt.date
    months: tuple[Slice, ...]
    dates: tuple[Slice, ...]
    pairs: tuple[Pair, ...]
    uploaders: tuple[Uploader, ...]
    ground: Ground30d

    @property
    def year(self) -> Slice:
        """Return the new derivatives of the last twelve whole months together."""
        whole = [month for month in self.months if is_whole(month.date)][-YEAR_MONTHS:]
        return _join(whole, whole[-1].date if whole else self.as_of)

    @cached_property
    def series(self) -> Mapping[str, tuple[Point, ...]]:
        """Return shares by country of origin.

        `derivatives.new-share.CN`: of the new derivatives of each month; None where the month is not over or has
        fewer than twenty. `derivatives.new-tuned-share.CN`: the same without quantised and converted copies.
        `derivatives.download-share.CN`: of the downloads of derivatives in the thirty days to each date.
        """
        codes = sorted({part.code for each in (*self.months, *self.dates) for part in each.parts})
        series: dict[str, tuple[Point, ...]] = {}
        for name, slices, without in (
            ("new-share", self.months, ""),
            ("new-tuned-share", self.months, QUANTISED),
            ("download-share", self.dates, ""),
        ):
            known = [(each.date, _measure(each, name, without)) for each in slices]
            for code in codes:
                series[f"derivatives.{name}.{code}"] = tuple(
                    Point(date, None if shares is None else shares.get(code, 0.0)) for date, shares in known
                )
        return series

    @property
    def items(self) -> Mapping[str, object]:
        """Return nothing: the topic has one page."""
        return {}

    @property
    def tables(self) -> tuple[DataFile, ...]:
        """Return new derivatives, their downloads, the matrix and the re-uploaders."""
        return (
            _tabulate_slices("derivatives-new", self.months),
            _tabulate_slices("derivatives-downloads", self.dates),
            _tabulate_pairs(self.pairs),
            _tabulate_uploaders(self.uploaders),
        )


def compute(ground: Ground) -> Derivatives:
    """Compute the topic's record."""
    newest = ground.newest
    rows = select_derivatives(newest.flows, ground.registry)
    return Derivatives(
        as_of=ground.as_of,
        months=compute_months(ground.births, ground.registry, ground.as_of),
        dates=_compute_dates(ground),
        pairs=_compute_pairs(rows),
        uploaders=_compute_uploaders(rows),
        ground=_compute_ground(newest, rows, ground.registry),
    )


def select_derivatives(rows: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    """Select the rows that are derivatives, aliases joined, with the codes of `builder` and `origin_code`.

    Args:
        rows: with `publisher`, `origin` and `relation`. What small accounts, folded into one name, build on one
            another cannot be told from what they make of their own, and is left out with it.
        registry: joins aliases and knows the codes.
    """
    named = _canonical(rows[rows["relation"] != "original"], registry)
    derived = named[named["publisher"] != named["origin"]]
    codes = {name: code_of(name, registry) for column in ("publisher", "origin") for name in derived[column].unique()}
    return derived.assign(builder=derived["publisher"].map(codes), origin_code=derived["origin"].map(codes))


def compute_months(births: pd.DataFrame, registry: Registry, as_of: dt.date) -> tuple[Slice, ...]:
    """Count the new derivatives of each month after the Hub's first, oldest first."""
    derived = select_derivatives(births, registry)
    later = derived[derived["month"] > FLOOR.strftime("%Y-%m")]
    slices = []
    for month, rows in later.groupby("month", sort=True):
        first = dt.date.fromisoformat(f"{month}-01")
        if first <= as_of:
            last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
            slices.append(Slice(min(last, as_of), _sum_parts(rows, "models")))
    return tuple(slices)


def is_whole(day: dt.date) -> bool:
    """Tell whether a month's slice reaches the month's last day."""
    return (day + dt.timedelta(days=1)).day == 1


def _measure(each: Slice, name: str, without: str) -> dict[str, float] | None:
    if name == "download-share":
        return each.shares() or None
    number = sum(part.number for part in each.parts if part.relation != without)
    return each.shares(without=without) if is_whole(each.date) and number >= MIN_MODELS else None


def _join(slices: Sequence[Slice], date: dt.date) -> Slice:
    sums: dict[tuple[str, str], int] = {}
    for each in slices:
        for part in each.parts:
            sums[part.code, part.relation] = sums.get((part.code, part.relation), 0) + part.number
    return Slice(date, tuple(Part(code, relation, number) for (code, relation), number in sorted(sums.items())))


def _compute_dates(ground: Ground) -> tuple[Slice, ...]:
    found: dict[dt.date, list[Part]] = {}
    columns = (ground.derivatives[name] for name in ("end", "origin_code", "relation", "downloads_30d"))
    for end, code, relation, number in zip(*columns, strict=True):
        if number:
            found.setdefault(end, []).append(Part(code, relation, int(number)))
    return tuple(Slice(interval.end, tuple(found.get(interval.end, ()))) for interval in ground.intervals)


def _sum_parts(rows: pd.DataFrame, column: str) -> tuple[Part, ...]:
    sums = rows.groupby(["origin_code", "relation"], sort=True)[column].sum()
    return tuple(
        Part(code, relation, int(number))
        for (code, relation), number in zip(sums.index, sums.tolist(), strict=True)
        if number
    )


def _compute_pairs(rows: pd.DataFrame) -> tuple[Pair, ...]:
    sums = rows.groupby(["builder", "origin_code"], sort=True)[["models", "downloads_30d"]].sum()
    pairs = [
        Pair(builder, origin, int(models), int(downloads))
        for (builder, origin), models, downloads in zip(sums.index, sums["models"], sums["downloads_30d"], strict=True)
    ]
    return tuple(sorted(pairs, key=lambda pair: (-pair.models, pair.builder, pair.origin)))


def _compute_uploaders(rows: pd.DataFrame) -> tuple[Uploader, ...]:
    copies = rows[(rows["relation"] == QUANTISED) & (rows["publisher"] != SMALL)]
    total = int(rows.loc[rows["relation"] == QUANTISED, "downloads_30d"].sum())
    sums = copies.groupby("publisher")["downloads_30d"].sum()
    order = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    largest = [name for name, downloads in order if downloads > 0][:UPLOADERS]
    groups = copies[copies["publisher"].isin(largest)].groupby("publisher")
    return tuple(_describe_uploader(str(name), groups.get_group(name), total) for name in largest)


def _describe_uploader(name: str, rows: pd.DataFrame, total: int) -> Uploader:
    downloads = int(rows["downloads_30d"].sum())
    by_origin = rows.groupby(["origin", "origin_code"], sort=True)["downloads_30d"].sum()
    origins = zip(by_origin.index, by_origin.tolist(), strict=True)
    largest = sorted(origins, key=lambda item: (-item[1], item[0]))[:ORIGINS]
    by_code = rows.groupby("origin_code", sort=True)["downloads_30d"].sum()
    return Uploader(
        publisher=name,
        code=str(rows["builder"].iloc[0]),
        models=int(rows["models"].sum()),
        downloads_30d=downloads,
        share=downloads / total,
        carried=tuple(Carried(origin, code, int(part) / downloads) for (origin, code), part in largest if part),
        countries={str(code): int(part) / downloads for code, part in by_code.items() if part},
    )


def _compute_ground(entry: LedgerEntry, rows: pd.DataFrame, registry: Registry) -> Ground30d:
    downloads, total = int(rows["downloads_30d"].sum()), int(entry.flows["downloads_30d"].sum())
    made = entry.flows.loc[entry.flows["relation"] != "original", "downloads_30d"].sum()
    counts = entry.models.assign(downloads=entry.models["downloads_30d"].fillna(0).astype("int64"))
    named = select_derivatives(counts, registry)
    by_basis = named.groupby("origin_basis")["downloads"].sum()
    known = int(named["downloads"].sum())
    return Ground30d(
        downloads=downloads,
        share_of_all=downloads / total if total else 0.0,
        own=int(made) - downloads,
        named=min(known / downloads, 1.0) if downloads else 0.0,
        by_tags=int(by_basis.get("tags", 0)) / known if known else 0.0,
        by_family=int(by_basis.get("family", 0)) / known if known else 0.0,
        has_tags=bool((entry.models["origin_basis"] == "tags").any()),
    )


def _canonical(rows: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    names = {name: registry.canonical(name) for column in ("publisher", "origin") for name in rows[column].unique()}
    return rows.assign(publisher=rows["publisher"].map(names), origin=rows["origin"].map(names))


def _tabulate_slices(name: str, slices: Iterable[Slice]) -> DataFile:
    is_new = name == "derivatives-new"
    fields = (
        Field("date", "date", "Last day of the month, or of the data." if is_new else "Last of the thirty days."),
        Field("origin_country_code", "text", "Country or category of the account that they go back to."),
        Field(
            "relation",
            "text",
            "quantised (or converted), fine-tuned, adapter, merge or helper (draft head, tokenizer).",
        ),
        Field("models", "count", "Models created in the month, by the first snapshot that has them.")
        if is_new
        else Field("downloads_30d", "count", "Downloads of the thirty days to the date."),
    )
    rows = tuple((each.date, part.code, part.relation, part.number) for each in slices for part in each.parts)
    title = "New derivatives" if is_new else "Downloads of derivatives"
    return DataFile(name, title, "Derivatives that go back to a country, made in one way.", fields, rows)


def _tabulate_pairs(pairs: Iterable[Pair]) -> DataFile:
    fields = (
        Field("builder_country_code", "text", "Country or category of the accounts that uploaded the derivatives."),
        Field("origin_country_code", "text", "Country or category of the accounts that they go back to."),
        Field("models", "count", "Derivatives in the newest snapshot."),
        Field("downloads_30d", "count", "Their downloads of the last thirty days."),
    )
    rows = tuple((pair.builder, pair.origin, pair.models, pair.downloads_30d) for pair in pairs)
    return DataFile("derivatives-matrix", "Who builds on whom", "Two countries or categories.", fields, rows)


def _tabulate_uploaders(uploaders: Iterable[Uploader]) -> DataFile:
    fields = (
        Field("publisher", "text", "Account on the Hub that uploads copies of others' models."),
        Field("country_code", "text", "Its country or category."),
        Field("models", "count", "Quantised or converted copies of others' models."),
        Field("downloads_30d", "count", "Their downloads of the last thirty days."),
        Field("share", "share", "Fraction of the downloads of all such copies."),
        Field("largest_origin", "text", "Account that most of its downloads go back to."),
        Field("largest_origin_country_code", "text", "That account's country or category."),
        Field("largest_origin_share", "share", "Fraction of its downloads that go back to that account."),
    )
    rows = tuple(
        (row.publisher, row.code, row.models, row.downloads_30d, row.share, first.origin, first.code, first.share)
        for row in uploaders
        for first in row.carried[:1]
    )
    return DataFile("derivatives-reuploaders", "Re-uploaders", "An account that uploads copies.", fields, rows)
