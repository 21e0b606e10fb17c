"""Sensitivity: what one model, one publisher or a few old encoders do to the margin between the two leaders.

Everything is taken out of the numerator and of the denominator, from flows and counts, never from rounded shares.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pandas as pd

from generator.ledger.intervals import SMALL
from generator.star.definitions import Definition
from generator.star.shares import NOT_PLACES
from generator.star.window import LedgerSums, WindowDownloads, compute_window

# Entries of each list of what moves the margin most.
LISTED: Final = 10
OLD_ENCODERS: Final = 5
# Encoders after this day belong to the time of language models; the Hub's dates of creation begin in March 2022.
OLD_BEFORE: Final = pd.Timestamp("2023-01-01", tz="UTC")
# Families of the registry whose roots were published before 2023; used where a model has no date of creation.
OLD_FAMILIES: Final = frozenset(
    {
        "ALBERT", "BERT", "CamemBERT", "ColBERT", "Contriever", "DPR", "DeBERTa", "DistilBERT", "DistilRoBERTa",
        "ELECTRA", "LaBSE", "MiniLM", "RoBERTa", "SPECTER", "XLM-RoBERTa", "mpnet", "mpnet multilingual",
    }
)  # fmt: skip


@dataclass(frozen=True)
class PairShares:
    """The shares of two countries in a window from which something may be left out.

    Attributes:
        leader: share of the country that leads with everything in, 0 to 1.
        second: share of the second, 0 to 1.
        downloads: all downloads that are left, rounded.
    """

    leader: float
    second: float
    downloads: int

    @property
    def margin(self) -> float:
        """Return the leader's share minus the second's: below 0 where the order is turned."""
        return self.leader - self.second


@dataclass(frozen=True)
class LeftOut:
    """The two leaders without one model or one publisher.

    Attributes:
        name: the model's id on the Hub, as a stranger wrote it, or the account.
        code: country code or category of the account that it counts for.
        downloads: what is left out, rounded.
        shares: of the two countries in what is left.
        swing: the margin without it minus the margin with it, as a fraction: above 0 where the lead grows.
    """

    name: str
    code: str
    downloads: int
    shares: PairShares
    swing: float


@dataclass(frozen=True)
class Sensitivity:
    """How far the margin of one definition hangs on single models and publishers.

    Attributes:
        definition: what the shares are of.
        as_of: the last day of the window.
        leader: code of the country with most downloads.
        second: code of the next.
        shares: of the two, nothing left out.
        models: the models that move the margin most when left out, at most ten, the largest swing first. Tried are
            the models that the ledger names: in each interval the 2,000 most downloaded and the three largest of
            each larger publisher. A window over several intervals counts a model in those that name it.
        publishers: the accounts that move it most, at most ten; the folded small ones are no account.
        models_tried: models of the universe that were tried.
        named: share of the window's downloads that the models tried stand for, 0 to 1.
        turned_by: names of all models and publishers that turn the order when left out alone, models first.
        old_encoders: ids of the five most downloaded old encoders; see `list_old_encoders`.
        without_old_encoders: the two countries' shares without them.
    """

    definition: Definition
    as_of: dt.date
    leader: str
    second: str
    shares: PairShares
    models: tuple[LeftOut, ...]
    publishers: tuple[LeftOut, ...]
    models_tried: int
    named: float
    turned_by: tuple[str, ...]
    old_encoders: tuple[str, ...]
    without_old_encoders: PairShares


def compute_sensitivity(sums: LedgerSums, definition: Definition, old_encoders: Sequence[str]) -> Sensitivity | None:
    """Leave each named model and each publisher out of a definition's newest window, one at a time.

    Args:
        sums: as `read_ledger` returns them.
        definition: what the shares are of.
        old_encoders: as `list_old_encoders` returns them.

    Returns:
        None where the definition has no number or fewer than two countries.
    """
    window = compute_window(sums, definition)
    pair = find_leaders(window, sums.codes) if window else None
    if window is None or pair is None:
        return None
    totals = sum_codes(window.accounts, sums.codes)
    models = _leave_out(totals, sums.codes, pair, window.models)
    publishers = _leave_out(totals, sums.codes, pair, list_accounts(window))
    encoders = window.models[window.models["name"].isin(list(old_encoders))]
    return Sensitivity(
        definition=definition,
        as_of=window.as_of,
        leader=pair[0],
        second=pair[1],
        shares=compute_pair_shares(totals, sums.codes, pair),
        models=models[:LISTED],
        publishers=publishers[:LISTED],
        models_tried=len(models),
        named=float(window.models["downloads"].sum()) / window.downloads,
        turned_by=tuple(row.name for row in (*models, *publishers) if row.shares.margin < 0),
        old_encoders=tuple(old_encoders),
        without_old_encoders=compute_pair_shares(totals, sums.codes, pair, encoders),
    )


def find_leaders(window: WindowDownloads, codes: Mapping[str, str]) -> tuple[str, str] | None:
    """Return the codes of the two countries with most downloads; None with fewer than two."""
    sums = sum_codes(window.accounts, codes)
    ordered = sorted((code for code in sums if code not in NOT_PLACES), key=lambda code: (-sums[code], code))
    return (ordered[0], ordered[1]) if len(ordered) > 1 else None


def list_accounts(window: WindowDownloads) -> pd.DataFrame:
    """Return the named accounts in the form of `WindowDownloads.models`; the folded small ones are none."""
    named = {name: downloads for name, downloads in window.accounts.items() if name != SMALL}
    frame = pd.DataFrame({"account": list(named), "downloads": list(named.values())})
    return frame.assign(model=frame["account"], name=frame["account"])


def compute_pair_shares(
    totals: Mapping[str, float],
    codes: Mapping[str, str],
    pair: tuple[str, str],
    left_out: pd.DataFrame | None = None,
) -> PairShares:
    """Compute the shares of two countries in a window without some of its rows.

    Args:
        totals: the window's downloads by code.
        codes: of every account.
        pair: the codes, the leader's first.
        left_out: rows with `account` and `downloads` that are part of the window; nothing if None.
    """
    gone: Mapping[str, float] = {}
    if left_out is not None:
        parts = left_out.groupby("account", observed=True)["downloads"].sum()
        gone = sum_codes({str(account): float(downloads) for account, downloads in parts.items()}, codes)
    return _share_rest(totals, pair, gone)


def _share_rest(totals: Mapping[str, float], pair: tuple[str, str], gone: Mapping[str, float]) -> PairShares:
    """Compute the shares of two countries in what is left."""
    total = sum(totals.values()) - sum(gone.values())
    leader, second = (totals.get(code, 0.0) - gone.get(code, 0.0) for code in pair)
    return PairShares(leader / total if total else 0.0, second / total if total else 0.0, round(total))


def list_old_encoders(models: pd.DataFrame, most: int = OLD_ENCODERS) -> tuple[str, ...]:
    """Return the ids of the most downloaded old encoders, the largest first.

    An old encoder is a model of the embedding group (sentence and text encoders, masked language models and the
    classifiers made of them) whose repository was created before 2023, or that has no date of creation and belongs
    to one of `OLD_FAMILIES`. Most downloaded by 30-day counts; where a snapshot has none, by all-time counters.

    Args:
        models: an interval's models by name.
        most: ids at the most.
    """
    undated = models["created_at"].isna() & models["family"].isin(OLD_FAMILIES)
    old = models[(models["task_group"] == "embedding") & ((models["created_at"] < OLD_BEFORE).fillna(False) | undated)]
    column = "downloads_30d" if models["downloads_30d"].notna().any() else "downloads_all_time"
    ordered = old[old[column].fillna(0) > 0].sort_values([column, "id"], ascending=[False, True])
    return tuple(ordered["id"].head(most))


def sum_codes(accounts: Mapping[str, float], codes: Mapping[str, str]) -> dict[str, float]:
    """Sum the downloads of accounts by code."""
    sums: dict[str, float] = {}
    for account, downloads in accounts.items():
        code = codes[account]
        sums[code] = sums.get(code, 0.0) + downloads
    return sums


def _leave_out(
    sums: Mapping[str, float], codes: Mapping[str, str], pair: tuple[str, str], units: pd.DataFrame
) -> tuple[LeftOut, ...]:
    """Leave out each unit (`model`) alone; the largest swing first, then by name."""
    total, base = sum(sums.values()), _share_rest(sums, pair, {}).margin
    rows = []
    for (_, name), parts in _list_units(units, codes).items():
        gone = sum(parts.values())
        if gone < total:
            shares, code = _share_rest(sums, pair, parts), max(sorted(parts), key=lambda code: parts[code])
            rows.append(LeftOut(name, code, round(gone), shares, shares.margin - base))
    return tuple(sorted(rows, key=lambda row: (-abs(row.swing), row.name)))


def _list_units(units: pd.DataFrame, codes: Mapping[str, str]) -> dict[tuple[str, str], dict[str, float]]:
    """Return each unit's downloads by country code; a unit that moved between accounts can have several."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    columns = (units["model"], units["name"], units["account"], units["downloads"])
    for model, name, account, downloads in zip(*columns, strict=True):
        parts = found.setdefault((model, name), {})
        code = codes[account]
        parts[code] = parts.get(code, 0.0) + float(downloads)
    return found
