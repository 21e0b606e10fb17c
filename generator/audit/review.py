"""For those who keep the registry: what to review next, why something is attributed as it is, what a change does."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from generator.base.encode import issue
from generator.base.errors import OmsError, RegistryError
from generator.ledger.classify import compute_classes
from generator.ledger.intervals import LedgerEntry
from generator.ledger.lineage import FamilyMatcher, Step, name_lineage, trace_models
from generator.ledger.thinning import keep_nights
from generator.questions.report import Report
from generator.registry import UNREVIEWED, Registry, load_registry
from generator.registry.load import FOLDER
from generator.sources.snapshot import author_of
from generator.star.coverage import rank_unreviewed
from generator.star.definitions import Definition
from generator.star.reading import read_accounts
from generator.star.relations import open_star

FILES: Final = ("publishers.csv", "countries.csv", "families.csv", "openness.csv", "readings.csv")
# These move no share, and older revisions have none: today's stand in.
_OTHER_FILES: Final = (
    *("published_figures.csv", "canaries.csv", "corrections.csv", "launch_dates.csv"),
    *("claims.csv", "claim_tests.csv", "events.csv"),
)
# Lines of a table that is read in a comment.
MAX_LISTED: Final = 30


@dataclass(frozen=True)
class WorkItem:
    """A publisher that nobody has reviewed yet.

    Attributes:
        handle: the Hub account.
        downloads_30d: downloads of its models in the last thirty days.
        share: of all of them, 0 to 1: by so much its review raises the coverage and narrows every bound.
        coverage_after: the coverage once it and all before it in the list are reviewed, 0 to 1.
        models: its most downloaded models by name, at most three.
    """

    handle: str
    downloads_30d: int
    share: float
    coverage_after: float
    models: tuple[str, ...]


@dataclass(frozen=True)
class ShareChange:
    """A country's share under one definition before and after a change of the registry.

    Attributes:
        definition: what it is a share of.
        code: country code or category.
        before: fraction, 0 to 1.
        after: the same with the changed registry.
    """

    definition: Definition
    code: str
    before: float
    after: float


def compute_worklist(entries: Sequence[LedgerEntry], registry: Registry, most: int = 50) -> tuple[WorkItem, ...]:
    """List the unreviewed publishers of the newest interval, most downloads first."""
    last = entries[-1]
    accounts = read_accounts(open_star(keep_nights([last]), registry))
    total = int(accounts["downloads_30d"].sum())
    unreviewed = accounts[accounts["code"] == UNREVIEWED]
    ranked = rank_unreviewed(unreviewed.set_index("account")["downloads_30d"], most)
    coverage = 1 - int(unreviewed["downloads_30d"].sum()) / total
    items = []
    for account, downloads in ranked.items():
        share = int(downloads) / total
        coverage += share
        models = tuple(last.models.loc[last.models["publisher"] == account, "id"].head(3))
        items.append(WorkItem(str(account), int(downloads), share, coverage, models))
    return tuple(items)


def explain(name: str, models: pd.DataFrame, registry: Registry) -> list[str]:
    """Say step by step why an account or a model is attributed as it is.

    Args:
        name: a Hub account, or a model's id with its slash.
        models: the rows of a snapshot.
        registry: the registry.

    Raises:
        OmsError: the name is neither in the registry nor in the snapshot.
    """
    if "/" in name or name in set(models["id"]):
        return _explain_model(name, models, registry)
    known = registry.publishers.get(name.lower())
    if known is None and name not in set(models["author"]):
        raise OmsError(
            f"{name!r} is neither an account of the registry nor the publisher of a model in the snapshot. Give a "
            "Hub account (Qwen) or a model's id (Qwen/Qwen3-8B), in the Hub's spelling."
        )
    return _explain_account(name, registry)


def compute_attribution(models: pd.DataFrame, registry: Registry) -> pd.DataFrame:
    """Tell whose the downloads of a snapshot's models are, by the accounts that uploaded them.

    Args:
        models: the rows of a snapshot; where none has a count of thirty days, those of all time are taken.
        registry: the registry.

    Returns:
        By country code or category, most first: `downloads`, `share` (of all of them, 0 to 1), `accounts`.
    """
    column = "downloads_30d" if models["downloads_30d"].notna().any() else "downloads_all_time"
    accounts = models["author"].fillna(models["id"])
    codes = accounts.map({account: registry.code(account) for account in accounts.unique()})
    counted = pd.DataFrame({"downloads": models[column].fillna(0).astype("int64"), "account": accounts, "code": codes})
    found = counted.groupby("code").agg(downloads=("downloads", "sum"), accounts=("account", "nunique"))
    found["share"] = found["downloads"] / max(int(found["downloads"].sum()), 1)
    return found.sort_values(["downloads", "code"], ascending=[False, True])


def compare_reports(before: Report, after: Report, at_least: float = 0.00005) -> tuple[ShareChange, ...]:
    """List the shares that differ between two reports by at least half a hundredth of a point."""
    changes = []
    for definition in after.definitions:
        if definition not in before.histories:
            continue
        old, new = before.table(definition), after.table(definition)
        codes = {row.code for row in (*old.rows, *new.rows)}
        changes += [
            ShareChange(definition, code, old.share_of(code), new.share_of(code))
            for code in sorted(codes, key=lambda code: (-new.share_of(code), code))
            if abs(new.share_of(code) - old.share_of(code)) >= at_least
        ]
    return tuple(changes)


def render_changes(changes: Sequence[ShareChange], revision: str) -> str:
    """Render changes as Markdown that can be quoted in a comment; the largest thirty stand in the table."""
    lines = ["### What the registry's changes do to the shares", ""]
    if not changes:
        return "\n".join([*lines, f"No share differs from that at {issue(revision)}.", ""])
    order = sorted(changes, key=lambda change: (change.definition.slug, change.code))
    largest = sorted(order, key=lambda change: -abs(change.after - change.before))[:MAX_LISTED]
    lines += [
        f"{len(changes)} shares differ from those at {issue(revision)} by 0.005 points or more; the largest first.",
        "",
        "| Definition | Country | Before | After | Points |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {change.definition.slug} | {change.code} | {change.before:.2%} | {change.after:.2%} "
        f"| {(change.after - change.before) * 100:+.2f} |"
        for change in largest
    ]
    return "\n".join([*lines, ""])


def load_registry_at(revision: str) -> Registry:
    """Load the registry as it was at a git revision of this checkout.

    Raises:
        RegistryError: git does not know the revision, or the registry had mistakes then.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file in FILES:
            (folder / file).write_bytes(_read_revision(revision, file))
        for file in _OTHER_FILES:
            shutil.copyfile(FOLDER / file, folder / file)
        return load_registry(folder)


