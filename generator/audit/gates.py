"""The gates: each looks at one thing that goes wrong at night, and says accept, warn or hold.

Pure functions of the evidence. A gate that has nothing to look at (the first snapshot, a column that is not there)
accepts and says so, so that every report lists the same gates.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Final

from generator.audit.comparison import FILLED, Side
from generator.audit.evidence import Evidence
from generator.base.settings import (
    COUNT_DAYS,
    FRESH_MIN_DOWNLOADS,
    MAX_CANARIES_MISSING,
    MAX_FALLS,
    MAX_FILL_FALL,
    MAX_FLOW_FACTOR,
    MAX_LIST_GROWTH,
    MAX_NIGHT_DAYS,
    MAX_QUARANTINED_FRACTION,
    MAX_REPEATED_FRACTION,
    MAX_ROWS_OF_PREVIOUS,
    MAX_SHARE_CHANGE,
    MAX_TOTAL_CHANGE,
    MAX_TOTAL_CHANGE_EVER,
    MAX_UNCHANGED,
    MAX_UNREVIEWED_PUBLISHER,
    MIN_HUB_ROWS,
    MIN_ROWS_OF_PREVIOUS,
    MIN_ROWS_OF_SELECTION,
    MIN_SURVIVING,
    MIN_SURVIVING_OF_SELECTION,
    ONE_MODEL_PART,
    SURGE_FACTOR,
    SURGE_PART,
    WARN_FALLS,
    WARN_FLOW_FACTOR,
    WARN_UNCHANGED,
)
from generator.ledger.intervals import REPEATED_FRACTION, Interval
from generator.registry import UNREVIEWED
from generator.sources.snapshot import HUB_SOURCE
from generator.star.coverage import rank_unreviewed

ACCEPT: Final = "accept"
WARN: Final = "warn"
HOLD: Final = "hold"
# From the mildest to the gravest.
STATES: Final = (ACCEPT, WARN, HOLD)


@dataclass(frozen=True)
class Gate:
    """What one gate found.

    Attributes:
        name: its name, by which it can be overruled.
        state: `accept`, `warn` or `hold`.
        figure: what was measured, in `unit`; None where there was nothing to measure.
        limit: the value beyond which the state is what it is, or would be the next graver one; in `unit`.
        unit: `share` (a fraction, 0 to 1), `points` (a difference of shares), `factor`, `days` or `count`.
        found: what was found, in words; may hold strings of the Hub.
        action: what to do; empty for what is accepted.
    """

    name: str
    state: str
    figure: float | None
    limit: float | None
    unit: str
    found: str
    action: str = ""


Judge = Callable[[Evidence], Gate]

LOOK: Final = "Look at the snapshot and at the Hub. If it is true, accept this gate with the reason; if not, "
LEAVE_OUT: Final = LOOK + "leave it out: the next night is compared with the last accepted one, and spans this day."


def judge_all(evidence: Evidence) -> tuple[Gate, ...]:
    """Ask every gate, in a fixed order."""
    return tuple(judge(evidence) for judge in GATES)


def _comparing(name: str, unit: str) -> Callable[[Judge], Judge]:
    """Make a gate accept the first snapshot, which has nothing to be compared with."""

    def decorate(judge: Judge) -> Judge:
        @wraps(judge)
        def asked(evidence: Evidence) -> Gate:
            if evidence.previous is None:
                why = "The last accepted snapshot is not held any more" if evidence.intervals else "The first snapshot"
                return Gate(name, ACCEPT, None, None, unit, f"{why}: there is nothing to compare with.")
            return judge(evidence)

        return asked

    return decorate


@_comparing("scope", "count")
def judge_scope(evidence: Evidence) -> Gate:
    """Hold a selection that would follow the whole Hub; tell of the reverse."""
    before, now = evidence.previous.info.scope, evidence.current.info.scope  # type: ignore[union-attr]  # compared
    gate = partial(Gate, "scope", figure=None, limit=None, unit="count")
    if before == now:
        return gate(state=ACCEPT, found=f"Both are of the scope {now}.")
    if before == "hub":
        return gate(
            state=HOLD,
            found="A selection of models follows snapshots of the whole Hub.",
            action="Import it into a store of its own: its flows would not continue those of the Hub.",
        )
    return gate(
        state=WARN,
        found="The whole Hub follows a selection of models; what is new would count from its creation.",
        action="Begin a store of its own for the Hub, unless the selection was meant to be its past.",
    )


def judge_rows(evidence: Evidence) -> Gate:
    """Hold a listing with too few models; tell of one with surprisingly many."""
    rows, before = evidence.current.info.rows, evidence.rows_before
    if before is None:
        return _judge_first_rows(evidence)
    figure = rows / max(before, 1)
    least = MIN_ROWS_OF_SELECTION if evidence.is_selection else 1 - (1 - MIN_ROWS_OF_PREVIOUS) * evidence.widening
    found = f"{rows:,} models, {before:,} in the last accepted snapshot."
    if figure < least:
        action = "It was cut short, or models were purged. " + LEAVE_OUT
        return Gate("rows", HOLD, figure, least, "share", found, action)
    most = 1 + (MAX_LIST_GROWTH if evidence.is_selection else (MAX_ROWS_OF_PREVIOUS - 1) * evidence.widening)
    if figure > most:
        grown = "It is another list than before: lines over it are broken here, and totals do not compare."
        action = grown if evidence.is_selection else "Look whether models were listed twice."
        return Gate("rows", WARN, figure, most, "share", found, action)
    return Gate("rows", ACCEPT, figure, least, "share", found)


def _judge_first_rows(evidence: Evidence) -> Gate:
    """Hold a first listing of huggingface.co that is far shorter than the Hub was."""
    info = evidence.current.info
    found = f"{info.rows:,} models in the first snapshot."
    if info.source != HUB_SOURCE or evidence.is_selection or info.rows >= MIN_HUB_ROWS:
        return Gate("rows", ACCEPT, None, None, "share", found)
    action = f"huggingface.co has had at least {MIN_HUB_ROWS:,} since 2026: the listing was cut short. " + LEAVE_OUT
    return Gate("rows", HOLD, float(info.rows), float(MIN_HUB_ROWS), "count", found, action)


@_comparing("survival", "share")
def judge_survival(evidence: Evidence) -> Gate:
    """Hold a listing that lost too many of the models known before."""
    before, kept = evidence.comparison.rows_before, evidence.comparison.matches["kept"]
    figure = kept / max(before, 1)
    least = MIN_SURVIVING_OF_SELECTION if evidence.is_selection else 1 - (1 - MIN_SURVIVING) * evidence.widening
    found = f"{kept:,} of {before:,} models of the last accepted snapshot are still there."
    if figure < least:
        return Gate("survival", HOLD, figure, least, "share", found, "Models were lost. " + LEAVE_OUT)
    return Gate("survival", ACCEPT, figure, least, "share", found)


def judge_repeats(evidence: Evidence) -> Gate:
    """Hold a listing in which too many models came more than once."""
    repeated = evidence.current.info.repeated + evidence.listing.repeated
    figure = repeated / max(evidence.current.info.rows + evidence.current.info.repeated, 1)
    found = f"{repeated:,} rows came more than once."
    if figure > MAX_REPEATED_FRACTION:
        action = "The listing went back while it was read. " + LEAVE_OUT
        return Gate("repeats", HOLD, figure, MAX_REPEATED_FRACTION, "share", found, action)
    return Gate("repeats", ACCEPT, figure, MAX_REPEATED_FRACTION, "share", found)


def judge_quarantined(evidence: Evidence) -> Gate:
    """Hold a listing in which too many rows could not be read."""
    info = evidence.current.info
    figure = info.quarantined / max(info.rows + info.quarantined, 1)
    found = f"{info.quarantined:,} rows could not be read and were set aside."
    if figure > MAX_QUARANTINED_FRACTION:
        action = "The form of the Hub's answers has changed. Read the reasons that the fetch printed, and update it."
        return Gate("quarantined", HOLD, figure, MAX_QUARANTINED_FRACTION, "share", found, action)
    return Gate("quarantined", ACCEPT, figure, MAX_QUARANTINED_FRACTION, "share", found)


def judge_canaries(evidence: Evidence) -> Gate:
    """Hold a listing without several of the models that everyone knows; a renamed one is found by its key.

    What the last accepted snapshot lacked as well is told only: it was decided then.
    """
    canaries = evidence.registry.canaries
    gate = partial(Gate, "canaries", limit=float(MAX_CANARIES_MISSING), unit="count")
    if evidence.is_selection or not canaries:
        return gate(state=ACCEPT, figure=None, found="Only a listing of the whole Hub must hold the known models.")
    missing = lost = evidence.listing.missing
    if evidence.previous:
        missing = missing - evidence.comparison.renamed
        lost = missing & evidence.comparison.known_before
    found = f"{len(missing)} of {len(canaries)} known models are missing" + _name_some(sorted(missing))
    state = HOLD if len(lost) > MAX_CANARIES_MISSING else WARN if missing else ACCEPT
    action = "Where the Hub removed or renamed a model, correct canaries.csv. " + LEAVE_OUT
    return gate(state=state, figure=float(len(lost)), found=found, action=action if missing else "")


@_comparing("total", "share")
def judge_total(evidence: Evidence) -> Gate:
    """Hold a night in which all downloads together jumped or fell."""
    measure = evidence.comparison.measure
    now, before = (side.sum(measure) for side in _sides(evidence))
    limit = min(MAX_TOTAL_CHANGE * evidence.widening, MAX_TOTAL_CHANGE_EVER)
    if before <= 0:
        return Gate("total", ACCEPT, None, limit, "share", "There were no downloads before to compare with.")
    figure = now / before - 1
    found = f"{_name(measure)} of {_name_models(evidence)}: {now:,.0f}, {before:,.0f} before."
    if abs(figure) > limit or now <= 0:
        action = "Counts were reset, or are counted by another rule. " + LEAVE_OUT
        return Gate("total", HOLD, figure, math.copysign(limit, figure), "share", found, action)
    return Gate("total", ACCEPT, figure, math.copysign(limit, figure), "share", found)


@_comparing("countries", "points")
def judge_countries(evidence: Evidence) -> Gate:
    """Hold a night in which one country's or category's share jumped or fell."""
    measure = evidence.comparison.measure
    now, before = (side.shares(measure) for side in _sides(evidence))
    limit = MAX_SHARE_CHANGE * evidence.widening
    changes = {code: now.get(code, 0.0) - before.get(code, 0.0) for code in sorted({*now, *before})}
    if not now or not before:
        return Gate("countries", ACCEPT, None, limit, "points", "There are no downloads to take shares of.")
    worst = max(changes, key=lambda code: abs(changes[code]))
    found = (
        f"The share of {worst} in {_name(measure).lower()} of {_name_models(evidence)}, by publisher, went from "
        f"{before.get(worst, 0.0):.1%} to {now.get(worst, 0.0):.1%}; no other country's or category's moved more."
    )
    state = HOLD if abs(changes[worst]) > limit else ACCEPT
    action = "See which models of it moved. " + LEAVE_OUT if state == HOLD else ""
    return Gate("countries", state, changes[worst], math.copysign(limit, changes[worst]), "points", found, action)


@_comparing("repeated", "share")
def judge_repeated(evidence: Evidence) -> Gate:
    """Hold yesterday's counts served again: nothing is appended, and the next interval spans the day."""
    matches, measure = evidence.comparison.matches, evidence.comparison.measure
    counted = matches[f"counted_{measure}"]
    if not counted:
        found = "No model in both snapshots has a count."
        return Gate("repeated", ACCEPT, None, REPEATED_FRACTION, "share", found)
    figure = matches[f"same_{measure}"] / counted
    found = f"{figure:.2%} of {counted:,} counts are those of the last accepted snapshot."
    if figure >= REPEATED_FRACTION:
        action = "The counts were not renewed. Wait for the next night: the interval after it spans this day as well."
        return Gate("repeated", HOLD, figure, REPEATED_FRACTION, "share", found, action)
    return Gate("repeated", ACCEPT, figure, REPEATED_FRACTION, "share", found)


