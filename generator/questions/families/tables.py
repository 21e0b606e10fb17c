"""Families and models: the most downloaded under each window, whose they are, and their part of country and world."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from generator.ledger.classify import HELPER
from generator.questions.ground import Ground
from generator.questions.series import Point
from generator.registry import Registry
from generator.star.dates import sum_dates
from generator.star.files import DataFile, Field
from generator.star.known_sizes import compute_medians, compute_sizes
from generator.star.named import FamilyLine, list_lines, list_windows
from generator.star.shares import sum_on

# Lines of families with a row, a history and series; models with a row, per window.
LINES: Final = 100
MODELS: Final = 25
# Countries whose largest lines are told, and how many of them.
COUNTRIES: Final = 6
TOP_LINES: Final = 5


@dataclass(frozen=True)
class Standing:
    """A place in a list under one window.

    Attributes:
        rank: 1 for most downloads.
        downloads: of the window; for a window over several intervals a lower bound.
        share: of all downloads of the window, 0 to 1.
        share_of_country: of the downloads of all models that go back to the same country, 0 to 1; None for a
            model, and where most of the line goes back to no country.
    """

    rank: int
    downloads: int
    share: float
    share_of_country: float | None


@dataclass(frozen=True)
class Largest:
    """The value of a class with most downloads.

    Attributes:
        value: the class.
        share: its part of the line's downloads, 0 to 1.
    """

    value: str
    share: float


@dataclass(frozen=True)
class LineRow:
    """A line of families on the newest date.

    Attributes:
        slug: its name in series and files.
        name: its name.
        origin: the account that published the root models.
        code: that account's country code or category.
        families: names of its families, in the registry's order.
        standings: by window.
        own: the part of its downloads that the origin's own account uploaded, 0 to 1.
        models: its named models.
        created: the earliest creation among the named models of the origin's account; None where unknown.
        median_size: download-weighted median of the known sizes, in parameters; None where no size is known.
        license_class: the licence class with most downloads, helpers left out.
        grade: the grade of openness with most downloads, helpers left out.
    """

    slug: str
    name: str
    origin: str
    code: str
    families: tuple[str, ...]
    standings: Mapping[str, Standing]
    own: float
    models: int
    created: dt.date | None
    median_size: float | None
    license_class: Largest
    grade: Largest


@dataclass(frozen=True)
class RankedModel:
    """A model among the most downloaded under some window.

    Attributes:
        id: its newest id on the Hub, as a stranger wrote it.
        publisher: the account that uploaded it.
        publisher_code: that account's country code or category.
        origin: the account at the root of its chain.
        origin_code: that account's country code or category.
        created: the date of the repository; None where unknown.
        size: parameters; None where unknown.
        size_basis: `stated`, `name` or `unknown`.
        relation: original, quantised, fine-tuned, adapter, merge or helper.
        license: as the repository states it; None where unstated.
        license_class: of that licence.
        grade: of its family's openness.
        standings: by window, where it is among the most downloaded of it.
    """

    id: str
    publisher: str
    publisher_code: str
    origin: str
    origin_code: str
    created: dt.date | None
    size: float | None
    size_basis: str
    relation: str
    license: str | None
    license_class: str
    grade: str
    standings: Mapping[str, Standing]


@dataclass(frozen=True)
class LinePoint:
    """A line on a date, in the window that is shown over time.

    Attributes:
        as_of: the date.
        rank: 1 for the line with most downloads.
        share: of all downloads, 0 to 1.
        shares: of the downloads of each country that its models go back to, by code, 0 to 1.
    """

    as_of: dt.date
    rank: int
    share: float
    shares: Mapping[str, float]


@dataclass(frozen=True)
class CountryLines:
    """The largest lines of a country, in the window that is shown over time.

    Attributes:
        code: the country.
        downloads: of all models that go back to it.
        lines: slug, name and share of these downloads, the largest first.
    """

    code: str
    downloads: int
    lines: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True)
class Named:
    """How much of a window's downloads is named.

    Attributes:
        window: the window.
        downloads: all of them.
        models: the part of named models, 0 to 1.
        lines: the part of named models whose name tells a family, 0 to 1.
    """

    window: str
    downloads: int
    models: float
    lines: float


@dataclass(frozen=True)
class Families:
    """The topic's record.

    Attributes:
        as_of: the newest date.
        window: what is shown over time: `30d`, or the first window that has a number.
        coverage: of each window that has a number.
        lines: the most downloaded lines, by rank in that window.
        models: the most downloaded models, by their best rank.
        histories: of each of the lines, by slug, oldest first; dates that name none of its models are left out.
        dates: all dates of the history that have a number, oldest first.
        countries: the largest lines of the countries with most downloads by origin.
    """

    as_of: dt.date
    window: str
    coverage: tuple[Named, ...]
    lines: tuple[LineRow, ...]
    models: tuple[RankedModel, ...]
    histories: Mapping[str, tuple[LinePoint, ...]]
    dates: tuple[dt.date, ...]
    countries: tuple[CountryLines, ...]

    @property
    def series(self) -> dict[str, tuple[Point, ...]]:
        """Return each line's share of the world and of each country; None on a date that names none of its models."""
        series: dict[str, tuple[Point, ...]] = {}
        for slug, history in self.histories.items():
            by_date = {point.as_of: point for point in history}
            found = [(day, by_date.get(day)) for day in self.dates]
            series[f"families.share-of-world.{slug}"] = tuple(
                Point(day, point.share if point else None) for day, point in found
            )
            for code in sorted({code for point in history for code in point.shares}):
                series[f"families.share-of-country.{code}.{slug}"] = tuple(
                    Point(day, point.shares.get(code) if point else None) for day, point in found
                )
        return series

    @property
    def tables(self) -> tuple[DataFile, ...]:
        """Return the data files."""
        return (_build_lines_file(self), _build_history_file(self), _build_models_file(self))

    @property
    def items(self) -> dict[str, object]:
        """Return nothing: no family has a page of its own."""
        return {}


