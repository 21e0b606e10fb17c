"""Names of codes as data, spoken where they stand: windows, kinds, relations, licences, sizes, bases, reasons."""

from typing import Final

from generator.base.scope import EXAMPLE, Scope
from generator.text.say import Sentence, say


def name_models(universe: str, scope: Scope) -> Sentence:
    """Name what is counted as it stands within a sentence: the one noun of pages, figures, feeds and files."""
    if scope.is_hub:
        return {
            "all": say("all public models"),
            "first_year": say("new open models"),
            "generative": say("generative open models"),
            "language": say("open language models"),
        }[universe]
    return {
        "all": say("models in {list}", list=name_scope(scope)),
        "first_year": say("new models in {list}", list=name_scope(scope)),
        "generative": say("generative models in {list}", list=name_scope(scope)),
        "language": say("language models in {list}", list=name_scope(scope)),
    }[universe]


def name_scope(scope: Scope) -> Sentence | str:
    """Name the list that is counted, within a sentence; somebody's own stands as they wrote it."""
    return say("the llmfit catalogue") if scope == EXAMPLE else scope.name


# Kinds of publishers.
KINDS: Final = {
    "company": say("company"),
    "non-profit": say("non-profit organisation"),
    "university": say("university"),
    "government": say("government body"),
    "community": say("community"),
    "person": say("person"),
    "unreviewed": say("not reviewed yet"),
    "": say("not reviewed yet"),
}
# How a model relates to its base.
RELATIONS: Final = {
    "original": say("original"),
    "quantised": say("quantised or converted"),
    "fine-tuned": say("fine-tuned"),
    "adapter": say("adapter"),
    "merge": say("merge"),
    "helper": say("helper (draft head, tokenizer)"),
}
# Classes of licences.
LICENSE_CLASSES: Final = {
    "open": say("open"),
    "conditions": say("with conditions"),
    "non-commercial": say("non-commercial"),
    "unstated": say("unstated"),
}
# Bands of parameter counts.
SIZE_BANDS: Final = {
    "under-1b": say("under 1B"),
    "1b-8b": say("1B to 8B"),
    "8b-70b": say("8B to 70B"),
    "over-70b": say("70B and more"),
    "unknown": say("unknown"),
}
# By what a model's origin is known.
ORIGIN_BASES: Final = {
    "tags": say("by its base-model tag"),
    "family": say("by its name"),
    "self": say("its own"),
}
# What an interval's flows were computed from.
FLOW_BASES: Final = {
    "counter": say("all-time counters"),
    "rate": say("30-day counts"),
    "mixed": say("counters, 30-day counts for the rest"),
    "none": say("nothing: the history begins"),
}
# What a count did that a reader should know of.
ANOMALIES: Final = {
    "counter-fell": say("fell"),
    "counter-jumped": say("jumped"),
    "counter-stalled": say("stood still"),
    "count-surged": say("30-day count surged"),
    "count-collapsed": say("30-day count collapsed"),
}
# Why a definition has no number.
MISSING_REASONS: Final = {
    "no-counter": say("the source has no counter since creation"),
    "short-history": say("the dates recorded cover less than a year"),
    "one-date": say("a single date is recorded"),
    "long-interval": say("an interval is too long to tell first years from later ones"),
    "empty": say("no download falls under it"),
    "superseded": say("a full year is recorded and takes its place"),
}


def name_reading(reading: str) -> Sentence:
    """Name another reading of hard cases; one that the registry adds stands under its own name."""
    return _READINGS.get(reading) or say("{name}", name=reading)


def name_state(state: str, *, in_list: bool = False) -> Sentence:
    """Name the state of a claim's test; over a selection, that it is the list's."""
    return STATES_IN_LIST.get(state, STATES[state]) if in_list else STATES[state]


