"""Models by name: lines of families, sizes from names, medians, and what a laptop holds."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.registry import Family, Registry
from generator.star.known_sizes import classify_laptop, compute_medians, compute_sizes, read_size
from generator.star.named import list_lines


def list_slugs(*families: tuple[str, str]) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return name and families of each line by slug, from families and their origins."""
    rows = [Family(family, family.lower(), origin, "language", "") for family, origin in families]
    return {line.slug: (line.name, line.families) for line in list_lines(rows)}


def test_families_of_one_origin_with_one_first_word_are_a_line() -> None:
    """Versions and variants join; a family built on another maker's model stays alone."""
    assert {
        "qwen": ("Qwen", ("Qwen2.5", "Qwen3", "Qwen-VL")),
        "deepseek-r1-distill-qwen": ("DeepSeek-R1-Distill-Qwen", ("DeepSeek-R1-Distill-Qwen",)),
        "deepseek": ("DeepSeek", ("DeepSeek-V3", "DeepSeek-R1")),
        "k2": ("K2", ("K2",)),
        "gpt-2": ("GPT-2", ("GPT-2",)),
    } == list_slugs(
        ("Qwen2.5", "Qwen"),
        ("Qwen3", "Qwen"),
        ("Qwen-VL", "Qwen"),
        ("DeepSeek-R1-Distill-Qwen", "Qwen"),
        ("DeepSeek-V3", "deepseek-ai"),
        ("DeepSeek-R1", "deepseek-ai"),
        ("K2", "LLM360"),
        ("GPT-2", "openai-community"),
    )


def test_two_lines_of_one_name_have_two_slugs() -> None:
    """The second one has its origin behind the name."""
    found = list_slugs(("ViT", "google"), ("ViT SigLIP", "google"), ("ViT MAE", "facebook"), ("ViT DINO", "facebook"))
    assert {"vit": ("ViT", ("ViT", "ViT SigLIP")), "vit-facebook": ("ViT", ("ViT MAE", "ViT DINO"))} == found


def test_a_line_has_no_name_that_a_computer_keeps_for_itself() -> None:
    """A file `con.svg` cannot be written on Windows, and `index` is a folder's page."""
    found = list_slugs(("Con", "acme"), ("Index", "acme"), ("COM1", "Zeta"))
    assert ["con-acme", "index-acme", "com1-zeta"] == list(found)


def test_the_real_families_have_the_lines_that_claims_name(registry: Registry) -> None:
    """Each family is in one line, and four lines have the slugs that claims are written with."""
    lines = {line.slug: line for line in list_lines(registry.families)}
    assert {"Qwen": "Qwen", "DeepSeek": "deepseek-ai", "Llama": "meta-llama", "Gemma": "google"} == {
        lines[slug].name: lines[slug].origin for slug in ("qwen", "deepseek", "llama", "gemma")
    }
    members = [family for line in lines.values() for family in line.families]
    assert sorted({row.family for row in registry.families}) == sorted(members)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("unsloth/Qwen3-30B-A3B-GGUF", 30e9),  # what a step uses is not the size
        ("a/Mixtral-8x7B-v0.1-GGUF", 56e9),
        ("a/Qwen2.5-0.5B-Instruct-AWQ", 0.5e9),
        ("a/gemma-3-270m-it-GGUF", 270e6),
        ("a/Qwen2.5-7B-Instruct-1M-GGUF", 7e9),  # a million tokens, not parameters
        ("a/gemma-3n-E4B-it-GGUF", None),
        ("a/Phi-3-mini-4k-instruct-gguf", None),
        ("70b/Phi-3-mini", None),  # the account is not the name
        ("a/model-4bit", None),
        ("a/llama-3.1-8b_q4", 8e9),
    ],
)
def test_sizes_in_names(name: str, size: float | None) -> None:
    """The number before B or M, standing by itself."""
    assert size == read_size(name)


def make_frame(*rows: tuple[str, str, int | None]) -> pd.DataFrame:
    """Make models from id, relation and stated parameters."""
    frame = pd.DataFrame(rows, columns=["id", "relation", "parameters"])
    return frame.astype({"parameters": "float64"})


def test_a_quantised_model_is_read_by_its_name() -> None:
    """Packed numbers are not believed; where the files state more than the name, they are."""
    found = compute_sizes(
        make_frame(
            ("a/plain-70B", "original", 7_000_000_000),  # its name is not read
            ("a/packed-70B-GGUF", "quantised", 2_000_000_000),
            ("a/experts-17B-FP8", "quantised", 400_000_000_000),
            ("a/nothing-GGUF", "quantised", 2_000_000_000),
            ("a/nothing", "original", None),
        )
    )
    assert [7e9, 70e9, 400e9] == found["size"].dropna().tolist()
    assert ["stated", "name", "name", "unknown", "unknown"] == found["size_basis"].tolist()


def compute_median(sizes: pd.Series, downloads: pd.Series) -> float | None:
    """Compute the median of models that are one group."""
    models = pd.DataFrame({"size": sizes, "downloads": downloads, "group": "one"})
    return compute_medians(models, ["group"]).get("one")


def test_the_median_is_where_half_of_the_downloads_are_reached() -> None:
    """10 + 30 of 70 are more than half; unknown sizes do not count; an exact half is enough."""
    sizes = pd.Series([9.0, 1.0, 3.0, None])
    assert 3.0 == compute_median(sizes, pd.Series([30.0, 10.0, 30.0, 500.0]))
    assert 1.0 == compute_median(sizes, pd.Series([20.0, 50.0, 30.0, 0.0]))
    assert compute_median(sizes, pd.Series([0.0, 0.0, 0.0, 5.0])) is None


@given(st.lists(st.tuples(st.integers(1, 10**12), st.integers(1, 10**9)), min_size=1, max_size=30), st.randoms())
def test_the_median_lies_among_the_sizes_and_order_does_not_matter(
    rows: list[tuple[int, int]], random: "st.Random"
) -> None:
    """It is one of the sizes; no more than half of the downloads are below it, no more than half above."""
    sizes, downloads = (pd.Series(column, dtype="float64") for column in zip(*rows, strict=True))
    median = compute_median(sizes, downloads)
    assert median in set(sizes)
    assert downloads[sizes < median].sum() <= downloads.sum() / 2
    assert downloads[sizes > median].sum() <= downloads.sum() / 2
    shuffled = random.sample(rows, len(rows))
    again = [pd.Series(column, dtype="float64") for column in zip(*shuffled, strict=True)]
    assert median == compute_median(*again)


def test_a_laptop_holds_eighteen_gigabytes_of_weights() -> None:
    """9 billion at two bytes, 32 billion at 4.5 bits; both edges belong to it."""
    frame = pd.DataFrame(
        {
            "relation": ["original", "original", "quantised", "quantised", "original"],
            "size": [9e9, 9.1e9, 32e9, 33e9, None],
        }
    )
    assert ["whole", "larger", "quantised", "larger", "unknown"] == classify_laptop(frame).tolist()
