"""What the page Explore may say, as data: the site's own sentences under every combination of facts.

A sentence function is asked once for each combination, in a language that writes places such as `{first:the}` where
others write values. So no rule stands twice: what the functions decide is tabulated, and the page looks it up.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any, Final

from generator.base.encode import label
from generator.base.scope import Scope
from generator.base.settings import MIN_GROUP_PART
from generator.figures.theme import colour, place_colour
from generator.questions.sentences import state_lead, state_part, state_table
from generator.questions.views import CLASS_NAMES, CUTS, SIDES, list_others, name_part, state_cut, state_other
from generator.star.cuts import CLASSES
from generator.star.definitions import ATTRIBUTIONS, UNIVERSES, WINDOWS, Definition
from generator.star.leads import Lead
from generator.star.shares import NOT_PLACES, ShareRow, ShareTable
from generator.text import words
from generator.text.language import LEAST_SHARE, Language
from generator.text.say import COMMA, SEMICOLON, Sentence, write
from generator.text.voices import list_cases

# Values that stand for places: no two alike, so that each is known again, whatever a message calls it.
_END: Final = dt.date(2001, 1, 1)
_START: Final = dt.date(2002, 1, 1)
_SINCE: Final = dt.date(2003, 1, 1)
_FIRST, _SECOND, _MARGIN, _SHARE, _RANK = 0.5, 0.25, 0.125, 0.0625, 7
_NAMES: Final[Mapping[object, str]] = {
    _END: "end", _START: "start", _SINCE: "since", _FIRST: "first_share", _SECOND: "second_share",
    _MARGIN: "margin", _SHARE: "share", _RANK: "rank",
}  # fmt: skip
_LIST: Final = "{list}"
# The order in which what can be chosen is offered.
ORDER: Final = {"window": WINDOWS, "models": UNIVERSES, "by": ATTRIBUTIONS, "cut": (*CLASSES,), "class": CLASSES}


class Places(Language):
    """A language that writes the place of a value, with the way in which it is to be written."""

    def _write(self, value: Any, way: str) -> str:
        if isinstance(value, Sentence):
            return self.speak(value)
        return f"{{{_NAMES.get(value, value)}:{way}}}" if way else str(value)


def build_rules(scope: Scope, language: Language) -> dict[str, Any]:
    """Build the sentences: each with the facts that choose one, and the messages under their combinations."""
    places, unnamed = Places(language.code), Scope(scope.kind, _LIST if scope.name else "")
    return {
        "list": label(language.speak(words.name_scope(scope))),
        "least_part": MIN_GROUP_PART,
        "table": {
            f"{window}-{universe}": _tabulate_table(Definition(window, universe, "publisher"), unnamed, places)
            for window, universe in product(WINDOWS, UNIVERSES)
        },
        "lead": tabulate(
            ("clear", "now", "start"),
            lambda *facts: places.speak(state_lead(_make_lead(*facts), unnamed)),
        ),
        "other": tabulate(("some", "ranked"), lambda *facts: places.speak(state_other(_make_other(*facts), "code"))),
        "sides": {
            kind: {
                "first": places.speak(state_part(kind, "{name}", _SHARE, unnamed, _END)),
                "other": places.speak(name_part("{name}", _SHARE)),
            }
            for kind in SIDES
        },
        "others": places.speak(list_others("{places}")),
        "cuts": {cut: {name: places.speak(state_cut(cut, name, "{said}")) for name in CLASSES[cut]} for cut in CLASSES},
    }


def tabulate(facts: tuple[str, ...], say: Callable[..., str]) -> dict[str, Any]:
    """Ask a sentence under every combination of facts, each written as a digit, 1 where it holds."""
    combinations = product((False, True), repeat=len(facts))
    return {"facts": facts, "say": {"".join(str(int(fact)) for fact in each): say(*each) for each in combinations}}


def build_names(codes: Iterable[str], language: Language) -> dict[str, Any]:
    """Build the names of all that can be chosen."""
    return {
        "places": {
            code: [
                language.place(code),
                language.place_in_sentence(code),
                _choose_colour(code),
                *_list_cases(code, language),
            ]
            for code in codes
        },
        "not_places": NOT_PLACES,
        "window": _speak(words.WINDOWS, language),
        "models": _speak(words.UNIVERSES, language),
        "by": _speak(words.ATTRIBUTIONS, language),
        "of": _speak(SIDES, language),
        "cut": _speak(CUTS, language),
        "class": {cut: _speak(names, language) for cut, names in CLASS_NAMES.items()},
    }


def _list_cases(code: str, language: Language) -> list[dict[str, str]]:
    """List a place's other cases, by name, where the language has any."""
    cases = {case: language.place_in_sentence(code, case) for case in list_cases(language.code)}
    return [cases] if cases else []


def _speak(names: Mapping[str, Sentence], language: Language) -> dict[str, str]:
    return {code: language.speak(name) for code, name in names.items()}


def build_formats(language: Language) -> Mapping[str, object]:
    """Build how the language writes numbers and dates, from what it writes itself."""
    zero = language.speak(write(0.0, "0.0"))
    return {
        "unspaced": language.unspaced,
        "comma": language.speak(COMMA),
        "semicolon": language.speak(SEMICOLON),
        "colon": language.say(": "),
        "open": language.say(" ("),
        "close": language.say(")"),
        "decimal": language.number(1.5)[1],
        "group": language.count(1111)[1],
        "percent": language.percent(0.0).replace(zero, "{number}"),
        "points": language.points(0.0).replace(zero, "{number}"),
        "least": [LEAST_SHARE / 2, language.share(LEAST_SHARE / 4)],
        "dates": [
            language.date(dt.date(2001, month, 22)).replace("2001", "{year}").replace("22", "{day}")
            for month in range(1, 13)
        ],
        "short": [
            [unit, language.short(unit * 1.5).replace(language.number(1.5), "{number}")]
            for unit in (10**power for power in range(15, 2, -1))
            if language.number(1.5) in language.short(unit * 1.5)
        ],
    }


def _tabulate_table(definition: Definition, scope: Scope, places: Places) -> dict[str, Any]:
    return tabulate(
        ("few", "blurred"), lambda *facts: places.speak(state_table(_make_table(definition, *facts), scope))
    )


def _choose_colour(code: str) -> str:
    """Return the colour of a place's line; what is no country has a fill elsewhere, too faint for a line."""
    return colour("muted") if code in NOT_PLACES else place_colour(code)


def _make_row(code: str, share: float, rank: int | None) -> ShareRow:
    return ShareRow(code, 1, share, share, share, 0, rank)


def _make_table(definition: Definition, few: bool, blurred: bool) -> ShareTable:
    rows = () if few else (_make_row("first", _FIRST, 1), _make_row("second", _SECOND, 2))
    return ShareTable(definition, _END, _START, 0, 0, 1, rows, blurred)


def _make_other(some: bool, ranked: bool) -> ShareTable:
    rows = (_make_row("code", _SHARE, _RANK if ranked else None),) if some else ()
    return ShareTable(Definition("30d", "all", "publisher"), _END, _START, 0, 0, 1, rows)


def _make_lead(clear: bool, now: bool, start: bool) -> Lead:
    definition, since = Definition("30d", "all", "publisher"), _END if now else _SINCE
    return Lead(definition, _END, "first", "second", _MARGIN, clear, since, start)
