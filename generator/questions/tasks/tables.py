"""Tasks: each country's share of what was downloaded in every task group, over time, and video models by name."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from generator.base.settings import MIN_GROUP_PART
from generator.questions.ground import Ground
from generator.questions.series import Point
from generator.registry import TASK_GROUPS
from generator.star.dates import sum_dates
from generator.star.definitions import ATTRIBUTIONS, Definition
from generator.star.files import DataFile, Field
from generator.star.leads import Lead, compute_lead
from generator.star.named import list_windows
from generator.star.shares import NOT_PLACES, ShareRow, ShareTable, rank_rows, sum_on

VIDEO: Final = "video"
# Countries with a history in each group: the largest on the newest date, and the two that the claims are about.
FOLLOWED: Final = 5
ALWAYS: Final = ("CN", "US")
VIDEO_MODELS: Final = 40


@dataclass(frozen=True)
class GroupShares:
    """The shares within a task group under one window and attribution; they sum to 1.

    Attributes:
        task_group: the group.
        window: of the downloads.
        attribution: `publisher` or `origin`.
        downloads: of the group.
        share_of_all: its part of all downloads of the window, 0 to 1.
        rows: as in a share table.
    """

    task_group: str
    window: str
    attribution: str
    downloads: int
    share_of_all: float
    rows: tuple[ShareRow, ...]

    @property
    def places(self) -> tuple[ShareRow, ...]:
        """Return the rows that are countries, the largest first."""
        return tuple(row for row in self.rows if row.rank is not None)

    def share_of(self, *codes: str) -> float:
        """Return the summed share of codes; 0 for those without downloads."""
        return sum(row.share for row in self.rows if row.code in codes)


@dataclass(frozen=True)
class TaskModel:
    """A named model of a task group on the newest date.

    Attributes:
        id: its id on the Hub, as a stranger wrote it.
        task: the Hub's name of its task; None where its family or its library tells the group.
        publisher: the account that uploaded it.
        publisher_code: that account's country code or category.
        origin: the account at the root of its chain.
        origin_code: that account's country code or category.
        created: the date of the repository; None where unknown.
        license: as the repository states it; None where unstated.
        license_class: of that licence.
        relation: original, quantised, fine-tuned, adapter, merge or helper.
        downloads: in the window that is shown over time.
        share: of the group's downloads, 0 to 1.
    """

    id: str
    task: str | None
    publisher: str
    publisher_code: str
    origin: str
    origin_code: str
    created: dt.date | None
    license: str | None
    license_class: str
    relation: str
    downloads: int
    share: float


@dataclass(frozen=True)
class Tasks:
    """The topic's record.

    Attributes:
        as_of: the newest date.
        window: what is shown over time: `30d`, or the first window that has a number.
        groups: of every window and attribution the groups that have downloads, in the order of the groups.
        leads: who leads in a group by publisher, in that window, and since when; none with fewer than two countries,
            and none in a group under a hundredth of the downloads.
        histories: each group's shares of the countries followed by publisher, by code, oldest first; None on a date
            on which the group has no download.
        origin_histories: the same by origin.
        unattributed: each group's share that no country is given, likewise.
        video_models: the most downloaded video models by name.
        video_named: the part of the video downloads that models known by name have, 0 to 1.
    """

    as_of: dt.date
    window: str
    groups: tuple[GroupShares, ...]
    leads: Mapping[str, Lead]
    histories: Mapping[str, Mapping[str, tuple[Point, ...]]]
    origin_histories: Mapping[str, Mapping[str, tuple[Point, ...]]]
    unattributed: Mapping[str, tuple[Point, ...]]
    video_models: tuple[TaskModel, ...]
    video_named: float

    def find(self, group: str, attribution: str = "publisher", window: str = "") -> GroupShares | None:
        """Return a group's shares, in the window that is shown over time unless another is asked for."""
        wanted = (group, window or self.window, attribution)
        return next((row for row in self.groups if (row.task_group, row.window, row.attribution) == wanted), None)

    @property
    def shown(self) -> tuple[GroupShares, ...]:
        """Return the groups by publisher in the window that is shown over time, the most downloaded first."""
        found = [row for row in self.groups if (row.window, row.attribution) == (self.window, "publisher")]
        return tuple(sorted(found, key=lambda row: (-row.downloads, row.task_group)))

    @property
    def series(self) -> dict[str, tuple[Point, ...]]:
        """Return the shares of the countries followed, by publisher (`share`) and by origin (`origin-share`)."""
        return {
            f"tasks.{name}.{group}.{code}": points
            for name, histories in (("share", self.histories), ("origin-share", self.origin_histories))
            for group, history in histories.items()
            for code, points in history.items()
        }

    @property
    def tables(self) -> tuple[DataFile, ...]:
        """Return the data files."""
        return (_build_shares_file(self), _build_history_file(self), _build_video_file(self))

    @property
    def items(self) -> dict[str, object]:
        """Return nothing: no task group has a page of its own."""
        return {}


