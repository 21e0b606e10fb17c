"""Classes of a model: task group, size band, licence class, relation."""

import pandas as pd
import pytest

from generator.ledger.classify import (
    TASK_GROUP_OF,
    compute_classes,
    compute_license_class,
    compute_relation,
    compute_size_band,
    is_helper,
)
from generator.registry import TASK_GROUPS

# The Hub's list of tasks, `packages/tasks/src/pipelines.ts` of huggingface.js, read in November 2026; the ones that
# it hides in the models' filter stand in the second group.
HUB_TASKS = """
any-to-any audio-classification audio-text-to-text audio-to-audio automatic-speech-recognition depth-estimation
document-question-answering feature-extraction fill-mask graph-ml image-classification image-feature-extraction
image-segmentation image-text-to-image image-text-to-text image-text-to-video image-to-3d image-to-image image-to-text
image-to-video keypoint-detection mask-generation object-detection question-answering reinforcement-learning robotics
sentence-similarity summarization table-question-answering tabular-classification tabular-regression
text-classification text-generation text-ranking text-to-3d text-to-audio text-to-image text-to-speech text-to-video
text2text-generation time-series-forecasting token-classification translation unconditional-image-generation
video-classification video-text-to-text video-to-video visual-document-retrieval visual-question-answering
voice-activity-detection zero-shot-classification zero-shot-image-classification zero-shot-object-detection

multiple-choice other text-retrieval
""".split()  # noqa: SIM905 - fifty names read better as text


def classes_of(**changes: object) -> dict[str, object]:
    """Return the classes of one model; what is not named is missing."""
    columns = ("task", "library", "license", "base_relation", "family_task_group")
    row = dict.fromkeys(columns) | {
        "id": "a/model", "parameters": pd.NA, "publisher": "a", "origin": "a", "origin_basis": "self", **changes,
    }  # fmt: skip
    frame = pd.DataFrame([row]).astype(dict.fromkeys(columns, "str") | {"parameters": "Int64"})
    return compute_classes(frame).iloc[0].to_dict()


@pytest.mark.parametrize("task", HUB_TASKS)
def test_each_task_of_the_hub_has_a_group(task: str) -> None:
    """No task of the Hub's list falls through."""
    assert TASK_GROUP_OF[task] in TASK_GROUPS


@pytest.mark.parametrize(
    ("facts", "group"),
    [
        ({"task": "text-generation"}, "language"),
        ({"task": "image-text-to-text"}, "multimodal"),
        ({"task": "something-new"}, "other"),
        ({"library": "timm"}, "vision"),
        ({"library": "transformers"}, "unstated"),
        ({"family_task_group": "language"}, "language"),
        ({"task": "text-to-image", "library": "timm", "family_task_group": "language"}, "image-generation"),
        ({"library": "sentence-transformers", "family_task_group": "language"}, "language"),
        ({}, "unstated"),
    ],
)
def test_the_group_comes_from_task_then_family_then_library(facts: dict[str, object], group: str) -> None:
    """The most telling fact that there is decides; a task that nobody has heard of is `other`."""
    assert group == classes_of(**facts)["task_group"]


@pytest.mark.parametrize(
    ("parameters", "band"),
    [
        (0, "under-1b"),
        (999_999_999, "under-1b"),
        (1_000_000_000, "1b-8b"),
        (7_999_999_999, "1b-8b"),
        (8_000_000_000, "8b-70b"),
        (69_999_999_999, "8b-70b"),
        (70_000_000_000, "over-70b"),
        (2_400_000_000_000, "over-70b"),
        (None, "unknown"),
    ],
)
def test_the_lower_edge_belongs_to_its_band(parameters: int | None, band: str) -> None:
    """Bands meet without a gap or an overlap."""
    assert [band] == compute_size_band(pd.Series([parameters], dtype="Int64")).tolist()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("apache-2.0", "open"),
        ("Apache-2.0", "open"),
        ("mit", "open"),
        ("cc-by-4.0", "open"),
        ("llama3.1", "conditions"),
        ("gemma", "conditions"),
        ("other", "conditions"),
        ("openrail", "conditions"),
        ("cc-by-nd-4.0", "conditions"),
        ("cc-by-nc-4.0", "non-commercial"),
        ("cc-by-nc-sa-4.0", "non-commercial"),
        ("fair-noncommercial-research-license", "non-commercial"),
        ("intel-research", "non-commercial"),
        ("unknown", "unstated"),
        (None, "unstated"),
    ],
)
def test_licences_fall_into_four_classes(name: str | None, expected: str) -> None:
    """Open, with conditions, non-commercial, unstated."""
    assert [expected] == compute_license_class(pd.Series([name], dtype="str")).tolist()


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "original"),
        ({"base_relation": "quantized"}, "quantised"),
        ({"base_relation": "finetune", "id": "a/model-GGUF"}, "fine-tuned"),
        ({"base_relation": "adapter"}, "adapter"),
        ({"base_relation": "merge"}, "merge"),
        ({"base_relation": "something"}, "original"),
        ({"id": "a/model-GGUF"}, "quantised"),
        ({"id": "a/model-4bit"}, "quantised"),
        ({"id": "a/model-AWQ", "origin": "b"}, "quantised"),
        ({"id": "a/model-8b"}, "original"),
        ({"id": "a/longgguff"}, "original"),
        ({"origin": "b"}, "fine-tuned"),
        ({"origin_basis": "tags"}, "fine-tuned"),
    ],
)
def test_the_relation_is_read_from_the_tag_and_then_from_the_name(facts: dict[str, object], expected: str) -> None:
    """A tag decides; a packed format in the name comes next; another account's origin is a fine-tune."""
    assert expected == classes_of(**facts)["relation"]


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ("text-generation", True),
        ("image-text-to-text", True),
        ("text-to-image", True),
        ("text-to-video", True),
        ("text-to-speech", True),
        ("automatic-speech-recognition", False),
        ("feature-extraction", False),
        (None, False),
    ],
)
def test_generative_models_produce_new_content(task: str | None, expected: bool) -> None:
    """Text, images, video and speech are produced; transcripts and vectors are not."""
    assert expected == classes_of(task=task)["generative"]


