"""Classes of a model that the ledger keeps: task group, size band, licence class, relation, generative."""

import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from generator.ledger.lineage import BASES, Lineage
from generator.registry import Family
from generator.sources.snapshot import decode_texts, to_frame

# The Hub's tasks (`pipeline_tag`) by group.
TASK_GROUP_OF: Final[dict[str, str]] = {
    task: group
    for group, tasks in {
        "language": "text-generation text2text-generation translation summarization conversational "
        "table-question-answering",
        "multimodal": "image-text-to-text any-to-any visual-question-answering document-question-answering "
        "audio-text-to-text video-text-to-text image-to-text image-text-to-image visual-document-retrieval",
        "embedding": "feature-extraction sentence-similarity text-ranking fill-mask text-classification "
        "token-classification question-answering zero-shot-classification text-retrieval multiple-choice",
        "vision": "image-classification object-detection image-segmentation depth-estimation mask-generation "
        "image-feature-extraction zero-shot-image-classification zero-shot-object-detection "
        "keypoint-detection keypoint-matching video-classification",
        "speech": "automatic-speech-recognition text-to-speech text-to-audio audio-to-audio audio-classification "
        "voice-activity-detection speaker-diarization",
        "image-generation": "text-to-image image-to-image unconditional-image-generation image-to-3d text-to-3d "
        "image-editing inpainting",
        "video": "text-to-video image-to-video video-to-video image-text-to-video",
        "other": "reinforcement-learning robotics tabular-classification tabular-regression graph-ml "
        "time-series-forecasting other text-to-code",
    }.items()
    for task in tasks.split()
}
# Libraries that serve one group only; used where the task is missing.
TASK_GROUP_OF_LIBRARY: Final[dict[str, str]] = {
    "sentence-transformers": "embedding",
    "setfit": "embedding",
    "model2vec": "embedding",
    "flair": "embedding",
    "spacy": "embedding",
    "span-marker": "embedding",
    "timm": "vision",
    "ultralytics": "vision",
    "open_clip": "vision",
    "pyannote-audio": "speech",
    "speechbrain": "speech",
    "nemo": "speech",
    "espnet": "speech",
    "diffusers": "image-generation",
    "diffusion-single-file": "image-generation",
    "stable-baselines3": "other",
    "lerobot": "other",
    "ml-agents": "other",
    "chronos-forecasting": "other",
}
# Tasks whose models produce new content. Language and multimodal models answer with text.
GENERATIVE_SPEECH_TASKS: Final = frozenset({"text-to-speech", "text-to-audio"})
GENERATIVE_GROUPS: Final = frozenset({"language", "multimodal", "image-generation", "video"})
LANGUAGE_GROUPS: Final = frozenset({"language", "multimodal"})

# Upper edges, in parameters.
SIZE_EDGES: Final = (0, 1_000_000_000, 8_000_000_000, 70_000_000_000, float("inf"))
SIZE_BANDS: Final = ("under-1b", "1b-8b", "8b-70b", "over-70b")
SIZE_UNKNOWN: Final = "unknown"
# Combinations are numbered in whole numbers of 64 bits.
_LARGEST: Final = 2**62
# Names that are put in lower case at a time: 20 MB.
_NAMES_AT_ONCE: Final = 500_000

OPEN_LICENSES: Final = frozenset(
    """
    apache-2.0 mit bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear isc unlicense wtfpl zlib cc0-1.0 cc-by-4.0
    cc-by-3.0 cc-by-2.0 cc-by-2.5 cc-by-sa-4.0 cc-by-sa-3.0 gpl gpl-2.0 gpl-3.0 agpl-3.0 lgpl lgpl-2.1 lgpl-3.0
    mpl-2.0 epl-2.0 eupl-1.1 eupl-1.2 artistic-2.0 afl-3.0 ecl-2.0 ms-pl ncsa osl-3.0 postgresql pddl odc-by odbl
    cdla-permissive-1.0 cdla-permissive-2.0 bsl-1.0 ofl-1.1 gfdl lppl-1.3c openmdw-1.0 openmdw-1.1 etalab-2.0
    lgpl-lr c-uda
    """.split()  # noqa: SIM905 - ninety names read better as text
)
_NON_COMMERCIAL_MARKS: Final = r"(?:^|[-_.])(?:nc|non-?commercial|research)(?:[-_.]|$)|fair-noncommercial|mnpl"