@_comparing("unchanged", "share")
def judge_unchanged(evidence: Evidence) -> Gate:
    """Tell of 30-day counts that stand there again without having been collected; hold where they are many."""
    gate = partial(Gate, "unchanged", unit="share")
    total = evidence.listing.total
    if evidence.comparison.measure != "downloads_30d" or not total:
        return gate(state=ACCEPT, figure=None, limit=WARN_UNCHANGED, found="There are not 30-day counts on both sides.")
    figure = float(evidence.comparison.matches["unchanged"] or 0) / total
    found = (
        f"{figure:.1%} of the listed 30-day downloads are counts of {FRESH_MIN_DOWNLOADS:,} and more that stand as in "
        "the last accepted snapshot."
    )
    if figure > MAX_UNCHANGED:
        action = (
            "A large part of the counts was not renewed. Wait for the next one: its interval spans this one's days."
        )
        return gate(state=HOLD, figure=figure, limit=MAX_UNCHANGED, found=found, action=action)
    if figure > WARN_UNCHANGED:
        action = "These are old counts; `oms import` takes them as missing, and pages say what part that is."
        return gate(state=WARN, figure=figure, limit=WARN_UNCHANGED, found=found, action=action)
    return gate(state=ACCEPT, figure=figure, limit=WARN_UNCHANGED, found=found)


