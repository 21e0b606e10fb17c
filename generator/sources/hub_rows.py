"""One raw row of the Hub's model list → one row of a snapshot.

The Hub's rows are written by strangers and change without notice: a value of another type, range or length is
read as missing, and only a row that names no model is set aside. Nothing here raises.
"""

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import Final, TypeAlias

from babel import Locale

from generator.sources.snapshot import author_of

# One snapshot row: the columns of `generator.sources.snapshot.SCHEMA`.
Row: TypeAlias = dict[str, object]

MAX_ID_LENGTH: Final = 200
# Longer tasks, licences and tags are not names but pasted text (147 characters seen in August 2026).
MAX_TEXT_LENGTH: Final = 100
# A merge names its parents; hundreds of them are noise, and a snapshot must stay bounded.
MAX_BASE_MODELS: Final = 50
MAX_LANGUAGES: Final = 200
# Digits of the largest count that a column holds.
MAX_DIGITS: Final = 19
_MAX_INT64: Final = 2**63 - 1

KEY: Final = re.compile(r"[0-9A-Za-z_-]{1,64}")
_ID: Final = re.compile(r"[^/\s]+(?:/[^/\s]+)?")
_GATED: Final = {False: "no", "auto": "auto", "manual": "manual"}
RELATIONS: Final = frozenset({"quantized", "finetune", "adapter", "merge"})
_BASE_TAG: Final = "base_model:"
LICENSE_TAG: Final = "license:"

# Codes of the Unicode locale data; `moe` is Innu-aimun there, and mixture of experts on the Hub.
LANGUAGES: Final = {code for code in map(str, Locale("en").languages) if 2 <= len(code) <= 3} - {"moe"}

# The Hub's tasks, from the filter list of its models page and the tags seen in August 2026.
TASKS: Final = frozenset(
    """
    any-to-any audio-classification audio-text-to-text audio-to-audio automatic-speech-recognition
    depth-estimation document-question-answering feature-extraction fill-mask graph-ml
    image-classification image-feature-extraction image-segmentation image-text-to-image
    image-text-to-text image-text-to-video image-to-3d image-to-image image-to-text image-to-video
    keypoint-detection mask-generation multiple-choice object-detection question-answering
    reinforcement-learning robotics sentence-similarity summarization table-question-answering
    table-to-text tabular-classification tabular-regression text-classification text-generation
    text-ranking text-to-3d text-to-audio text-to-image text-to-speech text-to-video
    text2text-generation time-series-forecasting token-classification translation
    unconditional-image-generation video-classification video-text-to-text video-to-video
    visual-document-retrieval visual-question-answering voice-activity-detection
    zero-shot-classification zero-shot-image-classification zero-shot-object-detection
    """.split()  # noqa: SIM905 - a name a line would fill pages
)

# Libraries that tag their models; formats of weights (safetensors, pytorch, onnx) are tags, but no library.
LIBRARIES: Final = frozenset(
    """
    adapter-transformers allennlp asteroid bertopic diffusers espnet exllamav2 exllamav3 fairseq fastai
    fasttext flair gguf keras kerasformers kernels lerobot litert-lm llama.cpp mlx mlx-vlm ml-agents
    nemo open_clip paddlenlp paddleocr peft pyannote-audio pythae sample-factory sentence-transformers
    setfit sglang sklearn spacy span-marker speechbrain stable-baselines3 stanza tensorflowtts tf-keras
    timm transformers transformers.js ultralytics unity-sentis vllm
    """.split()  # noqa: SIM905 - a name a line would fill pages
)


@dataclass(frozen=True)
class Quarantined:
    """A row that cannot be used, with the reason in words that a count can be kept by."""

    reason: str


@dataclass(frozen=True)
class LeftOut:
    """A well-formed row that does not belong into a snapshot of public models."""

    reason: str


def parse_row(raw: object) -> Row | Quarantined | LeftOut:
    """Turn one raw row into a snapshot row; what is missing or not as expected becomes None, never 0."""
    if not isinstance(raw, dict):
        return Quarantined("not an object")
    key = raw.get("_id")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        return Quarantined("no usable _id")
    if not is_model_id(raw.get("id")):
        return Quarantined("no usable id")
    if raw.get("private") is True:
        return LeftOut("private")
    if raw.get("disabled") is True:
        return LeftOut("disabled")
    return _build_row(raw, read_tags(raw.get("tags")))


def is_model_id(value: object) -> bool:
    """Tell whether a value is `name` or `author/name`: printable, without spaces, at most 200 characters.

    Neither part may be `.` or `..`: in an address they lead to another page.
    """
    return (
        isinstance(value, str)
        and len(value) <= MAX_ID_LENGTH
        and value.isprintable()
        and _ID.fullmatch(value) is not None
        and not {".", ".."} & set(value.split("/"))
    )


def pack_key(key: str) -> bytes:
    """Return an `_id` in as few bytes as it needs: twelve for the Hub's own form; millions are held while rows come."""
    try:
        return bytes.fromhex(key) if len(key) == 24 else key.encode()
    except ValueError:
        return key.encode()