def compute(ground: Ground) -> Tasks:
    """Compute the topic's record."""
    windows = list_windows(ground.histories)
    cubes = {name: _shrink(ground.cube[ground.cube["attribution"] == name]) for name in ATTRIBUTIONS}
    counts = {name: _count_models(cube) for name, cube in cubes.items()}
    groups = [
        row
        for window in windows
        for name, cube in cubes.items()
        if (sums := sum_on(cube, ground.intervals, window, ground.as_of, ["task_group", "code"])) is not None
        for row in _compute_groups(sums, counts[name].get(ground.as_of, {}), window, name)
    ]
    dated, by_origin = (_compute_dates(cube, counts[name], ground, windows[0], name) for name, cube in cubes.items())
    video = next((row for row in dated.get(ground.as_of, ()) if row.task_group == VIDEO), None)
    models = _list_models(ground, windows[0], video)
    return Tasks(
        as_of=ground.as_of,
        window=windows[0],
        groups=tuple(groups),
        leads=_compute_leads(dated, windows[0]),
        histories=_follow(dated),
        origin_histories=_follow(by_origin),
        unattributed=_follow_nobody(dated),
        video_models=models[:VIDEO_MODELS],
        video_named=sum(model.share for model in models),
    )


def _shrink(cube: pd.DataFrame) -> pd.DataFrame:
    """Sum the cube over the universes, so that each date is read in little time."""
    grouped = cube.groupby(["end", "task_group", "code"], sort=True, observed=True)
    sums = grouped[["flow", "downloads_30d", "models"]].sum()
    sums["downloads_all_time"] = grouped["downloads_all_time"].sum(min_count=1)
    return sums.reset_index()


def _count_models(cube: pd.DataFrame) -> dict[dt.date, dict[str, dict[str, int]]]:
    """Return the models of each date by group and code."""
    counts: dict[dt.date, dict[str, dict[str, int]]] = {}
    columns = (cube[name] for name in ("end", "task_group", "code", "models"))
    for end, group, code, models in zip(*columns, strict=True):
        counts.setdefault(end, {}).setdefault(group, {})[code] = models
    return counts


def _compute_groups(
    sums: pd.Series, counts: Mapping[str, Mapping[str, int]], window: str, attribution: str
) -> tuple[GroupShares, ...]:
    """Compute the groups that have downloads.

    Args:
        sums: downloads of the window by group and code.
        counts: models at its end, likewise.
        window: it.
        attribution: `publisher` or `origin`.
    """
    total = float(sums.sum())
    found: dict[str, dict[str, float]] = {}
    for (group, code), downloads in zip(sums.index, sums.tolist(), strict=True):
        found.setdefault(group, {})[code] = downloads
    tables = []
    for group in (group for group in TASK_GROUPS if group in found):
        part = sum(found[group].values())
        tables.append(
            GroupShares(
                task_group=group,
                window=window,
                attribution=attribution,
                downloads=round(part),
                share_of_all=part / total,
                rows=rank_rows(
                    list(found[group]),
                    list(found[group].values()),
                    [counts.get(group, {}).get(code, 0) for code in found[group]],
                ),
            )
        )
    return tuple(tables)


def _compute_dates(
    cube: pd.DataFrame,
    counts: Mapping[dt.date, Mapping[str, Mapping[str, int]]],
    ground: Ground,
    window: str,
    attribution: str,
) -> dict[dt.date, tuple[GroupShares, ...]]:
    """Compute the groups of every date that has downloads."""
    sums = sum_dates(cube, ground.intervals, window, ["task_group", "code"])
    found = {day: _compute_groups(each, counts.get(day, {}), window, attribution) for day, each in sums.items()}
    return {day: rows for day, rows in found.items() if rows}


def _compute_leads(dated: Mapping[dt.date, Sequence[GroupShares]], window: str) -> dict[str, Lead]:
    """Compute who leads in each group that has a hundredth of the downloads on the newest date."""
    definition = Definition(window, "all", "publisher")
    histories: dict[str, list[ShareTable]] = {}
    for day, groups in dated.items():
        for row in groups:
            table = ShareTable(definition, day, None, 0, 0, row.downloads, row.rows)
            histories.setdefault(row.task_group, []).append(table)
    newest = max(dated, default=None)
    large = {row.task_group for row in dated.get(newest or dt.date.min, ()) if row.share_of_all >= MIN_GROUP_PART}
    leads = {
        group: compute_lead(tables)
        for group, tables in histories.items()
        if tables[-1].as_of == newest and group in large
    }
    return {group: lead for group, lead in leads.items() if lead}


def _follow(dated: Mapping[dt.date, Sequence[GroupShares]]) -> dict[str, dict[str, tuple[Point, ...]]]:
    newest = dated[max(dated)] if dated else ()
    histories: dict[str, dict[str, tuple[Point, ...]]] = {}
    for row in newest:
        codes = dict.fromkeys([*ALWAYS, *(place.code for place in row.places[:FOLLOWED])])
        histories[row.task_group] = {code: _trace(dated, row.task_group, (code,)) for code in codes}
    return histories


