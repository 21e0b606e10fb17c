"""Models by name: the most downloaded, with publisher, origin and both countries."""

import datetime as dt
from dataclasses import dataclass

import pandas as pd

from generator.registry import Registry
from generator.star.coded import code_of
from generator.star.known_sizes import compute_sizes


@dataclass(frozen=True)
class ModelRow:
    """One model on the report's date.

    Attributes:
        rank: 1 for the model with most downloads in the last thirty days.
        id: its id on the Hub, as a stranger wrote it.
        publisher: the account that uploaded it, aliases resolved.
        publisher_code: that account's country code or category.
        origin: the account at the root of its base-model chain.
        origin_code: that account's country code or category.
        origin_basis: `tags`, `family` or `self`.
        created: the date of the repository; None where unknown.
        task_group: group of its task.
        relation: original, quantised, fine-tuned, adapter, merge or helper.
        license: the licence's name on the Hub; None where unstated.
        license_class: open, conditions, non-commercial or unstated.
        size: number of parameters, as `compute_sizes` tells it; None where unknown.
        size_band: band of that number.
        downloads_30d: the Hub's count of the last thirty days; None where it gave none.
        downloads_all_time: its count since creation; None where it gave none.
        likes: of the repository; None where unknown.
    """

    rank: int
    id: str
    publisher: str
    publisher_code: str
    origin: str
    origin_code: str
    origin_basis: str
    created: dt.date | None
    task_group: str
    relation: str
    license: str | None
    license_class: str
    size: int | None
    size_band: str
    downloads_30d: int | None
    downloads_all_time: int | None
    likes: int | None


def compute_models(models: pd.DataFrame, registry: Registry) -> tuple[ModelRow, ...]:
    """Turn an interval's models by name into rows, in the file's order: most downloads first."""
    sizes = compute_sizes(models.assign(parameters=models["parameters"].astype("Float64").astype("float64")))
    accounts = {*models["publisher"], *models["origin"]}
    handles = {account: registry.canonical(account) for account in accounts}
    codes = {account: code_of(account, registry) for account in accounts}
    return tuple(
        ModelRow(
            rank=rank,
            id=row["id"],
            publisher=handles[row["publisher"]],
            publisher_code=codes[row["publisher"]],
            origin=handles[row["origin"]],
            origin_code=codes[row["origin"]],
            origin_basis=row["origin_basis"],
            created=None if pd.isna(row["created_at"]) else row["created_at"].date(),
            task_group=row["task_group"],
            relation=row["relation"],
            license=row["license"] if isinstance(row["license"], str) else None,
            license_class=row["license_class"],
            size=_whole(row["size"]),
            size_band=row["size_band"],
            downloads_30d=_whole(row["downloads_30d"]),
            downloads_all_time=_whole(row["downloads_all_time"]),
            likes=_whole(row["likes"]),
        )
        for rank, row in enumerate(models.join(sizes).to_dict("records"), start=1)
    )


def _whole(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]