_QUANTISED_NAME: Final = (
    r"(?:^|[^a-z0-9])(?:i1-)?(?:gguf|ggml|awq|gptq|exl[23]|mlx|onnx|openvino|coreml|mnn|rknn|bnb|hqq|eetq|"
    r"aqlm|quip|autoround|fp8|nvfp4|mxfp[48]|int[48]|[348]-?bits?|w[48]a(?:8|16)|q[2-8]_[0-9k](?:_[a-z]+)?|"
    r"quantized|quantised|litert|ct2|ctranslate2)(?:$|[^a-z])"
)
_RELATION_OF: Final = {
    "quantized": "quantised",
    "finetune": "fine-tuned",
    "adapter": "adapter",
    "merge": "merge",
}
HELPER: Final = "helper"
RELATIONS: Final = ("original", "quantised", "fine-tuned", "adapter", "merge", HELPER)
# Models that help another one to run: heads and small models that guess its next words, and tokenizers. Names with the
# last two words are as often those of whole models that carry such a head, or are one.
_HEAD: Final = r"dspark|dflash\d?|eagle-?\d|speculators?|medusa|drafter|draft"
_HEAD_WORD: Final = re.compile(rf"(?:^|[^a-z0-9])(?:{_HEAD})(?:$|[^a-z])")
_HELPER_WORD: Final = re.compile(rf"(?:^|[^a-z0-9])(?:{_HEAD}|mtp|assistant)(?:$|[^a-z])")
_TOKENIZER: Final = re.compile(r"tokenizer(?:[-_.](?:v?\d[\d.]*|nano|small|base|large))*$")
_HELPER_NAME: Final = rf"{_HELPER_WORD.pattern}|{_TOKENIZER.pattern}"
# A head has at most a sixth of the parameters of its model (0.33 of 2 billion); half leaves room. Files of a quantised
# model may state an eighth of its parameters, and those of a whole model with a head are named by the last two words,
# so these are told from a head only below that. Where the name tells no size, the largest head known has 3.6 billion,
# and models with a head built in begin at 20.
_HELPER_PART: Final = 0.5
_HELPER_PART_DOUBTFUL: Final = 1 / 8
_HELPER_MOST: Final = 10e9

_EXPERTS: Final = re.compile(r"(?<![a-z0-9.])(\d{1,3})x(\d{1,4}(?:\.\d+)?)b(?![a-z0-9])")
_BILLIONS: Final = re.compile(r"(?<![a-z0-9.])(\d{1,4}(?:\.\d+)?)[-_ ]?b(?![a-z0-9])")
_MILLIONS: Final = re.compile(r"(?<![a-z0-9.])(\d{2,3})m(?![a-z0-9])")


def read_size(model_id: str) -> float | None:
    """Read the number of parameters in a model's name: `8x7B`, else `30B`, else `270M`; None where there is none.

    What an expert or a single step uses (`A3B`, `E4B`) is not the size.
    """
    name = model_id.rpartition("/")[2].lower()
    if found := _EXPERTS.search(name):
        return float(found[1]) * float(found[2]) * 1e9
    if found := _BILLIONS.search(name):
        return float(found[1]) * 1e9
    if found := _MILLIONS.search(name):
        return float(found[1]) * 1e6
    return None


def is_helper(model_id: str, parameters: float | None) -> bool:
    """Return whether a model only helps another one to run: a draft head, a small model that drafts, a tokenizer.

    Args:
        model_id: its name on the Hub.
        parameters: as its files state them; None where they do not.
    """
    name = model_id.rpartition("/")[2].lower()
    if _TOKENIZER.search(name):
        return True
    if not _HELPER_WORD.search(name):
        return False
    whole, is_head = read_size(model_id), bool(_HEAD_WORD.search(name))
    if parameters is None:
        return is_head
    if whole is None or "draft" in name:
        return is_head and parameters < _HELPER_MOST
    if is_head and not re.search(_QUANTISED_NAME, name):
        return parameters < _HELPER_PART * whole
    # Of a GGUF repository the Hub reads one file, perhaps that of the eyes or of the head of a whole model.
    return (is_head or "gguf" not in name) and parameters < _HELPER_PART_DOUBTFUL * whole