# States of a claim's test; over a selection, those that are the list's.
STATES: Final = {
    "holds": say("holds"),
    "level": say("level"),
    "does-not": say("does not hold"),
    "depends": say("depends on who is counted"),
    "too-little": say("too little history"),
    "no-data": say("no data"),
    "selection": say("not testable on a selection"),
    "not-measurable": say("not measurable"),
}
STATES_IN_LIST: Final = {
    "holds": say("holds in this list"),
    "level": say("level in this list"),
    "does-not": say("does not hold in this list"),
    "depends": say("in this list, depends on who is counted"),
}
# How a published figure was read.
FIGURE_STATUSES: Final = {
    "primary": say("in its own source"),
    "secondary": say("as another source quotes it"),
    "computed": say("summed by us"),
}
# What an event is.
EVENT_KINDS: Final = {
    "release": say("release"),
    "counts": say("counters failed"),
    "definition": say("way of counting"),
    "archive": say("archive of counts"),
    "surge": say("one model"),
    "licence": say("licence"),
    "company": say("company"),
}
# How a claim's test stood on a date.
CONDITIONS: Final = {
    "holds": say("held"),
    "level": say("level"),
    "fails": say("did not hold"),
    "depends": say("depended on who is counted"),
}
# Grades of openness, and why a model has none.
GRADES: Final = {
    "fully-open": say("fully open"),
    "open-weights-described-data": say("open weights, data described"),
    "open-weights": say("open weights"),
    "restricted-weights": say("restricted weights"),
    "ungraded": say("not graded"),
    "unnamed": say("not known by name"),
}
# What the makers of a family released.
TRAINING_DATA: Final = {
    "released": say("released"),
    "described": say("described"),
    "undisclosed": say("not disclosed"),
}
TRAINING_CODE: Final = {
    "released": say("released"),
    "partial": say("in part"),
    "none": say("not released"),
}
# Whether a laptop holds a model.
LAPTOP_PARTS: Final = {
    "whole": say("fits as published"),
    "quantised": say("fits quantised"),
    "larger": say("too large"),
    "unknown": say("size not known"),
}
# How a model's size is known.
SIZE_BASES: Final = {
    "stated": say("as its files state"),
    "name": say("by its name"),
    "unknown": say("unknown"),
}
# Whose releases are taken together.
INTERPRETATIONS: Final = {
    "publishers": say("each publisher's own, all publishers pooled"),
    "without-largest": say("the same, without the two that release most"),
    "companies": say("each company's own, all companies pooled"),
    "top-companies": say("each company's own, the five most downloaded companies"),
    "medians": say("the median of the publishers' own medians"),
    "country": say("anyone's: days between two days with a release in the country"),
}
_READINGS: Final = {
    "parent": say("subsidiaries count where their parent has its headquarters"),
    "former-seat": say("projects that moved count where they were before"),
    "hugging-face-in-france": say("Hugging Face counts as France"),
    "sentence-transformers": say("sentence-transformers counts as Germany"),
    "community-accounts": say("accounts that the Hub calls communities count as unaffiliated"),
    "joint-projects-at-their-lead": say("joint projects count where their lead has its headquarters"),
    "communities-elsewhere": say("communities count where others place them"),
}
WINDOWS: Final = {
    "30d": say("30 days"),
    "12m": say("12 months"),
    "held": say("all dates recorded"),
    "all_time": say("all time"),
}
UNIVERSES: Final = {
    "all": say("all models"),
    "first_year": say("models in their first year"),
    "generative": say("generative models"),
    "language": say("language models"),
}
ATTRIBUTIONS: Final = {"publisher": say("by publisher"), "origin": say("by maker")}
TASK_GROUPS: Final = {
    "language": say("Text generation"),
    "multimodal": say("Multimodal"),
    "embedding": say("Embedding and text analysis"),
    "vision": say("Vision"),
    "speech": say("Speech and audio"),
    "image-generation": say("Image generation"),
    "video": say("Video generation"),
    "other": say("Other"),
    "unstated": say("Unstated"),
}
