"""Publishers with a page: who they are, their models, what others built on these."""

from collections import defaultdict
from collections.abc import Sequence

import pandas as pd

from generator.base.settings import PUBLISHER_PAGES
from generator.questions.report import PublisherReport
from generator.registry import UNREVIEWED, Publisher, Registry
from generator.star.accounts import PublisherRow, compute_account_history, give_slugs, sum_dates
from generator.star.dominant import find_largest_model, group_models
from generator.star.models import ModelRow


def compute_profiles(
    publishers: tuple[PublisherRow, ...],
    models: tuple[ModelRow, ...],
    accounts: pd.DataFrame,
    registry: Registry,
    by_model: pd.DataFrame,
) -> tuple[PublisherReport, ...]:
    """Compute the reports of the publishers with a page; `by_model` has models with their account."""
    shown = pick_publishers(publishers, registry)
    history = compute_account_history(accounts, [row.handle for row in shown])
    inside, total = group_models(by_model, "account"), list(sum_dates(accounts).values())[-1]
    uploaded, built_on = defaultdict[str, list[ModelRow]](list), defaultdict[str, list[ModelRow]](list)
    for model in models:
        uploaded[model.publisher].append(model)
        if model.origin != model.publisher:
            built_on[model.origin].append(model)
    return tuple(
        PublisherReport(
            slug=slug,
            row=row,
            registry=registry.find(row.handle),
            history=history[row.handle],
            models=tuple(uploaded[row.handle][:50]),
            built_on=tuple(built_on[row.handle][:20]),
            largest=find_largest_model(row.downloads_30d, total, inside.get(row.handle, {})),
        )
        for row, slug in give_slugs(shown)
    )


def pick_publishers(publishers: Sequence[PublisherRow], registry: Registry) -> list[PublisherRow]:
    """Pick those that have a page: the largest, and behind them organisations until there are as many of these."""
    organisations = [row for row in publishers if is_organisation(row, registry.find(row.handle))]
    shown = {*publishers[:PUBLISHER_PAGES], *organisations[:PUBLISHER_PAGES]}
    return [row for row in publishers if row in shown]


def is_organisation(row: PublisherRow, who: Publisher | None) -> bool:
    """Tell whether an organisation runs the account: no person, and nobody of whom it is not known who it is."""
    return who is not None and who.kind not in {"", "person"} and row.code != UNREVIEWED