def _follow_nobody(dated: Mapping[dt.date, Sequence[GroupShares]]) -> dict[str, tuple[Point, ...]]:
    newest = dated[max(dated)] if dated else ()
    return {row.task_group: _trace(dated, row.task_group, NOT_PLACES) for row in newest}


def _trace(dated: Mapping[dt.date, Sequence[GroupShares]], group: str, codes: tuple[str, ...]) -> tuple[Point, ...]:
    points = []
    for day, groups in dated.items():
        row = next((row for row in groups if row.task_group == group), None)
        points.append(Point(day, row.share_of(*codes) if row else None))
    return tuple(points)


def _list_models(ground: Ground, window: str, group: GroupShares | None) -> tuple[TaskModel, ...]:
    """List the named models of a group, the most downloaded first."""
    if group is None:
        return ()
    named = ground.named[ground.named["task_group"] == group.task_group]
    found = sum_on(named, ground.intervals, window, ground.as_of, "model")
    sums = {} if found is None else found.to_dict()
    newest = named.drop_duplicates("model", keep="last")
    rows = [row for row in newest.to_dict("records") if row["model"] in sums]
    models = [_make_model({str(key): value for key, value in row.items()}, sums[row["model"]], group) for row in rows]
    return tuple(sorted(models, key=lambda model: (-model.downloads, model.id)))


def _make_model(row: Mapping[str, Any], downloads: float, group: GroupShares) -> TaskModel:
    return TaskModel(
        id=row["id"],
        task=row["task"] if isinstance(row["task"], str) else None,
        publisher=row["publisher"],
        publisher_code=row["publisher_code"],
        origin=row["origin"],
        origin_code=row["origin_code"],
        created=None if pd.isna(row["created_at"]) else row["created_at"].date(),
        license=row["license"] if isinstance(row["license"], str) else None,
        license_class=row["license_class"],
        relation=row["relation"],
        downloads=round(downloads),
        share=downloads / group.downloads,
    )


_GROUP: Final = Field("task_group", "text", "Group of the Hub's tasks, as on the method page.")
_CODE: Final = Field("country_code", "text", "ISO 3166-1 alpha-2, or INT, UNAFFILIATED, UNREVIEWED.")


def _build_shares_file(topic: Tasks) -> DataFile:
    fields = (
        Field("as_of", "date", "Last day of the window."),
        Field("window", "text", "30d, 12m, held or all_time, as in shares.csv."),
        Field("attribution", "text", "publisher: who uploaded; origin: root of the base-model chain."),
        _GROUP,
        _CODE,
        Field("downloads", "count", "Downloads of the group's models in the window."),
        Field("share", "share", "Fraction of all downloads of the group; sums to 1 within a group."),
        Field("share_lower", "share", "Share if none of the unreviewed downloads were this country's."),
        Field("share_upper", "share", "Share if all of the unreviewed downloads were this country's."),
        Field("group_share", "share", "The group's fraction of all downloads of the window."),
    )
    rows = tuple(
        (
            topic.as_of,
            group.window,
            group.attribution,
            group.task_group,
            row.code,
            row.downloads,
            row.share,
            row.lower,
            row.upper,
            group.share_of_all,
        )
        for group in topic.groups
        for row in group.rows
    )
    return DataFile("tasks-shares", "Shares within task groups", "A country in a task group.", fields, rows)


def _build_history_file(topic: Tasks) -> DataFile:
    fields = (
        Field("date", "date", "Last day of the window."),
        Field("window", "text", "The window that is shown over time."),
        _GROUP,
        Field("attribution", "text", "publisher: who uploaded; origin: root of the base-model chain."),
        Field("country_code", "text", "The countries followed: the largest of the group now, CN and US."),
        Field("share", "share", "Fraction of the group's downloads; empty on a date on which it has none."),
    )
    rows = tuple(
        (point.date, topic.window, group, attribution, code, point.value)
        for attribution, histories in (("publisher", topic.histories), ("origin", topic.origin_histories))
        for group, history in histories.items()
        for code, points in history.items()
        for point in points
    )
    return DataFile("tasks-history", "Shares within task groups over time", "A country on a date.", fields, rows)


def _build_video_file(topic: Tasks) -> DataFile:
    fields = (
        Field("model", "text", "Its id on the Hub."),
        Field("task", "text", "The Hub's task; empty where family or library tell the group."),
        Field("publisher", "text", "Account that uploaded it."),
        Field("publisher_country_code", "text", "Of that account, as in shares.csv."),
        Field("origin", "text", "Account at the root of its chain of base models."),
        Field("origin_country_code", "text", "Of that account, as in shares.csv."),
        Field("downloads", "count", "In the window that is shown over time."),
        Field("share", "share", "Fraction of the downloads of video generation."),
        Field("created", "date", "Of the repository; empty where unknown."),
        Field("license", "text", "As the repository states it; empty where unstated."),
    )
    rows = tuple(
        (
            model.id,
            model.task,
            model.publisher,
            model.publisher_code,
            model.origin,
            model.origin_code,
            model.downloads,
            model.share,
            model.created,
            model.license,
        )
        for model in topic.video_models
    )
    return DataFile("tasks-video-models", "Video models by name", "A model that makes video.", fields, rows)