@_comparing("surge", "factor")
def judge_surge(evidence: Evidence) -> Gate:
    """Tell of a model that holds a visible part of the 30-day downloads and moved many times over."""
    gate = partial(Gate, "surge", unit="factor", limit=SURGE_FACTOR)
    comparison = evidence.comparison
    if comparison.measure != "downloads_30d" or not comparison.matches["both_downloads_30d"]:
        return gate(state=ACCEPT, figure=None, found="There are not 30-day counts on both sides.")
    large = comparison.large
    ratio = large["now"].clip(lower=1) / large["before"].clip(lower=1)
    factors = ratio.where(ratio >= 1, 1 / ratio)
    moved = factors[factors >= SURGE_FACTOR].sort_values(ascending=False, kind="stable")
    figure = None if large.empty else float(factors.max())
    if moved.empty:
        found = f"No model with {SURGE_PART:.0%} of the 30-day downloads, before or now, moved so many times over."
        return gate(state=ACCEPT, figure=figure, found=found)
    told = [f"{row.id} went from {row.before:,} to {row.now:,}" for row in large.loc[moved.index].itertuples()]
    action = "If the Hub counts so, it is true, and sentences say what stands without it. Look what its downloads are."
    return gate(state=WARN, figure=figure, found="In 30-day downloads" + _name_some(told), action=action)


