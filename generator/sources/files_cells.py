"""One cell as people write it → one value of a snapshot.

What is plain is mended (an address around an id, separators of thousands, lists in three notations); what is not raises
ValueError with what was expected. A missing value is None, however it is written.
"""

import ast
import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final, TypeGuard

from babel import Locale

from generator.sources.hub_rows import (
    KEY,
    LANGUAGES,
    LIBRARIES,
    MAX_TEXT_LENGTH,
    RELATIONS,
    TASKS,
    is_model_id,
    parse_parameters,
    parse_time,
    read_text,
)

# Whole numbers up to here are exact in every format, and millions of times the Hub's largest count.
MAX_COUNT: Final = 2**53
# The orders in which a date may have day and month, beside the year first.
DATE_ORDERS: Final = {"day-first": "%d/%m/%Y", "month-first": "%m/%d/%Y"}

_MISSING: Final = frozenset({"", "-", "na", "n/a", "nan", "nat", "none", "null", "<na>"})
# A task that nobody knows is none.
_UNKNOWN: Final = "unknown"
_ID: Final = re.compile(r"[\w.-]+(?:/[\w.-]+)?", re.ASCII)
_ADDRESS: Final = re.compile(r"(?:https?://)?(?:www\.)?(?:huggingface\.co|hf\.co)/(?:models/)?(.+)", re.IGNORECASE)
# What follows a model's id in the address of one of its pages.
_BEHIND_ID: Final = re.compile(r"[?#].*|/+$|/(?:tree|blob|resolve|raw|discussions|commits?)/.*")
_OTHER_PAGES: Final = frozenset({"api", "collections", "datasets", "docs", "papers", "spaces", "tasks"})
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:([,  '’_]|\u202f|\u2009)\d{3})(?:\1\d{3})*|\d{1,3}(?:\.\d{3}){2,}")
# A fraction, or a whole number whose thousands are separated: nobody can tell.
_DOTTED: Final = re.compile(r"\d{1,3}\.\d{3}")
_BY_DAY: Final = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?:[ T].*)?")
_EPOCH: Final = re.compile(r"\d{9,19}")
# An epoch's unit, in parts of a second, by its digits: seconds have nine or ten until the year 2286.
_UNITS: Final = ((10, 1), (13, 1_000), (16, 1_000_000), (19, 1_000_000_000))
_FIRST_YEAR: Final = 2000
_LAST_YEAR: Final = 2100
_SCALES: Final = {"K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}
# In small letters; a script or a country of a language is not kept: `Simplified Chinese` is zh.
_LANGUAGE_NAMES: Final = {
    str(name).casefold(): base
    for code, name in sorted(Locale("en").languages.items(), reverse=True)
    if (base := str(code).partition("_")[0]) in LANGUAGES
}
_GATED: Final = {"no": "no", "false": "no", "0": "no", "auto": "auto", "manual": "manual"}
# Gated, without a word how: missing, as what is not known is.
_GATED_SOMEHOW: Final = frozenset({"true", "yes", "1"})


def mend_id(value: object) -> object:
    """Return a text without blanks around it, and a model's or account's address on huggingface.co as its id."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    found = _ADDRESS.fullmatch(text)
    model_id = _BEHIND_ID.sub("", found[1]) if found else ""
    return model_id if model_id and model_id.split("/")[0] not in _OTHER_PAGES else text


def _is_id(value: object) -> TypeGuard[str]:
    """Tell whether a text can name a model, and is written as the Hub's names are."""
    return is_model_id(value) and _ID.fullmatch(str(value)) is not None


def read_id(value: object) -> str:
    """Return a model's id."""
    found = mend_id(value)
    if not isinstance(found, str) or not found:
        raise ValueError("a model's id, such as Qwen/Qwen3-8B, was expected")
    if not _is_id(found):
        raise ValueError("an id of the Hub (author/name: letters, digits, dots, dashes, underscores) was expected")
    return found


def read_key(value: object) -> str | None:
    """Return the Hub's `_id`."""
    if _is_missing(value):
        return None
    if not isinstance(value, str) or not KEY.fullmatch(value):
        raise ValueError("the Hub's _id was expected")
    return value


def read_count(value: object) -> int | None:
    """Return a whole number from 0 to 2**53; a text may separate thousands."""
    if type(value) is int and 0 <= value <= MAX_COUNT:
        return value
    if _is_missing(value):
        return None
    number = _read_number(value)
    if isinstance(value, str) and _DOTTED.fullmatch(value.strip()):
        raise ValueError("a whole number was expected; write one whose dot separates thousands without it")
    if number is None or not 0 <= number <= MAX_COUNT or number != int(number):
        raise ValueError(f"a whole number from 0 to {MAX_COUNT:,} was expected")
    if isinstance(value, float) and value >= MAX_COUNT:
        raise ValueError("this number lost its last digits where it was kept as a fraction; its digits were expected")
    return int(number)


def read_parameters(value: object) -> int | None:
    """Return a number of parameters, which may be written as 7B or 135M, or stand in the Hub's account of tensors."""
    tensors = read_object(value)
    if tensors is not None:
        return parse_parameters(tensors)
    if isinstance(value, bool):
        raise ValueError("a number of parameters was expected")  # noqa: TRY004 - about data
    scaled = re.fullmatch(r"(\d+(?:\.\d+)?) ?([KMBT])", value.strip().upper()) if isinstance(value, str) else None
    return int(Decimal(scaled[1]) * _SCALES[scaled[2]]) if scaled else read_count(value)


def read_date(value: object, order: str = "") -> dt.datetime | None:
    """Return a point in time: ISO 8601, an epoch, or day and month in an order of `DATE_ORDERS`."""
    if _is_missing(value):
        return None
    if isinstance(value, dt.date):
        value = value.isoformat()
    text = str(value).strip().removesuffix(".0")
    if _EPOCH.fullmatch(text):
        return _read_epoch(text)
    by_day = _BY_DAY.fullmatch(text)
    if by_day:
        return _read_by_day("/".join(by_day.groups()), order)
    time = parse_time(re.sub(r"^(\d{4})/(\d{2})/(\d{2})", r"\1-\2-\3", text))
    if time is None:
        raise ValueError("a date with the year first (2024-07-31) or an epoch was expected")
    return time


def read_label(value: object) -> str | None:
    """Return a short text as it stands; a longer one is not cut."""
    if _is_missing(value):
        return None
    text = read_text(value)
    if text is None or len(str(value).strip()) > MAX_TEXT_LENGTH:
        raise ValueError(f"a text of at most {MAX_TEXT_LENGTH} printable characters was expected")
    return text


def read_task(value: object) -> str | None:
    """Return one of the Hub's tasks."""
    word = _read_word(value)
    if word == _UNKNOWN:
        return None
    if word is not None and word not in TASKS:
        raise ValueError("one of the Hub's tasks, such as text-generation, was expected")
    return word


def read_library(value: object) -> str | None:
    """Return a library; one that the Hub knows by its name there, another as it stands."""
    word = _read_word(value)
    return word if word is None or word in LIBRARIES else read_label(value)


def read_license(value: object) -> str | None:
    """Return a licence by its name on the Hub; of a list the first that says something."""
    is_list = isinstance(value, list) or (isinstance(value, str) and value.lstrip().startswith("["))
    names = [name for item in (_read_list(value) if is_list else [value]) if (name := _read_license(item))]
    return next((name for name in names if name not in {"other", "unknown"}), names[0] if names else None)


def read_languages(value: object) -> list[str] | None:
    """Return the codes of languages in a list, which may name them in English; other words beside them are left out."""
    items = [item.casefold() for item in _read_list(value)]
    codes = [item if item in LANGUAGES else _LANGUAGE_NAMES.get(item) for item in items]
    found = list(dict.fromkeys(code for code in codes if code))
    if items and not found:
        raise ValueError("codes of languages, such as en, or their English names were expected")
    return found or None


def find_language_names(value: object) -> dict[str, str]:
    """Return the English names of languages in a list that can be read, each with its code."""
    items = [] if isinstance(value, str) and value in LANGUAGES else _read_list(value)
    named = {item: _LANGUAGE_NAMES.get(item.casefold()) for item in items if item.casefold() not in LANGUAGES}
    return {name: code for name, code in named.items() if code}


def read_base_models(value: object) -> list[str] | None:
    """Return the ids in a list of base models, or in the Hub's account of them; others beside them are left out."""
    given = read_object(value)
    items = [mend_id(item) for item in (_read_list(value) if given is None else _list_bases(given))]
    found = [item for item in items if _is_id(item)]
    if items and not found:
        raise ValueError("ids of models were expected")
    return list(dict.fromkeys(found)) or None


def _list_bases(given: Mapping[str, object]) -> list[object]:
    """List the base models of `{"relation": …, "models": [{"id": …}]}`."""
    models = given.get("models")
    if not isinstance(models, list) or not all(isinstance(model, dict) for model in models):
        raise ValueError("the Hub's account of base models was expected: a relation, and models with their ids")
    return [model.get("id") for model in models]


def read_relation(value: object) -> str | None:
    """Return what a model is to its base models."""
    word = _read_word(value)
    if word is not None and word not in RELATIONS:
        raise ValueError(f"one of {', '.join(sorted(RELATIONS))} was expected")
    return word


def read_gated(value: object) -> str | None:
    """Return how a model is gated; None where it is gated and nothing says how."""
    word = _read_word(str(value) if isinstance(value, bool | int) else value)
    if word is None or word in _GATED_SOMEHOW:
        return None
    if word not in _GATED:
        raise ValueError("false, auto or manual was expected")
    return _GATED[word]


def read_tags(value: object) -> list[str] | None:
    """Return the Hub's tags of a model."""
    return _read_list(value) or None


def read_object(value: object) -> dict[str, object] | None:
    """Return an object, which may be a text in JSON or as Python writes it; None where it is something else."""
    found = _parse_literal(value) if isinstance(value, str) else value
    return found if isinstance(found, dict) else None


def read_flag(value: object) -> bool:
    """Return whether a cell says yes."""
    return str(value).strip().casefold() in _GATED_SOMEHOW


READERS: Final[dict[str, Callable[[object], object]]] = {
    "key": read_key,
    "id": read_id,
    "author": read_label,
    "created_at": read_date,
    "downloads_30d": read_count,
    "downloads_all_time": read_count,
    "likes": read_count,
    "task": read_task,
    "library": read_library,
    "license": read_license,
    "languages": read_languages,
    "parameters": read_parameters,
    "base_models": read_base_models,
    "base_relation": read_relation,
    "gated": read_gated,
    "unchanged_30d": read_count,
}


def _is_missing(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().casefold() in _MISSING
    return value is None or value != value  # a missing value of pandas differs from itself


def _read_number(value: object) -> Decimal | None:
    if isinstance(value, str) and _THOUSANDS.fullmatch(value.strip()):
        value = re.sub(r"\D", "", value)
    if not isinstance(value, str | int | float | Decimal):
        return None
    try:
        number = Decimal(
            value if isinstance(value, Decimal) else str(int(value) if isinstance(value, bool) else value).strip()
        )
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _read_epoch(text: str) -> dt.datetime:
    unit = next(unit for digits, unit in _UNITS if len(text) <= digits)
    time = dt.datetime.fromtimestamp(int(text) // unit, dt.UTC)
    if not _FIRST_YEAR <= time.year < _LAST_YEAR:
        raise ValueError(f"an epoch of the years {_FIRST_YEAR} to {_LAST_YEAR} was expected")
    return time


def _read_by_day(text: str, order: str) -> dt.datetime:
    if not order:
        raise ValueError("--dates day-first or --dates month-first was expected to tell day from month")
    try:
        return dt.datetime.strptime(text, DATE_ORDERS[order]).replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise ValueError(f"a date with {order.replace('-', ' ')} was expected") from error


def _read_word(value: object) -> str | None:
    """Return a word of the Hub's vocabularies: in small letters, with dashes for blanks."""
    text = read_label(value)
    return re.sub(r"\s+", "-", text.casefold()) if text else None


def _read_license(value: object) -> str | None:
    """Return a licence's name on the Hub; one in prose ("Apache License 2.0") without the word for it."""
    text, word = read_label(value), _read_word(value)
    is_prose = text is not None and " " in text
    return re.sub(r"(?:^|-)licen[cs]e\b", "", word) if is_prose and word else word


def _read_list(value: object) -> list[str]:
    """Return the texts of a list: one of its own, in JSON, as Python writes it, or joined by semicolons or commas."""
    if not isinstance(value, list) and _is_missing(value):
        return []
    items = _split_list(value) if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) or _is_missing(item) for item in items):
        raise ValueError("a list of texts was expected: JSON, or joined by semicolons or commas")
    return [item.strip() for item in items if isinstance(item, str) and item.strip()]


def _split_list(text: str) -> object:
    is_literal = text.lstrip().startswith("[")
    return _parse_literal(text) if is_literal else text.split(";" if ";" in text else ",")


def _parse_literal(text: str) -> object:
    """Return the list or object that a text is, in JSON or as Python writes it; None where it is neither."""
    if not text.lstrip().startswith(("[", "{")):
        return None
    for read in (json.loads, ast.literal_eval):
        try:
            return read(text.strip())
        except (ValueError, SyntaxError, RecursionError, MemoryError):
            continue
    return None
