"""Voices as data: how each language writes dates and lists, and what it calls a place in each case."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from generator.text.catalogue import LOCALES, SOURCE

# Ways in which a place stands within a sentence; a language uses those that its grammar has.
CASES: Final = ("the", "accusative", "dative", "genitive")
_ANY: Final = "*"


@dataclass(frozen=True)
class Voice:
    """How a language writes what babel leaves open; patterns of dates as babel reads them.

    Attributes:
        code: of the language.
        name: as its own readers call it.
        sign: the same in two signs.
        listed_as: the locale by which lists are joined.
        large: whether large numbers have units as symbols (`short`) or in words (`long`) where there is little room.
        date: pattern of a date.
        day: the same without its year.
        month: pattern of a month.
        short_month: the same where there is little room.
        unspaced: signs beside which no space stands.
        between_clauses: sign between clauses, where they are not joined as other items of a list are.
    """

    code: str
    name: str
    sign: str
    listed_as: str
    large: str
    date: str
    day: str
    month: str
    short_month: str
    unspaced: str
    between_clauses: str


@cache
def read_voices() -> Mapping[str, Voice]:
    """Read the voice of each language, by its code, in the order in which readers choose among them."""
    with (LOCALES / "voices.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: Voice(**row) for row in csv.DictReader(file)}


def find_voice(code: str) -> Voice:
    """Find the voice of a language; of one that has no row, that of the sources."""
    return read_voices().get(code) or read_voices()[SOURCE]


@cache
def _read_places() -> Mapping[tuple[str, str], Mapping[str, str]]:
    with (LOCALES / "places.csv").open(encoding="utf-8", newline="") as file:
        return {(row["language"], row["code"]): row for row in csv.DictReader(file)}


def find_place(language: str, code: str, way: str) -> str:
    """Find how a language writes a place in one way, `{name}` for its name; nothing where it has no rule."""
    places = _read_places()
    rows = (places.get((language, each), {}) for each in (code, _ANY))
    return next((row[way] for row in rows if row.get(way)), "")


def list_cases(language: str) -> list[str]:
    """List the cases, beside the one with an article, that a language tells apart."""
    return [case for case in CASES[1:] if find_place(language, _ANY, case)]