@_comparing("model", "share")
def judge_model(evidence: Evidence) -> Gate:
    """Tell of a model that has come to hold more than a tenth of the 30-day downloads."""
    gate = partial(Gate, "model", unit="share", limit=ONE_MODEL_PART)
    listing, comparison = evidence.listing, evidence.comparison
    totals = listing.total, comparison.total_before
    if comparison.measure != "downloads_30d" or not all(totals) or not listing.largest:
        return gate(state=ACCEPT, figure=None, found="There are not 30-day counts on both sides.")
    largest = listing.largest[0]
    share, earlier = listing.largest[1] / totals[0], (comparison.largest_before or 0) / totals[1]
    found = f"{largest} has {share:.1%} of the 30-day downloads, {earlier:.1%} before."
    if share > ONE_MODEL_PART >= earlier:
        action = "If the Hub counts so, it is true, and sentences say what stands without it."
        return gate(state=WARN, figure=share, found=found, action=action)
    return gate(state=ACCEPT, figure=share, found=found)


@_comparing("columns", "points")
def judge_columns(evidence: Evidence) -> Gate:
    """Hold a night in which a column was emptied."""
    now, before = _sides(evidence)
    changes = {
        name: now.share_filled(name) - before.share_filled(name) for name in FILLED if now.models and before.models
    }
    limit = -MAX_FILL_FALL * evidence.widening
    if not changes:
        return Gate("columns", ACCEPT, None, limit, "points", "There are no models to compare.")
    worst = min(sorted(changes), key=lambda name: changes[name])
    fallen = [name for name in sorted(changes) if changes[name] < limit]
    found = f"{worst} is filled for {now.share_filled(worst):.1%} of {_name_models(evidence)}"
    found += f", {before.share_filled(worst):.1%} before"
    found += f"; beyond the limit: {', '.join(fallen)}." if fallen else "; no other column fell more."
    if fallen:
        return Gate("columns", HOLD, changes[worst], limit, "points", found, "The Hub left it out. " + LEAVE_OUT)
    return Gate("columns", ACCEPT, changes[worst], limit, "points", found)