def compute(ground: Ground) -> Families:
    """Compute the topic's record."""
    windows = list_windows(ground.histories)
    lines = {line.slug: line for line in list_lines(ground.registry.families)}
    by_origin = ground.cube[ground.cube["attribution"] == "origin"]
    named = ground.named.assign(known=ground.named["line"].notna())
    found = {window: _sum_newest(ground, by_origin, named, window) for window in windows}
    histories, dates = _compute_histories(ground, by_origin, named, windows[0])
    standings = {window: _rank_lines(sums, ground.registry) for window, sums in found.items()}
    first = [slug for slug, _ in sorted(standings[windows[0]].items(), key=lambda item: item[1].rank)][:LINES]
    newest = _pick_newest(named, first)
    return Families(
        as_of=ground.as_of,
        window=windows[0],
        coverage=tuple(_measure_coverage(window, sums) for window, sums in found.items()),
        lines=_describe_lines([lines[slug] for slug in first], newest, standings, ground.registry, windows[0]),
        models=_rank_models(named, found),
        histories={slug: histories[slug] for slug in first},
        dates=dates,
        countries=_list_countries(found[windows[0]], ground.registry, lines),
    )


@dataclass(frozen=True)
class _Sums:
    """A window's downloads on the newest date.

    Attributes:
        downloads: all of them.
        totals: those of each country of origin; of rows under the ledger's floor the origin is not told, so that of a
            tiny country its named models count where they are more.
        lines: of the named models, by line and that country; columns `line`, `code`, `downloads`.
        models: of the named models, by model.
        known: the same by whether their name tells a family.
    """

    downloads: float
    totals: Mapping[str, float]
    lines: pd.DataFrame
    models: Mapping[str, float]
    known: Mapping[bool, float]


def _sum_newest(ground: Ground, by_origin: pd.DataFrame, named: pd.DataFrame, window: str) -> _Sums:
    def add(rows: pd.DataFrame, by: str | list[str]) -> pd.Series | None:
        return sum_on(rows, ground.intervals, window, ground.as_of, by)

    totals, lines, known = add(by_origin, "code"), add(named, ["line", "origin_code"]), add(named, "known")
    empty = pd.DataFrame({"line": [], "code": [], "downloads": []})
    found = empty if lines is None else lines.rename_axis(["line", "code"]).rename("downloads").reset_index()
    return _Sums(
        downloads=0.0 if totals is None else float(totals.sum()),
        totals=_raise_totals(_count(totals), _count(found.groupby("code", observed=True)["downloads"].sum())),
        lines=found,
        models=_count(add(named, "model")),
        known={} if known is None else {bool(name): float(value) for name, value in known.items()},
    )


