"""Names of the report's categories in the reader's language: kinds, relations, licences, sizes, bases, reasons."""

from generator.base.scope import Scope
from generator.text.language import Language


def name_models(universe: str, scope: Scope, language: Language) -> str:
    """Name what is counted as it stands within a sentence: the one noun of pages, figures, feeds and files."""
    if scope.is_hub:
        return {
            "all": language.gettext("all public models"),
            "first_year": language.gettext("new open models"),
            "generative": language.gettext("generative open models"),
            "language": language.gettext("open language models"),
        }[universe]
    return {
        "all": language.gettext("models in %(list)s", list=scope.name),
        "first_year": language.gettext("new models in %(list)s", list=scope.name),
        "generative": language.gettext("generative models in %(list)s", list=scope.name),
        "language": language.gettext("language models in %(list)s", list=scope.name),
    }[universe]


def name_kind(kind: str, language: Language) -> str:
    """Name the kind of a publisher."""
    return {
        "company": language.gettext("company"),
        "non-profit": language.gettext("non-profit organisation"),
        "university": language.gettext("university"),
        "government": language.gettext("government body"),
        "community": language.gettext("community"),
        "person": language.gettext("person"),
        "": language.gettext("not reviewed yet"),
    }[kind]


def name_relation(relation: str, language: Language) -> str:
    """Name how a model relates to its base."""
    return {
        "original": language.gettext("original"),
        "quantised": language.gettext("quantised or converted"),
        "fine-tuned": language.gettext("fine-tuned"),
        "adapter": language.gettext("adapter"),
        "merge": language.gettext("merge"),
        "helper": language.gettext("helper (draft head, tokenizer)"),
    }[relation]


def name_license_class(license_class: str, language: Language) -> str:
    """Name a class of licences."""
    return {
        "open": language.gettext("open"),
        "conditions": language.gettext("with conditions"),
        "non-commercial": language.gettext("non-commercial"),
        "unstated": language.gettext("unstated"),
    }[license_class]


def name_size_band(size_band: str, language: Language) -> str:
    """Name a band of parameter counts."""
    return {
        "under-1b": language.gettext("under 1B"),
        "1b-8b": language.gettext("1B to 8B"),
        "8b-70b": language.gettext("8B to 70B"),
        "over-70b": language.gettext("70B and more"),
        "unknown": language.gettext("unknown"),
    }[size_band]


def name_origin_basis(basis: str, language: Language) -> str:
    """Say by what a model's origin is known."""
    return {
        "tags": language.gettext("by its base-model tag"),
        "family": language.gettext("by its name"),
        "self": language.gettext("its own"),
    }[basis]


def name_flow_basis(basis: str, language: Language) -> str:
    """Say what an interval's flows were computed from."""
    return {
        "counter": language.gettext("all-time counters"),
        "rate": language.gettext("30-day counts"),
        "mixed": language.gettext("counters, 30-day counts for the rest"),
        "none": language.gettext("nothing: the history begins"),
    }[basis]


def name_anomaly(kind: str, language: Language) -> str:
    """Say what a count did that a reader should know of."""
    return {
        "counter-fell": language.gettext("fell"),
        "counter-jumped": language.gettext("jumped"),
        "counter-stalled": language.gettext("stood still"),
        "count-surged": language.gettext("30-day count surged"),
        "count-collapsed": language.gettext("30-day count collapsed"),
    }[kind]


def name_missing_reason(reason: str, language: Language) -> str:
    """Say why a definition has no number."""
    return {
        "no-counter": language.gettext("the source has no counter since creation"),
        "short-history": language.gettext("the dates recorded cover less than a year"),
        "one-date": language.gettext("a single date is recorded"),
        "empty": language.gettext("no download falls under it"),
        "superseded": language.gettext("a whole year is there, which takes its place"),
    }[reason]


def name_reading(reading: str, language: Language) -> str:
    """Name another reading of hard cases; one that the registry adds stands under its own name."""
    return {
        "parent": language.gettext("subsidiaries count where their parent sits"),
        "former-seat": language.gettext("projects that moved count where they were before"),
        "hugging-face-in-france": language.gettext("Hugging Face counts as France"),
        "sentence-transformers": language.gettext("sentence-transformers counts as Germany"),
        "community-accounts": language.gettext("accounts that the Hub calls communities count as unaffiliated"),
        "joint-projects-at-their-lead": language.gettext("joint projects count where their lead sits"),
        "communities-elsewhere": language.gettext("communities count where others place them"),
    }.get(reading, reading)


def name_state(state: str, language: Language, *, in_list: bool = False) -> str:
    """Name the state of a claim's test; over a selection, that it is the list's."""
    judged = {
        "holds": language.gettext("holds in this list"),
        "level": language.gettext("level in this list"),
        "does-not": language.gettext("does not hold in this list"),
        "depends": language.gettext("in this list, depends on who is counted"),
    }
    if in_list and state in judged:
        return judged[state]
    return {
        "holds": language.gettext("holds"),
        "level": language.gettext("level"),
        "does-not": language.gettext("does not hold"),
        "depends": language.gettext("depends on who is counted"),
        "too-little": language.gettext("too little history"),
        "no-data": language.gettext("no data"),
        "selection": language.gettext("not testable on a selection"),
        "not-measurable": language.gettext("not measurable"),
    }[state]


def name_figure_status(status: str, language: Language) -> str:
    """Say how a published figure was read."""
    return {
        "primary": language.gettext("in its own source"),
        "secondary": language.gettext("as another quotes it"),
        "computed": language.gettext("summed by us"),
    }[status]


def name_event_kind(kind: str, language: Language) -> str:
    """Name the kind of a break in the counts."""
    return {
        "counter": language.gettext("way of counting"),
        "gap": language.gettext("gap"),
        "surge": language.gettext("one model"),
    }[kind]


def name_condition(condition: str, language: Language) -> str:
    """Name how a claim's test stood on a date."""
    return {
        "holds": language.gettext("held"),
        "level": language.gettext("level"),
        "fails": language.gettext("did not hold"),
        "depends": language.gettext("depended on who is counted"),
    }[condition]


def name_grade(grade: str, language: Language) -> str:
    """Name a grade of openness, or why a model has none."""
    return {
        "fully-open": language.gettext("fully open"),
        "open-weights-described-data": language.gettext("open weights, data described"),
        "open-weights": language.gettext("open weights"),
        "restricted-weights": language.gettext("restricted weights"),
        "ungraded": language.gettext("not graded"),
        "unnamed": language.gettext("not known by name"),
    }[grade]


def name_laptop_part(part: str, language: Language) -> str:
    """Say whether a laptop holds a model."""
    return {
        "whole": language.gettext("fits as published"),
        "quantised": language.gettext("fits quantised"),
        "larger": language.gettext("too large"),
        "unknown": language.gettext("size not known"),
    }[part]


def name_size_basis(basis: str, language: Language) -> str:
    """Say how a model's size is known."""
    return {
        "stated": language.gettext("as its files state"),
        "name": language.gettext("by its name"),
        "unknown": language.gettext("unknown"),
    }[basis]


def name_interpretation(name: str, language: Language) -> str:
    """Say whose releases are taken together."""
    return {
        "publishers": language.gettext("one publisher's, all publishers together"),
        "without-largest": language.gettext("the same without the two that release most"),
        "companies": language.gettext("one company's, all companies together"),
        "top-companies": language.gettext("one company's, the five most downloaded companies"),
        "medians": language.gettext("the median of the publishers' own medians"),
        "country": language.gettext("anybody's: days between two days with a release in the country"),
    }[name]
