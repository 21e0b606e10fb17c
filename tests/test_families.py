"""Families: names that must and must not be found, agreement with declared bases, and the registry's own order."""

import gzip
import json
import re

import pytest

from generator.ledger.lineage import FamilyMatcher
from generator.registry import Registry
from generator.registry.cells import WEB_ADDRESS
from tests.realdata import DATA, needs

RECENT = DATA / "recent-models-2026-08"
# By downloads, of the models that declare a base and whose name tells a family; 0.996 on 2026-11-24.
LEAST_AGREEMENT = 0.98
# Families whose short names stand inside common words: dolphin, wander, stepwise, lingual.
SHORT_NAMES = {
    "Phi": "phi",
    "Yi": "yi",
    "Wan": "wan(?:animate|video)?",
    "Ling": "ling",
    "GPT-2": "(?:dialo)?gpt",
    "T5": "t5",
    "E5": "e5",
    "BGE": "bge",
}


@pytest.fixture(scope="module")
def matcher(registry: Registry) -> FamilyMatcher:
    """Of the real registry."""
    return FamilyMatcher(registry.families)


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("a/Yichat-7b", None),
        ("a/philosophy-tutor", None),
        ("a/phishing-detector", None),
        ("a/llamaindex-demo", None),
        ("a/gemstones-classifier", None),
        ("a/wander-bot", None),
        ("a/mistralish", None),
        ("a/fluxional", None),
        ("a/dianna-v1", None),
        ("a/kimi-agent", None),
        ("a/alberta-weather", None),
        ("a/Phi-4-mini-instruct-GGUF", "microsoft"),
        ("a/Yi-34B-Chat-AWQ", "01-ai"),
        ("a/TinyLlama-1.1B-Chat", "TinyLlama"),
        ("a/albert-base-v2", "albert"),
        ("a/distilbert-base-uncased", "distilbert"),
        ("a/xlm-roberta-base", "FacebookAI"),
        ("a/DeepSeek-R1-Distill-Qwen-7B", "Qwen"),
        ("a/DeepSeek-R1-Distill-Llama-8B", "meta-llama"),
        ("a/Hermes-4-14B", "Qwen"),
        ("a/Huihui-Qwen3.8-27B-abliterated", "Qwen"),
        ("a/tiny-Qwen2ForCausalLM-2.5", "Qwen"),
        ("moondream/moondream3-preview", "moondream"),
        ("moondream/moondream3.1-9B-A2B", "moondream"),
        ("vikhyatk/moondream2", "vikhyatk"),
        ("lllyasviel/FramePackI2V_HY", "tencent"),
        ("lllyasviel/FramePack_F1_I2V_HY_20250503", "tencent"),
        ("yisol/IDM-VTON", "stabilityai"),
        ("fluently/Fluently-XL-v3", "stabilityai"),
        ("fluently/FluentlyQwen3-1.7B", None),
        ("Corcelio/mobius", "stabilityai"),
        ("a/mobius-tts", None),
        ("internlm/Intern-S2-Mobius", "internlm"),
        ("TheMistoAI/MistoLine", "stabilityai"),
        ("nlpai-lab/KURE-v1", "BAAI"),
        ("nlpai-lab/KoE5", "intfloat"),
        ("ricdomolm/mini-coder-1.7b", "Qwen"),
        ("a/mini-encoder", None),
        ("NAMAA-Space/Qari-OCR-v0.3-VL-2B-Instruct", "Qwen"),
        ("Comfy-Org/ltx-2", "Lightricks"),
        ("cagliostrolab/animagine-xl-4.0", "stabilityai"),
    ],
)
def test_a_tricky_name(matcher: FamilyMatcher, name: str, origin: str | None) -> None:
    """A part of a word is no family; the special pattern goes before the general one."""
    found = matcher.find(name)
    assert origin == (found.origin if found else None)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("cagliostrolab/animagine-xl-4.0", "Animagine XL"),
        ("facebook/wav2vec2-base-960h", "wav2vec2"),
        ("facebook/wav2vec2-xls-r-300m", "XLS-R"),
        ("jonatasgrosman/wav2vec2-large-xlsr-53-japanese", "XLS-R"),
        ("techsword/wav2vec-large-xlsr-53-frisian-fame", "XLS-R"),
        ("facebook/w2v-bert-2.0", "w2v-BERT 2.0"),
        ("facebook/dino-vits16", "DINO"),
        ("facebook/dinov2-small", "DINOv2"),
        ("facebook/dinov3-vitl16-pretrain-lvd1689m", "DINOv3"),
        ("IDEA-Research/grounding-dino-base", "Grounding DINO"),
        ("moondream/moondream3-preview", "Moondream 3"),
    ],
)
def test_what_was_released_otherwise_is_a_family_of_its_own(matcher: FamilyMatcher, name: str, family: str) -> None:
    """Other data, another licence or another maker: one row of openness cannot stand for both."""
    found = matcher.find(name)
    assert family == (found.family if found else None)


