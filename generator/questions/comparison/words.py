"""Published figures in sentences: how many were reproduced and how they were read; each one's value and days."""

from collections.abc import Mapping

from generator.questions.ground import Tables
from generator.questions.report import Report
from generator.star.table import Row, Table
from generator.text import words
from generator.text.say import NOTHING, Sentence, known, say, write


def state(tables: Tables, _: Report) -> Mapping[str, Sentence]:
    """State what was found; and of each figure, behind its name, its value, its days, our difference, and all in one.

    Nothing where the registry lists no figure.
    """
    figures = tables["comparison-figures"]
    found = {"finding": state_comparisons(figures), "reading": state_reading(figures)}
    for row in figures.records():
        said = {
            "value": _write_value(row["published_value"], row["published_unit"]),
            "span": _describe_span(row),
            "difference": _write_difference(row),
        }
        told = {name: known(row[name]) for name in ("what", "published_by", "what_differs")}
        whole = say("{what}: {value} ({published_by}; {span}). {what_differs}", **{**said, **row, **told})
        found |= {f"{row['figure']}:{name}": each for name, each in (said | {"whole": whole}).items()}
    return found


def state_comparisons(figures: Table) -> Sentence:
    """State how many published figures there are, how many can be compared, and how many are reproduced."""
    rows = figures.records()
    if not rows:
        return NOTHING
    beside = [row for row in rows if row["share_ours"] is not None]
    selection = sum(row["cause"] == "scope" for row in beside)
    reproduced = sum(row["agreement"] == "reproduced" for row in rows)
    values = {"total": len(rows), "beside": len(beside), "reproduced": reproduced}
    if beside and selection == len(beside):
        return say(
            "{beside:count} of {total:count} published figures can be set beside a number of ours, but none is "
            "tested: these data are a selection of models, not the whole Hub.",
            **values,
        )
    return say(
        "{beside:count} of {total:count} published figures can be set beside a number of ours; {reproduced:count} "
        "agree within one point.",
        **values,
    )


def state_reading(figures: Table) -> Sentence:
    """State how many published figures were read in their own source, and how many only as another quotes them."""
    if figures.frame.empty:
        return NOTHING
    number = {status: len(figures.where(read_in=status).frame) for status in words.FIGURE_STATUSES}
    return say(
        "{primary:count} of {total:count} were read in their own source, {secondary:count} as another source quotes "
        "them; {computed:count} are our sums of published numbers.",
        total=len(figures.frame),
        **number,
    )


def _write_difference(row: Row) -> Sentence:
    """Write the difference of the two percentages as they stand beside it, rounded; nothing where there is none.

    A selection has none: how far its shares lie from one of the whole Hub says nothing of either.
    """
    if row["share_ours"] is None or row["cause"] == "scope":
        return NOTHING
    return write(round(row["share_ours"], 3) - round(row["published_value"], 3), "signed")


def _write_value(value: float, unit: str) -> Sentence:
    return {
        "share": say("{value:percent}", value=value),
        "part": say("{value:percent}", value=value),
        "factor": say("{number} times", number=f"{value:g}"),
        "downloads": say("{number:spell} downloads", number=value),
        "tokens": say("{number:spell} tokens", number=value),
        "models": say("{number:spell} models", number=value),
    }[unit]


def _describe_span(row: Row) -> Sentence:
    if row["counts_to"] is None:
        return say("days not stated")
    if row["counts_from"] is None:
        return say("to {counts_to:date}", **row)
    return say("{counts_from:date} to {counts_to:date}", **row)