def _raise_totals(totals: Mapping[str, float], named: Mapping[str, float]) -> dict[str, float]:
    """Return the downloads of each country, none less than those of its named models."""
    return {code: max(totals.get(code, 0.0), named.get(code, 0.0)) for code in {**totals, **named}}


def _pick_newest(named: pd.DataFrame, slugs: Sequence[str]) -> pd.DataFrame:
    """Pick the models of each line on the newest date that names one, with their sizes."""
    place = named["end"].cat.codes
    newest = place == place.groupby(named["line"], observed=True).transform("max")
    rows = named[newest & named["line"].isin(slugs)]
    return rows.join(compute_sizes(rows))


def _count(sums: pd.Series | None) -> dict[str, float]:
    """Turn sums by name into a dictionary; empty where there is no number."""
    return {} if sums is None else {str(name): float(value) for name, value in sums.items()}


def _order(downloads: Mapping[str, float]) -> list[str]:
    return sorted(downloads, key=lambda name: (-downloads[name], name))


def _compute_histories(
    ground: Ground, by_origin: pd.DataFrame, named: pd.DataFrame, window: str
) -> tuple[dict[str, tuple[LinePoint, ...]], tuple[dt.date, ...]]:
    totals = sum_dates(by_origin, ground.intervals, window, "code")
    lines = sum_dates(named, ground.intervals, window, ["line", "origin_code"])
    histories: dict[str, list[LinePoint]] = {}
    dates = [day for day, found in totals.items() if found.sum() > 0]
    for day in dates:
        total = float(totals[day].sum())
        world: dict[str, float] = {}
        shares: dict[str, dict[str, float]] = {}
        sums = lines.get(day, pd.Series(dtype="float64"))
        named_by_code: dict[str, float] = {}
        for (_, code), downloads in zip(sums.index, sums.tolist(), strict=True):
            named_by_code[code] = named_by_code.get(code, 0.0) + downloads
        by_code = _raise_totals(_count(totals[day]), named_by_code)
        for (slug, code), downloads in zip(sums.index, sums.tolist(), strict=True):
            world[slug] = world.get(slug, 0.0) + downloads
            if code in ground.registry.countries:
                shares.setdefault(slug, {})[code] = downloads / by_code[code]
        for rank, slug in enumerate(_order(world), start=1):
            histories.setdefault(slug, []).append(LinePoint(day, rank, world[slug] / total, shares.get(slug, {})))
    return {slug: tuple(points) for slug, points in histories.items()}, tuple(dates)


def _rank_lines(sums: _Sums, registry: Registry) -> dict[str, Standing]:
    """Rank all lines on the newest date; their share of a country is that of the country most of them go back to."""
    total = sums.downloads
    world = _count(sums.lines.groupby("line", observed=True)["downloads"].sum())
    homes = sums.lines.sort_values("downloads", kind="stable").drop_duplicates("line", keep="last")
    home = {slug: (code, downloads) for slug, code, downloads in homes.itertuples(index=False)}
    standings = {}
    for rank, slug in enumerate(_order(world), start=1):
        code, downloads = home[slug]
        of_country = float(downloads / sums.totals[code]) if code in registry.countries else None
        standings[slug] = Standing(rank, round(world[slug]), world[slug] / total, of_country)
    return standings


def _measure_coverage(window: str, sums: _Sums) -> Named:
    total, known = sums.downloads, sums.known.get(True, 0.0)
    return Named(
        window=window,
        downloads=round(total),
        models=(known + sums.known.get(False, 0.0)) / total if total else 0.0,
        lines=known / total if total else 0.0,
    )


def count_column(window: str) -> str:
    """Return the column of an interval's rows that says how much a model weighs on its date."""
    return {"30d": "downloads_30d", "all_time": "downloads_all_time"}.get(window, "flow")


