"""The house: imports run one way, each outside thing has one door, and everything public is described."""

import ast
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = ROOT / "generator"
MODULES: Final = sorted(path for path in PACKAGE.rglob("*.py"))
# From the ground up; a module imports its own layer and those before it. Names are modules or packages.
LAYERS: Final = (
    ("errors", "settings", "swap", "scope"),
    ("issues",),
    ("encode",),
    ("registry",),
    ("snapshot",),
    ("sources",),
    ("lineage",),
    ("classify",),
    ("flows",),
    ("ledger", "seam"),
    ("thinning",),
    ("store", "versions", "nights"),
    ("merge",),
    ("metrics", "checks"),
    ("report", "status", "review", "corrections", "withdrawals", "checking", "operations", "nightreport"),
    ("i18n", "words"),
    ("sentences", "headlines"),
    ("charts",),
    ("figures", "pages", "datafiles", "statusfiles", "mdfigures", "feeds"),
    ("publish", "policy"),
    ("site",),
    ("verify",),
    ("packs",),
    ("remote", "live"),
    ("build", "backfill"),
    ("nightly",),
    ("cli", "__main__"),
)
RANK: Final = {name: rank for rank, names in enumerate(LAYERS) for name in names}
PURE: Final = ("metrics", "checks", "report", "sentences", "charts", "pages")
NETWORK: Final = frozenset(
    {"huggingface_hub", "httpx", "httpx2", "requests", "urllib", "urllib3", "aiohttp", "socket", "fsspec"}
)
NETWORK_PARTS: Final = frozenset({"http.client", "urllib.request"})
# Words on the command line and in addresses, no network: parsing an address opens no connection.
HARMLESS: Final = frozenset({"urllib.parse", "http.server", "http"})
CLOCKS: Final = frozenset({"now", "today", "utcnow"})


def name_of(path: Path) -> str:
    """Return a module's name below the package."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


def layer_of(name: str) -> str:
    """Return the first part of a module's name; `pages_registry` is a part of `pages`."""
    first = name.partition(".")[0]
    return first if first in RANK else first.partition("_")[0]


def parse(path: Path) -> ast.Module:
    """Parse a module."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> set[str]:
    """Return the dotted names that a module imports, wherever the statement stands."""
    nodes = list(ast.walk(parse(path)))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    origin = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
    own = {
        f"generator.{alias.name}"
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module == "generator"
        for alias in node.names
        if alias.name != "__version__"
    }
    return plain | origin | own


def own_imports_of(path: Path) -> set[str]:
    """Return the layers of this package that a module imports."""
    return {layer_of(name.removeprefix("generator.")) for name in imports_of(path) if name.startswith("generator.")}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    """A module imports from its own layer and from those below it, never from above."""
    layer = layer_of(name_of(path))
    if layer == "":  # the package's own __init__
        assert set() == own_imports_of(path)
        return
    assert [] == [name for name in sorted(own_imports_of(path)) if RANK[name] > RANK[layer]]


def test_the_pure_modules_touch_neither_store_nor_sources_nor_publisher() -> None:
    """Numbers, sentences and pictures come from records alone."""
    found = {
        name_of(path): own_imports_of(path) & {"sources", "store", "publish"}
        for path in MODULES
        if layer_of(name_of(path)) in PURE
    }
    assert {} == {name: names for name, names in found.items() if names}


def test_only_five_doors_lead_to_the_network() -> None:
    """The Hub's list, the archive, the dataset repository, the published site, the issues: nothing else connects."""
    found = {
        name_of(path): {
            name
            for name in imports_of(path)
            if (layer_of(name) in NETWORK or name in NETWORK_PARTS) and name not in HARMLESS
        }
        for path in MODULES
        if not name_of(path).startswith(("sources.hub", "sources.archive", "remote", "live", "issues"))
    }
    assert {} == {name: names for name, names in found.items() if names}


def reads_of(path: Path) -> set[str]:
    """Return what a module reads of clock and environment: `x.now`, `x.today`, `time.time`, `os.environ`."""
    attributes = [node for node in ast.walk(parse(path)) if isinstance(node, ast.Attribute)]
    texts = {ast.unparse(node) for node in attributes}
    clocks = {ast.unparse(node) for node in attributes if node.attr in CLOCKS and not is_ours(node)}
    return clocks | (texts & {"time.time", "time.time_ns", "os.environ", "os.getenv", "sys.argv"})


def is_ours(node: ast.Attribute) -> bool:
    """Tell a record's own `today` from the clock's: the clock's stands behind `date` or `datetime`."""
    return not ast.unparse(node.value).endswith(("date", "datetime"))


def test_only_the_command_line_reads_clock_and_environment() -> None:
    """Every other module is given `today` and its settings."""
    found = {name_of(path): reads_of(path) for path in MODULES if layer_of(name_of(path)) not in {"cli", "__main__"}}
    assert {} == {name: names for name, names in found.items() if names}


def public_nodes(path: Path) -> list[tuple[str, ast.Module | ast.ClassDef | ast.FunctionDef]]:
    """Return the module and its public classes, functions and methods of public classes, with their names."""
    module = parse(path)
    top = [node for node in module.body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    public = [node for node in top if not node.name.startswith("_")]
    methods = [
        (f"{outer.name}.{node.name}", node)
        for outer in public
        if isinstance(outer, ast.ClassDef)
        for node in outer.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    return [("module", module), *((node.name, node) for node in public), *methods]


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_everything_public_has_a_docstring(path: Path) -> None:
    """Modules, classes, functions, methods; an empty package file has nothing to describe."""
    if not path.read_text(encoding="utf-8").strip():
        return
    assert [] == [name for name, node in public_nodes(path) if not ast.get_docstring(node)]


def test_the_method_names_every_module_of_the_metrics() -> None:
    """A number whose computation the method page does not name cannot be followed by a reader."""
    text = (ROOT / "site_src" / "method.md").read_text(encoding="utf-8")
    folders = (PACKAGE / "metrics", PACKAGE / "metrics" / "topics")
    names = [path.stem for path in MODULES if path.parent in folders and path.stem not in {"__init__", "table"}]
    assert [] == [name for name in names if f"/{name}.py" not in text]