def compute_classes(models: pd.DataFrame) -> pd.DataFrame:
    """Compute the classes of every model.

    Args:
        models: one row per model with `id`, `task`, `library`, `license`, `parameters`, `base_relation`,
            `publisher`, `origin`, `origin_basis` and `family_task_group`.

    Returns:
        A frame on the same index with `task_group`, `generative`, `size_band`, `license_class`, `relation`.
    """
    group, relation = compute_task_group(models), compute_relation(models)
    return pd.DataFrame(
        {
            "task_group": group,
            "generative": group.isin(GENERATIVE_GROUPS) | models["task"].isin(GENERATIVE_SPEECH_TASKS),
            "size_band": compute_size_band(models["parameters"]).mask(relation == HELPER, SIZE_UNKNOWN),
            "license_class": compute_license_class(models["license"]),
            "relation": relation,
        },
        index=models.index,
    )


def classify_each(
    models: pa.Table, lineage: Lineage, families: Sequence[Family]
) -> tuple[pd.DataFrame, npt.NDArray[np.int32]]:
    """Compute the classes of many models, each distinct combination of what they depend on only once.

    Args:
        models: one row per model with `id`, `task`, `library`, `license`, `parameters` and `base_relation`.
        lineage: of the same models.
        families: the registry's, to which the lineage's numbers point.

    Returns:
        The distinct classes as `compute_classes` returns them, and the position of each model's.
    """
    is_packed, may_help = _match(models["id"], _QUANTISED_NAME, _HELPER_NAME)
    parameters = models["parameters"].to_numpy().astype("float64")
    marks = [
        *(_number(models[column]) for column in ("task", "library", "license", "base_relation")),
        np.where(np.isnan(parameters), -1, np.digitize(parameters, SIZE_EDGES)),
        lineage.family,
        lineage.basis,
        lineage.origin == lineage.publisher,
        is_packed,
        _find_helpers(models["id"], parameters, may_help),
    ]
    kinds, first = _combine(marks)
    classes = compute_classes(_describe(models, lineage, families, first))
    distinct = classes.drop_duplicates(ignore_index=True)
    number = distinct.reset_index().merge(classes.reset_index(names="kind"), on=list(classes.columns))
    places = number.sort_values("kind")["index"].to_numpy().astype(np.int32)
    return distinct, places[kinds]