@_comparing("counters", "share")
def judge_counters(evidence: Evidence) -> Gate:
    """Tell of all-time counters that fell, which no download explains; hold where it is more than corrections."""
    matches = evidence.comparison.matches
    total, falls, fallen = (float(matches[name] or 0) for name in ("all_time_before", "falls", "fallen"))
    if not total or not matches["flows"]:
        return Gate("counters", ACCEPT, None, WARN_FALLS, "share", "There are no all-time counters on both sides.")
    figure = fallen / total
    found = f"{falls:,.0f} all-time counters fell, by {fallen:,.0f} downloads in all; the flow of each is 0."
    if figure > MAX_FALLS:
        return Gate("counters", HOLD, figure, MAX_FALLS, "share", found, "Counters were reset. " + LEAVE_OUT)
    if figure > WARN_FALLS:
        action = "The largest falls stand on the page of the data. Nothing is smoothed; look whether the Hub says why."
        return Gate("counters", WARN, figure, WARN_FALLS, "share", found, action)
    return Gate("counters", ACCEPT, figure, WARN_FALLS, "share", found)


@_comparing("flow", "factor")
def judge_flow(evidence: Evidence) -> Gate:
    """Hold a flow of the counters that is a multiple of what the 30-day counts say of the same days."""
    matches = evidence.comparison.matches
    flow, rate, rate_before = (float(matches[name] or 0) for name in ("flow", "rate", "rate_before"))
    expected = (rate + rate_before) / 2 / COUNT_DAYS * evidence.days
    if not matches["flows"] or expected <= 0:
        found = "There are not both all-time counters and 30-day counts to compare."
        return Gate("flow", ACCEPT, None, MAX_FLOW_FACTOR, "factor", found)
    figure = flow / expected
    found = f"By the counters {flow:,.0f} downloads, by the 30-day counts {expected:,.0f} in as many days."
    if figure > MAX_FLOW_FACTOR:
        action = "Counters were filled up, not downloads made. " + LEAVE_OUT
        return Gate("flow", HOLD, figure, MAX_FLOW_FACTOR, "factor", found, action)
    if figure > WARN_FLOW_FACTOR:
        action = "Look which models' counters rose faster than their 30-day counts."
        return Gate("flow", WARN, figure, WARN_FLOW_FACTOR, "factor", found, action)
    return Gate("flow", ACCEPT, figure, WARN_FLOW_FACTOR, "factor", found)


def judge_gap(evidence: Evidence) -> Gate:
    """Tell of nights missed before this one."""
    if evidence.rows_before is None:
        return Gate("gap", ACCEPT, None, None, "days", "The first snapshot: the history begins with it.")
    days, limit = evidence.days, float(MAX_NIGHT_DAYS)
    found = f"{days} days since the last accepted snapshot." if days != 1 else "The night before was accepted."
    if days <= MAX_NIGHT_DAYS or evidence.is_selection:
        return Gate("gap", ACCEPT, float(days), None if evidence.is_selection else limit, "days", found)
    lost = (
        "" if days <= COUNT_DAYS else f" Where there are no counters, {days - COUNT_DAYS} days of it are not covered."
    )
    action = "Nothing to do: the interval spans the days, and nothing is filled in." + lost
    return Gate("gap", WARN, float(days), limit, "days", found, action)