def _read_revision(revision: str, file: str) -> bytes:
    if revision.startswith("-"):
        raise RegistryError(f"{revision!r} is not a git revision; give a branch, a tag or a commit.")
    done = subprocess.run(  # noqa: S603 - git of this machine, with a revision that is not an option
        ["git", "show", f"{revision}:./{file}"],  # noqa: S607 - git as the user has it
        cwd=FOLDER,
        capture_output=True,
        check=False,
    )
    if done.returncode == 0:
        return done.stdout
    raise RegistryError(
        f"git has no {file} at the revision {revision!r}: {done.stderr.decode(errors='replace').strip()[:300]}. "
        "Give a branch, a tag or a commit of this repository that holds the registry."
    )


def _explain_account(handle: str, registry: Registry) -> list[str]:
    steps = [f"account {handle}"]
    row = registry.publishers.get(handle.lower())
    if row is None:
        return [*steps, f"not in publishers.csv → {UNREVIEWED}"]
    if row.alias_of:
        since = f" since {row.alias_since}" if row.alias_since else ""
        steps.append(f"alias of {row.alias_of}{since}: its downloads count for that account")
        row = registry.publishers[row.alias_of.lower()]
    steps.append(f"organisation: {row.organisation or '(none)'} ({row.kind})")
    if row.parent:
        steps.append(f"parent: {row.parent}" + (f", in {row.parent_country}" if row.parent_country else ""))
    steps.append(f"basis: {row.basis}; checked on {row.checked_on}")
    if row.source_url:
        steps.append(f"source: {row.source_url}")
    if row.note:
        steps.append(f"note: {row.note}")
    return [*steps, f"country: {row.code}"]


def _explain_model(model_id: str, models: pd.DataFrame, registry: Registry) -> list[str]:
    matcher = FamilyMatcher(registry.families)
    found = models.reset_index(drop=True).query("id == @model_id").head(1)
    lineage = trace_models(models, matcher) if len(found) else None
    chain = lineage.list_chain(int(found.index[0])) if lineage else ()
    steps = [f"model {model_id}" + ("" if lineage else " (not in the snapshot: read by its name alone)")]
    steps += [line for step in chain for line in _explain_step(step)]
    root = chain[-1][0] if chain else model_id
    family = matcher.find(root)
    if family:
        steps.append(f"family by the name of {root}: {family.family} (pattern {family.pattern!r}) → {family.origin}")
    if lineage:
        row = found.join(name_lineage(lineage, matcher, found.index.to_numpy()))
        classes = compute_classes(row).iloc[0]
        publisher, origin, basis = row[["author", "origin", "origin_basis"]].iloc[0]
        steps.append(f"relation: {classes['relation']}; task group: {classes['task_group']}")
    else:
        publisher = author_of(model_id)
        origin, basis = (family.origin, "family") if family else (publisher or model_id, "self")
    steps.append(f"origin: {origin} (by {basis})")
    steps += ["", "by publisher:", *(f"  {step}" for step in _explain_account(publisher or origin, registry))]
    return [*steps, "", "by maker:", *(f"  {step}" for step in _explain_account(origin, registry))]


def _explain_step(step: Step) -> list[str]:
    """Say which base model is followed, and why, where several are named."""
    followed = f"base model by tag: {step[0]}"
    if len(step) == 1:
        return [followed]
    return [
        f"declares {len(step)} base models: {', '.join(step)}",
        "of several that whose maker its name tells is followed, else the maker that most share, else the first named",
        followed,
    ]