def _describe_lines(
    lines: Sequence[FamilyLine],
    models: pd.DataFrame,
    standings: Mapping[str, Mapping[str, Standing]],
    registry: Registry,
    window: str,
) -> tuple[LineRow, ...]:
    """Describe lines by their models on the newest date that names one."""
    owner = {line.slug: registry.canonical(line.origin) for line in lines}
    downloads = models[count_column(window)].fillna(0)
    models = models.assign(downloads=downloads, is_own=models["publisher"].astype("str") == models["line"].map(owner))
    totals, sizes = models.groupby("line")["downloads"].sum(), models.groupby("line").size()
    own = models[models["is_own"]].groupby("line").agg({"downloads": "sum", "created_at": "min"})
    medians = compute_medians(models, ["line"]).to_dict()
    main = models.assign(downloads=models["downloads"].where(models["relation"] != HELPER, 0))
    licenses, grades = (_find_largest(main, name) for name in ("license_class", "grade"))
    created = own["created_at"].dropna().to_dict()
    return tuple(
        LineRow(
            slug=line.slug,
            name=line.name,
            origin=line.origin,
            code=registry.code(line.origin),
            families=line.families,
            standings={key: found[line.slug] for key, found in standings.items() if line.slug in found},
            own=float(own["downloads"].get(line.slug, 0.0)) / (float(totals[line.slug]) or 1.0),
            models=int(sizes[line.slug]),
            created=created[line.slug].date() if line.slug in created else None,
            median_size=medians.get(line.slug),
            license_class=licenses[line.slug],
            grade=grades[line.slug],
        )
        for line in lines
    )


def _find_largest(models: pd.DataFrame, column: str) -> dict[str, Largest]:
    """Find the class with most downloads of each line, of equal ones the first by name."""
    totals = models.groupby("line")["downloads"].sum()
    sums = models.astype({column: "str"}).groupby(["line", column])["downloads"].sum().reset_index()
    ordered = sums.sort_values(["downloads", column], ascending=[False, True]).drop_duplicates("line")
    return {
        slug: Largest(value, float(downloads) / (float(totals[slug]) or 1.0))
        for slug, value, downloads in ordered[["line", column, "downloads"]].itertuples(index=False)
    }


def _rank_models(named: pd.DataFrame, found: Mapping[str, _Sums]) -> tuple[RankedModel, ...]:
    standings: dict[str, dict[str, Standing]] = {}
    for window, sums in found.items():
        total = sums.downloads
        for rank, model in enumerate(_order(sums.models)[:MODELS], start=1):
            downloads = sums.models[model]
            standings.setdefault(model, {})[window] = Standing(rank, round(downloads), downloads / total, None)
    newest = named[named["model"].isin(standings)].drop_duplicates("model", keep="last")
    records = newest.join(compute_sizes(newest)).to_dict("records")
    models = [_make_model({str(key): value for key, value in row.items()}, standings[row["model"]]) for row in records]
    return tuple(sorted(models, key=lambda row: (min(place.rank for place in row.standings.values()), row.id)))


def _make_model(row: Mapping[str, Any], standings: Mapping[str, Standing]) -> RankedModel:
    return RankedModel(
        id=row["id"],
        publisher=row["publisher"],
        publisher_code=row["publisher_code"],
        origin=row["origin"],
        origin_code=row["origin_code"],
        created=None if pd.isna(row["created_at"]) else row["created_at"].date(),
        size=None if pd.isna(row["size"]) else float(row["size"]),
        size_basis=row["size_basis"],
        relation=row["relation"],
        license=row["license"] if isinstance(row["license"], str) else None,
        license_class=row["license_class"],
        grade=row["grade"],
        standings=standings,
    )


def _list_countries(sums: _Sums, registry: Registry, lines: Mapping[str, FamilyLine]) -> tuple[CountryLines, ...]:
    totals = sums.totals
    places = [code for code in _order(totals) if code in registry.countries]
    found = []
    for code in places[:COUNTRIES]:
        mine = _count(sums.lines[sums.lines["code"] == code].set_index("line")["downloads"])
        top = tuple((slug, lines[slug].name, mine[slug] / totals[code]) for slug in _order(mine)[:TOP_LINES])
        found.append(CountryLines(code, round(totals[code]), top))
    return tuple(found)