def test_relation_of_no_models_is_no_relation() -> None:
    """An empty frame gives an empty series."""
    empty = pd.DataFrame({name: pd.Series(dtype="str") for name in ("id", "base_relation", "origin", "origin_basis")})
    empty = empty.assign(publisher=empty["origin"], parameters=pd.Series(dtype="Int64"))
    assert [] == compute_relation(empty).tolist()


@pytest.mark.parametrize(
    ("model_id", "billions", "expected"),
    [
        # A head of a few billions beside a model that the name gives no size of; the first has most downloads of all.
        ("RadixArk/Kimi-K3-DSpark", 2.25, True),
        ("lightseekorg/kimi-k2.6-eagle3-mla", 3.02, True),
        ("RedHatAI/Llama-3.3-70B-Instruct-speculator.eagle3", 2.45, True),
        ("z-lab/Qwen3-4B-DFlash-b16", 0.54, True),
        ("mlx-community/Qwen3.6-35B-A3B-DFlash2-4bit", 0.53, True),
        ("mlx-community/Qwen3.8-27B-MTP-bf16", 0.42, True),
        ("google/gemma-4-26B-A4B-it-qat-q4_0-unquantized-assistant", 0.42, True),
        ("alamios/DeepSeek-R1-DRAFT-Qwen2.5-0.5B", 0.49, True),
        ("somebody/Qwen3.6-27B-EAGLE3", None, True),
        ("OpenMOSS-Team/MOSS-Audio-Tokenizer-v2", 2.0, True),
        # Whole models that carry a head, or that are called so.
        ("deepseek-ai/DeepSeek-V4-Flash-DSpark", 165.3, False),
        ("sakamakismile/Qwen3.8-27B-MTP-NVFP4", 27.4, False),
        ("somebody/Qwen3.8-27B-MTP-AWQ", 5.2, False),  # packed: an eighth and the embeddings
        ("somebody/Qwen3.8-27B-oQ4e-mtp", 4.93, False),
        ("HauhauCS/Qwen3.8-27B-Uncensored-HauhauCS-Aggressive-MTP-GGUF", 1.86, False),  # of one file of many
        ("somebody/Tiny-MTP", None, False),
        ("nvidia/Eagle2.5-8B", 8.07, False),
        ("eekay/Llama-3.1-8B-Instruct-eagle-numbers-ft", 8.0, False),
        ("pablogrant/helpful-assistant", 1.0, False),
        ("somebody/BabyLM-130M-tokenizer_bilingual", 0.1, False),
    ],
)
def test_helpers_are_told_by_name_and_size(model_id: str, billions: float | None, expected: bool) -> None:
    """Draft heads, small models that draft, tokenizers; a model with a head built in is a model."""
    assert is_helper(model_id, None if billions is None else billions * 1e9) is expected


def test_a_helper_is_no_adapter_and_has_no_band() -> None:
    """Whatever its tag says; its licence stays its own."""
    found = classes_of(id="a/Big-70B-EAGLE3", parameters=2_000_000_000, base_relation="adapter", license="mit")
    assert (found["relation"], found["size_band"], found["license_class"]) == ("helper", "unknown", "open")
