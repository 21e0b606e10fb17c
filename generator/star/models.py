"""Models by name: the most downloaded, with publisher, origin and both countries."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from generator.base.settings import CHAIN_STEPS
from generator.ledger.lineage import NO_NAMESPACE, Step, read_chain
from generator.registry import Registry
from generator.sources.snapshot import author_of
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
        chain: what it names as its base models, and what the followed one of these names, as far as tags lead; None in
            an interval that kept no chains.
        chain_end: `root`, `name` where the root's name tells another maker, `circle`, or `further` where no more of it
            is kept; empty without a chain.
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
    chain: tuple[Step, ...] | None
    chain_end: str
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

    @property
    def base_models(self) -> str | None:
        """Return the ids that it names as its base models, the followed one first."""
        return " ".join(self.chain[0]) if self.chain else None

    @property
    def followed(self) -> str | None:
        """Return the ids from that base model to the root."""
        return " ".join(step[0] for step in self.chain) if self.chain else None


def compute_models(models: pd.DataFrame, registry: Registry) -> tuple[ModelRow, ...]:
    """Turn an interval's models by name into rows, in the file's order: most downloads first."""
    sizes = compute_sizes(models.assign(parameters=models["parameters"].astype("Float64").astype("float64")))
    accounts = {*models["publisher"], *models["origin"]}
    handles = {account: registry.canonical(account) for account in accounts}
    codes = {account: code_of(account, registry) for account in accounts}
    chains = [read_chain(text) if isinstance(text, str) else None for text in models.get("chain", [None] * len(models))]
    return tuple(
        ModelRow(
            rank=rank,
            id=row["id"],
            publisher=handles[row["publisher"]],
            publisher_code=codes[row["publisher"]],
            origin=handles[row["origin"]],
            origin_code=codes[row["origin"]],
            origin_basis=row["origin_basis"],
            chain=chain,
            chain_end=_name_end(row["id"], chain or (), handles[row["origin"]], registry),
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
        for rank, (row, chain) in enumerate(zip(models.join(sizes).to_dict("records"), chains, strict=True), start=1)
    )


def _name_end(model_id: str, chain: Sequence[Step], origin: str, registry: Registry) -> str:
    """Name how a chain ends, seen from the account that it gives the model to."""
    path = [model_id, *(step[0] for step in chain)]
    if len(path) == 1:
        return ""
    if path[-1] in path[:-1]:
        return "circle"
    if len(chain) >= CHAIN_STEPS:
        return "further"
    return "root" if registry.canonical(author_of(path[-1]) or NO_NAMESPACE) == origin else "name"


def _whole(value: object) -> int | None:
    return None if pd.isna(value) else int(value)  # type: ignore[call-overload]
