"""The house: imports run one way, each outside thing has one door, and everything public is described."""

import ast
import subprocess
import sysconfig
from functools import cache
from pathlib import Path
from typing import Final

import pytest

BIN: Final = Path(sysconfig.get_path("scripts"))
ROOT: Final = Path(__file__).resolve().parents[1]
PACKAGE: Final = ROOT / "generator"
MODULES: Final = sorted(path for path in PACKAGE.rglob("*.py"))
NETWORK: Final = frozenset(
    {"huggingface_hub", "httpx", "httpx2", "requests", "urllib", "urllib3", "aiohttp", "socket", "fsspec"}
)
NETWORK_PARTS: Final = frozenset({"http.client", "urllib.request"})
# Words on the command line and in addresses, no network: parsing an address opens no connection.
HARMLESS: Final = frozenset({"urllib.parse", "http.server", "http"})
DOORS: Final = ("base.http", "base.hub", "sources.hub_reader", "sources.archive", "night.remote")
CLOCKS: Final = frozenset({"now", "today", "utcnow"})


def name_of(path: Path) -> str:
    """Return a module's name below the package."""
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")


@cache
def parse(path: Path) -> ast.Module:
    """Parse a module, once for all that is asked of it."""
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


def test_imports_run_one_way() -> None:
    """Each package imports only those before it on the data's road, and no two parts of one import each other."""
    found = subprocess.run([BIN / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert 0 == found.returncode, found.stdout


def test_only_five_doors_lead_to_the_network() -> None:
    """The one client, the Hub's session, and those who read its list, its archives and the repository with it."""
    found = {
        name_of(path): {
            name
            for name in imports_of(path)
            if (name.partition(".")[0] in NETWORK or name in NETWORK_PARTS) and name not in HARMLESS
        }
        for path in MODULES
        if not name_of(path).startswith(DOORS)
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
    found = {name_of(path): reads_of(path) for path in MODULES if not name_of(path).startswith("cli.")}
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


def test_the_method_names_every_module_that_computes() -> None:
    """A number whose computation the method page does not name cannot be followed by a reader."""
    text = (ROOT / "site_src" / "method.md").read_text(encoding="utf-8")
    computing = [name_of(path) for path in MODULES if path.name != "__init__.py" and path.parent == PACKAGE / "star"]
    computing += [name_of(path) for path in MODULES if path.name == "tables.py"]
    wanted = [name for name in computing if name != "star.table"]
    assert [] == [name for name in wanted if f"`{name.replace('.', '/')}.py`" not in text]