def _build_row(raw: dict[str, object], tags: list[str]) -> Row:
    model_id = str(raw["id"])
    relation, base_models = _parse_bases(tags, raw.get("baseModels"), model_id)
    return {
        "key": raw["_id"],
        "id": model_id,
        "author": read_text(raw.get("author")) or author_of(model_id),
        "created_at": parse_time(raw.get("createdAt")),
        "downloads_30d": read_count(raw.get("downloads")),
        "downloads_all_time": read_count(raw.get("downloadsAllTime")),
        "likes": read_count(raw.get("likes")),
        "task": read_text(raw.get("pipeline_tag")) or _first_in(tags, TASKS),
        "library": read_text(raw.get("library_name")) or _first_in(tags, LIBRARIES),
        "license": _parse_license(tags),
        "languages": [tag for tag in tags if tag in LANGUAGES][:MAX_LANGUAGES],
        "parameters": parse_parameters(raw.get("safetensors")),
        "base_models": base_models,
        "base_relation": relation,
        "gated": read_gated(raw.get("gated")),
        "unchanged_30d": None,  # the Hub renews its counts every day
    }


def read_text(value: object) -> str | None:
    """Return a printable string of at most 100 characters, or None."""
    if not isinstance(value, str):
        return None
    text = value.strip()[:MAX_TEXT_LENGTH].rstrip()
    return text if text and text.isprintable() else None


def read_count(value: object) -> int | None:
    """Return an integral number from 0 to the largest that a column holds, or None; its digits may come as text."""
    if isinstance(value, str) and len(value) <= MAX_DIGITS and value.isascii() and value.isdigit():
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _MAX_INT64 else None


def parse_time(value: object) -> dt.datetime | None:
    """Return a point in time in UTC, whole seconds, or None; a time without a zone is read as UTC."""
    if not isinstance(value, str):
        return None
    try:
        time = dt.datetime.fromisoformat(value).replace(microsecond=0)
        return time.astimezone(dt.UTC) if time.tzinfo else time.replace(tzinfo=dt.UTC)
    except (ValueError, OverflowError):
        return None


def read_gated(value: object) -> str | None:
    """Return `no`, `auto` or `manual`, or None."""
    return _GATED.get(value) if value is False or isinstance(value, str) else None


def read_tags(value: object) -> list[str]:
    """Return the tags that are strings, each once, in their order; the list may come as JSON text."""
    return list(dict.fromkeys(tag for tag in read_list(value) or () if isinstance(tag, str)))


def read_list(value: object) -> list[object] | None:
    """Return a list, which may come as JSON text, or None."""
    value = _read_json(value) if isinstance(value, str) else value
    return value if isinstance(value, list) else None


def read_object(value: object) -> dict[str, object] | None:
    """Return an object, which may come as JSON text, or None."""
    value = _read_json(value) if isinstance(value, str) else value
    return value if isinstance(value, dict) else None


def _read_json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _first_in(tags: list[str], known: frozenset[str]) -> str | None:
    return next((tag for tag in tags if tag in known), None)


def _parse_license(tags: list[str]) -> str | None:
    """Return the first licence that says something: `other` only where the model names no other one."""
    names = [read_text(tag.removeprefix(LICENSE_TAG)) for tag in tags if tag.startswith(LICENSE_TAG)]
    named = [name for name in names if name is not None]
    return next((name for name in named if name != "other"), named[0] if named else None)


def parse_parameters(value: object) -> int | None:
    """Return the number of parameters: `total`, else the sum of its parts; None without tensors."""
    value = read_object(value)
    if value is None:
        return None
    total = read_count(value.get("total"))
    return total or _sum_counts(value.get("parameters")) or None


def _sum_counts(value: object) -> int | None:
    if not isinstance(value, dict):
        return None
    counts = [read_count(count) for count in value.values()]
    return read_count(sum(count for count in counts if count is not None))


def _parse_bases(tags: list[str], field: object, model_id: str) -> tuple[str | None, list[str]]:
    """Return the relation to the base models, and their ids: from the tags, else from `baseModels`."""
    from_tags = [_split_base_tag(tag) for tag in tags if tag.startswith(_BASE_TAG)]
    found = from_tags or _list_base_field(field)
    bases = [base for _, base in found if is_model_id(base) and ":" not in base and base != model_id]
    relation = next((relation for relation, _ in found if relation), None)
    return (relation if bases else None), list(dict.fromkeys(bases))[:MAX_BASE_MODELS]


def _split_base_tag(tag: str) -> tuple[str | None, str]:
    """Split `base_model:x/y` or `base_model:quantized:x/y` into relation and id."""
    rest = tag.removeprefix(_BASE_TAG)
    relation, _, base = rest.partition(":")
    return (relation, base) if relation in RELATIONS and base else (None, rest)


def _list_base_field(field: object) -> list[tuple[str | None, str]]:
    """List relation and id from `{"relation": …, "models": [{"_id": …, "id": …}]}`."""
    field = read_object(field)
    models = field.get("models") if field else None
    if field is None or not isinstance(models, list):
        return []
    given = field.get("relation")
    relation = given if isinstance(given, str) and given in RELATIONS else None
    ids = [model.get("id") for model in models if isinstance(model, dict)]
    return [(relation, base) for base in ids if isinstance(base, str)]
