"""Sizes in sentences: median and mean, what a laptop holds, and what the numbers rest on."""

from collections.abc import Mapping
from typing import Final

from generator.questions import phrases, spans
from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.star.known_sizes import BYTES, BYTES_QUANTISED, LAPTOP_BYTES
from generator.star.table import Row
from generator.text import words
from generator.text.say import NOTHING, Sentence, join, say

RULE: Final = say(
    "Here a laptop holds a model whose weights take at most {bytes:count} GB, which leaves room on one with 24 GB of "
    "memory or more: up to {whole:size} parameters at two bytes each, or {quantised:size} quantised to about 4.5 bits.",
    bytes=LAPTOP_BYTES / 1e9,
    whole=LAPTOP_BYTES / BYTES,
    quantised=LAPTOP_BYTES / BYTES_QUANTISED,
)


def state(tables: Tables, report: Report) -> Mapping[str, Sentence]:
    """State the sentences of page and figures."""
    row = tables["sizes-measures"].find(attribution="publisher", country_code="all")
    if row is None:
        return {"lead": say("These data hold no downloads by size.")}
    period = spans.describe_window(row["window"], report)
    about = {**row, "period": period, "models": words.name_models("all", report.data.scope)}
    return {
        "lead": _state_middle(about),
        "pair": _state_pair(tables),
        "bands": _state_bands(about),
        "growth": phrases.describe_growth(report.data),
        "laptop": say(
            "{share_laptop:percent} of the downloads {period} were of models that a laptop can hold: "
            "{laptop_whole:percent} as published, {laptop_quantised:percent} because they are quantised. For "
            "{laptop_unknown:percent} the size is not known.",
            **about,
        ),
        "coverage": say(
            "Median and mean rest on {share_size_known:percent} of the downloads: {share_size_stated:percent} are of "
            "models whose files state their size, {share_size_by_name:percent} of quantised models whose name tells "
            "it. The others are of unknown size, or not known by name.",
            **about,
        ),
        "packed": say(
            "{share_quantised:percent} of the downloads are of quantised or converted models. Their files may state "
            "packed numbers, several weights counted as one, so that the bands show some of them as smaller than they "
            "are.",
            **about,
        ),
    }


def _state_middle(about: Row) -> Sentence:
    """State the median and the mean size of all downloads."""
    if about["median_parameters"] is None:
        return say("The size of no model downloaded {period} is known.", **about)
    return say(
        "Half of the downloads of {models} {period} went to models of at most {median_parameters:size} parameters; the "
        "mean is {mean_parameters:size}.",
        **about,
    )


def _state_pair(tables: Tables) -> Sentence:
    """State the median sizes of two countries' downloads, the smaller first; nothing where one is unknown."""
    rows = tables["sizes-measures"].where(attribution="publisher", country_code=spans.PAIR).records()
    found = sorted((row["median_parameters"], row["country_code"]) for row in rows if row["median_parameters"])
    if len(found) < len(spans.PAIR):
        return NOTHING
    values = dict(zip(("low", "first", "high", "second"), (*found[0], *found[1]), strict=True))
    return say(
        "The median is {low:size} for publishers in {first:the} and {high:size} for those in {second:the}.", **values
    )


def _state_bands(about: Row) -> Sentence:
    """State the shares of the smallest and the largest models, and for how much no size is stated."""
    known = say(
        "Models with under a billion parameters account for {share_under_1b:percent} of the downloads of {models}, "
        "those with 70 billion or more for {share_over_70b:percent}.",
        **about,
    )
    unknown = say("For {share_size_not_stated:percent} the files state no size.", **about)
    return join(known, unknown if about["share_size_not_stated"] >= 0.0005 else NOTHING)


def state_change(first: Row, last: Row) -> Sentence:
    """State what changed between two dates."""
    return say(
        "Under a billion parameters: {small:percent} of the downloads on {first:date}, {small_now:percent} on "
        "{last:date}. Quantised: {packed:percent}, then {packed_now:percent}.",
        small=first["share_under_1b"],
        first=first["as_of"],
        small_now=last["share_under_1b"],
        last=last["as_of"],
        packed=first["share_quantised"],
        packed_now=last["share_quantised"],
    )