def _combine(marks: Sequence[npt.NDArray[Any]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Number the distinct combinations of marks, whole numbers from -1, and return where each stands first."""
    code, size = np.zeros(len(marks[0]), dtype=np.int64), 1
    for mark in marks:
        width = int(mark.max(initial=0)) + 2
        if size * width > _LARGEST:
            code, known = pd.factorize(code)
            size = len(known)
        code, size = code * width + mark + 1, size * width
    kinds, known = pd.factorize(code)
    first = np.empty(len(known), dtype=np.int64)
    first[kinds[::-1]] = np.arange(len(kinds))[::-1]  # the first of each kind is written last
    return kinds, first


def _match(ids: pa.ChunkedArray, *patterns: str) -> list[npt.NDArray[np.bool_]]:
    """Return for each pattern which ids hold it in lower case; a second copy of all ids is never held."""
    found = [np.zeros(len(ids), dtype=bool) for _ in patterns]
    for first in range(0, len(ids), _NAMES_AT_ONCE):
        names = pc.utf8_lower(ids.slice(first, _NAMES_AT_ONCE))
        for marks, pattern in zip(found, patterns, strict=True):
            marks[first : first + len(names)] = pc.match_substring_regex(names, pattern)
    return found


def _find_helpers(
    ids: pa.ChunkedArray, parameters: npt.NDArray[np.float64], possible: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Return which models are helpers; only the possible ones, a few in a thousand, are looked at one by one."""
    found = np.zeros(len(ids), dtype=bool)
    places = np.flatnonzero(possible)
    for place, name in zip(places.tolist(), ids.take(pa.array(places)).to_pylist(), strict=True):
        stated = parameters[place]
        found[place] = is_helper(name, None if np.isnan(stated) else float(stated))
    return found


def _describe(
    models: pa.Table, lineage: Lineage, families: Sequence[Family], places: npt.NDArray[np.int64]
) -> pd.DataFrame:
    """Return what `compute_classes` reads of some models."""
    columns = ["id", "task", "library", "license", "parameters", "base_relation"]
    names = lineage.accounts.to_numpy(zero_copy_only=False)
    groups = np.array([*(family.task_group for family in families), None], dtype=object)
    frame: pd.DataFrame = to_frame(decode_texts(models.select(columns).take(pa.array(places))))
    return frame.assign(
        publisher=pd.Series(names[lineage.publisher[places]], dtype="str"),
        origin=pd.Series(names[lineage.origin[places]], dtype="str"),
        origin_basis=pd.Series(np.array(BASES)[lineage.basis[places]], dtype="str"),
        family_task_group=pd.Series(groups[lineage.family[places]], dtype="str"),
    )


def _number(words: pa.ChunkedArray) -> npt.NDArray[np.int32]:
    """Number the distinct words of a column; a missing one is -1."""
    encoded = pc.dictionary_encode(words).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    return np.asarray(pc.fill_null(encoded.indices, -1), dtype=np.int32)


def compute_task_group(models: pd.DataFrame) -> pd.Series:
    """Return the group of each model's task: by its task, else its family, else its library, else `unstated`."""
    by_task = models["task"].map(TASK_GROUP_OF).where(models["task"].notna())
    unlisted = models["task"].notna() & by_task.isna()
    by_library = models["library"].map(TASK_GROUP_OF_LIBRARY)
    found = by_task.mask(unlisted, "other").fillna(models["family_task_group"]).fillna(by_library)
    return found.fillna("unstated").astype("str")


def compute_size_band(parameters: pd.Series) -> pd.Series:
    """Return the band of each parameter count; the lower edge belongs to the band, the upper does not."""
    bands = pd.cut(
        parameters.astype("Float64").astype("float64"), bins=list(SIZE_EDGES), labels=list(SIZE_BANDS), right=False
    )
    return bands.astype("str").where(parameters.notna(), SIZE_UNKNOWN).astype("str")


def compute_license_class(license_id: pd.Series) -> pd.Series:
    """Return `open`, `conditions` (terms beyond a standard open licence), `non-commercial` or `unstated`."""
    text = license_id.astype("str").str.lower()
    result = pd.Series("conditions", index=license_id.index, dtype="str")
    result = result.mask(text.isin(OPEN_LICENSES), "open")
    result = result.mask(text.str.contains(_NON_COMMERCIAL_MARKS, regex=True, na=False), "non-commercial")
    return result.mask(license_id.isna() | text.isin({"unknown", "none", ""}), "unstated")


def compute_relation(models: pd.DataFrame) -> pd.Series:
    """Return how each model relates to its base.

    A helper by its name and size, whatever its tag. Else by the tag where there is one. Without: a name that tells a
    packed format is `quantised` (which includes conversions); a model whose origin is another account is `fine-tuned`;
    the rest are `original`.
    """
    tagged = models["base_relation"].map(_RELATION_OF)
    derived = (models["origin_basis"] == "tags") | (models["origin"] != models["publisher"])
    plain = pd.Series("original", index=models.index, dtype="str").mask(derived, "fine-tuned")
    packed = models["id"].str.lower().str.contains(_QUANTISED_NAME, regex=True, na=False)
    known = zip(models["id"], models["parameters"], strict=True)
    helps = np.fromiter((is_helper(name, None if pd.isna(size) else float(size)) for name, size in known), dtype=bool)
    return tagged.fillna(plain.mask(packed, "quantised")).mask(helps, HELPER).astype("str")