_STANDING_FIELDS: Final = (
    Field("window", "text", "30d, 12m, held or all_time, as in shares.csv."),
    Field("rank", "count", "1 for most downloads in the window."),
    Field("downloads", "count", "Downloads in the window; over several intervals of the named ones, a lower bound."),
    Field("share", "share", "Fraction of all downloads in the window, the unnamed ones included."),
)


def _build_lines_file(topic: Families) -> DataFile:
    fields = (
        Field("slug", "text", "The line's name in series."),
        Field("line", "text", "Families of one origin whose names begin with the same word."),
        Field("origin", "text", "Account that published the root models."),
        Field("country_code", "text", "Of that account: ISO 3166-1 alpha-2, or INT, UNAFFILIATED, UNREVIEWED."),
        *_STANDING_FIELDS,
        Field("share_of_country", "share", "Fraction of the downloads of all models of the same country of origin."),
        Field("own", "share", "Fraction of the line's downloads that the origin's own account uploaded; newest date."),
        Field("models", "count", "Named models of the line on the newest date."),
        Field("created", "date", "Earliest creation among the origin's named models; empty where unknown."),
        Field("median_parameters", "count", "Download-weighted median of known sizes; empty where none is known."),
        Field("license_class", "text", "Licence class with most downloads."),
        Field("grade", "text", "Grade of openness with most downloads; ungraded where the registry has none."),
    )
    rows = tuple(
        (
            line.slug,
            line.name,
            line.origin,
            line.code,
            window,
            place.rank,
            place.downloads,
            place.share,
            place.share_of_country,
            line.own,
            line.models,
            line.created,
            None if line.median_size is None else round(line.median_size),
            line.license_class.value,
            line.grade.value,
        )
        for line in topic.lines
        for window, place in line.standings.items()
    )
    title = "Lines of families by downloads"
    return DataFile("families-downloads", title, "A line of families under a window.", fields, rows)


def _build_history_file(topic: Families) -> DataFile:
    fields = (
        Field("date", "date", "Last day of the window."),
        Field("window", "text", "The window that is shown over time."),
        Field("slug", "text", "The line's name in series."),
        Field("rank", "count", "1 for the line with most downloads of named models."),
        Field("share", "share", "Fraction of all downloads in the window."),
        Field("country_code", "text", "A country that models of the line go back to."),
        Field("share_of_country", "share", "Fraction of the downloads of all models that go back to that country."),
    )
    rows = tuple(
        (point.as_of, topic.window, slug, point.rank, point.share, code, share)
        for slug, points in topic.histories.items()
        for point in points
        for code, share in sorted(point.shares.items())
    )
    title = "Lines of families over time"
    return DataFile("families-history", title, "A line, a date and a country of origin.", fields, rows)


def _build_models_file(topic: Families) -> DataFile:
    fields = (
        Field("model", "text", "Its id on the Hub."),
        Field("publisher", "text", "Account that uploaded it."),
        Field("publisher_country_code", "text", "Of that account, as in shares.csv."),
        Field("origin", "text", "Account at the root of its chain of base models."),
        Field("origin_country_code", "text", "Of that account, as in shares.csv."),
        *_STANDING_FIELDS,
        Field("created", "date", "Of the repository; empty where unknown."),
        Field("parameters", "count", "Their number; empty where unknown."),
        Field("parameters_basis", "text", "stated by the files, read in the name of a quantised model, or unknown."),
        Field("relation", "text", "original, quantised, fine-tuned, adapter, merge or helper."),
        Field("license", "text", "As the repository states it; empty where unstated."),
        Field("license_class", "text", "open, conditions, non-commercial or unstated."),
        Field("grade", "text", "Grade of its family's openness; ungraded where the registry has none."),
    )
    rows = tuple(
        (
            model.id,
            model.publisher,
            model.publisher_code,
            model.origin,
            model.origin_code,
            window,
            place.rank,
            place.downloads,
            place.share,
            model.created,
            None if model.size is None else round(model.size),
            model.size_basis,
            model.relation,
            model.license,
            model.license_class,
            model.grade,
        )
        for model in topic.models
        for window, place in model.standings.items()
    )
    title = "Most downloaded models under each window"
    return DataFile("families-models", title, "A model under a window.", fields, rows)