def judge_age(evidence: Evidence) -> Gate:
    """Tell of counts that are old when they are checked; hold those that claim to come from the future."""
    date = evidence.current.info.date
    days, limit = (evidence.today - date).days, float(MAX_NIGHT_DAYS)
    found = f"Counts of {date}, checked on {evidence.today}."
    if days < 0:
        action = "Check this machine's clock, then bring the counts in under their own date."
        return Gate("age", HOLD, float(days), 0.0, "days", found, action)
    if days > MAX_NIGHT_DAYS and not evidence.is_selection:
        action = "Pages tell their readers that an update is late. Find out why the nights before did not finish."
        return Gate("age", WARN, float(days), limit, "days", found, action)
    return Gate("age", ACCEPT, float(days), None if evidence.is_selection else limit, "days", found)


def judge_unreviewed(evidence: Evidence) -> Gate:
    """Tell of a large publisher that nobody has reviewed."""
    limit, listing = MAX_UNREVIEWED_PUBLISHER, evidence.listing
    if not listing.total:
        return Gate("unreviewed", ACCEPT, None, limit, "share", "There are no 30-day counts.")
    unreviewed = listing.large[[evidence.registry.code(str(account)) == UNREVIEWED for account in listing.large.index]]
    ranked = rank_unreviewed(unreviewed, len(unreviewed))
    if ranked.empty:
        found = "No publisher above the limit is unreviewed."
        return Gate("unreviewed", ACCEPT, None, limit, "share", found)
    found = "Above the limit and unreviewed" + _name_some([str(account) for account in ranked.index])
    action = "Review them: `oms registry worklist` says what that adds."
    return Gate("unreviewed", WARN, float(ranked.iloc[0]) / listing.total, limit, "share", found, action)


def judge_ledger(evidence: Evidence) -> Gate:
    """Hold where the ledger's intervals do not join; tell of days within them that no count covers."""
    breaks = list(_find_breaks(evidence.intervals))
    if breaks:
        action = "Bring the ledger back from its last good copy; a new interval must begin where the last one ended."
        found = "The ledger's intervals do not join: " + "; ".join(breaks[:5]) + "."
        return Gate("ledger", HOLD, float(len(breaks)), 0.0, "count", found, action)
    gaps = sum(interval.gap_days for interval in evidence.intervals)
    found = f"{len(evidence.intervals):,} intervals join without overlap; {gaps:,} of their days are not covered."
    if gaps:
        return Gate("ledger", WARN, float(gaps), 0.0, "days", found, "Nothing to do: the gaps are shown, not filled.")
    return Gate("ledger", ACCEPT, 0.0, 0.0, "days", found)


GATES: Final[tuple[Judge, ...]] = (
    judge_scope,
    judge_rows,
    judge_survival,
    judge_repeats,
    judge_quarantined,
    judge_canaries,
    judge_total,
    judge_countries,
    judge_repeated,
    judge_unchanged,
    judge_surge,
    judge_model,
    judge_columns,
    judge_counters,
    judge_flow,
    judge_gap,
    judge_age,
    judge_unreviewed,
    judge_ledger,
)
NAMES: Final = tuple(judge.__name__.removeprefix("judge_") for judge in GATES)


def _find_breaks(intervals: Iterable[Interval]) -> Iterable[str]:
    last = None
    for interval in intervals:
        is_baseline = last is None and interval.days == 0  # counters of all time alone: what follows begins there
        if (interval.days <= 0 and not is_baseline) or interval.covered_days > interval.days:
            yield f"{interval.start} to {interval.end} covers {interval.covered_days} of {interval.days} days"
        if last is not None and interval.start != last:
            yield f"{interval.start} to {interval.end} follows {last}"
        last = interval.end


def _sides(evidence: Evidence) -> tuple[Side, Side]:
    """Return the models that are compared: now and before."""
    return evidence.comparison.now, evidence.comparison.before


def _name(measure: str) -> str:
    return "30-day downloads" if measure == "downloads_30d" else "All-time downloads"


def _name_models(evidence: Evidence) -> str:
    return "the models in both snapshots" if evidence.is_selection else "all models"


def _name_some(names: list[str]) -> str:
    """Name up to five, and say how many more there are; end the sentence."""
    if not names:
        return "."
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f": {', '.join(names[:5])}{more}."