@needs(RECENT)
def test_names_agree_with_declared_bases(matcher: FamilyMatcher, registry: Registry) -> None:
    """Of a model with one declared base and a telling name, both lead to the same account."""
    agreed, all_counted = 0, 0
    with gzip.open(RECENT / "models_2026-08-22T2000Z.jsonl.gz", "rt") as file:
        for row in map(json.loads, file):
            bases = {tag.rpartition(":")[2] for tag in row["tags"] or [] if tag.startswith("base_model:")}
            own, base = matcher.find(row["id"]), matcher.find(next(iter(bases), ""))
            if len(bases) == 1 and own and base:
                all_counted += row["downloads_30d"] or 0
                same = registry.canonical(own.origin) == registry.canonical(base.origin)
                agreed += same * (row["downloads_30d"] or 0)
    assert LEAST_AGREEMENT <= agreed / all_counted


def list_ids() -> set[str]:
    """List every model's id in the data at hand."""
    ids = set()
    for path in (*DATA.glob("*/*.jsonl.gz"), *DATA.glob("top-of-hub-2026-08/*.json")):
        if path.suffix == ".gz":
            with gzip.open(path, "rt") as file:
                ids |= {row.get("id") or row["name"] for row in map(json.loads, file)}
        else:
            ids |= {row["id"] for row in json.loads(path.read_text())["models"]}
    return ids


@needs(RECENT)
def test_short_names_are_whole_words_in_all_ids(matcher: FamilyMatcher) -> None:
    """Of more than 30,000 ids, none that has a short family's letters only inside a longer word is taken for it."""
    ids, wrong, found = list_ids(), [], dict.fromkeys(SHORT_NAMES, 0)
    for model_id in ids:
        family = matcher.find(model_id)
        if family and family.family in SHORT_NAMES:
            found[family.family] += 1
            letters = SHORT_NAMES[family.family]
            if not re.search(rf"(?<![a-z0-9]){letters}(?![a-z])", model_id.partition("/")[2].lower()):
                wrong.append(model_id)
    assert 30_000 < len(ids)
    assert [] == wrong
    assert 0 < min(found.values())


def test_there_are_many_families(registry: Registry) -> None:
    """By name; a family may have several patterns."""
    assert 120 <= len({row.family for row in registry.families})


def test_every_origin_is_an_account_of_the_registry(registry: Registry) -> None:
    """So that each has a country or a category on purpose."""
    assert [] == sorted({row.origin for row in registry.families if registry.find(row.origin) is None})


def test_every_source_is_a_web_address(registry: Registry) -> None:
    """Of publishers with evidence, and of every openness row."""
    urls = [row.source_url for row in registry.publishers.values() if row.basis != "unverified"]
    urls += [row.source_url for row in registry.openness]
    assert [] == [url for url in urls if not WEB_ADDRESS.fullmatch(url)]


def test_no_note_names_a_numbered_rule(registry: Registry) -> None:
    """The method has no numbers; a note says the reason in words."""
    assert [] == [row.handle for row in registry.publishers.values() if "rule " in row.note]
