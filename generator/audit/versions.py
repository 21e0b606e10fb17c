"""What a published number was made with: versions and hashes of code, method, registry and ledger."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from generator import __version__
from generator.base.files import hash_file

PACKAGE: Final = Path(__file__).parents[1]
REGISTRY: Final = PACKAGE / "registry"


@dataclass(frozen=True)
class Versions:
    """The versions behind a site; hashes are SHA-256.

    Attributes:
        code: the program's version.
        code_sha256: of its modules and templates.
        method: the version of the method, which is the program's.
        registry_sha256: of the registry's tables.
        ledger_sha256: of the ledger's manifest, which names every file of it by hash; empty without a ledger.
    """

    code: str
    code_sha256: str
    method: str
    registry_sha256: str
    ledger_sha256: str


def read_versions(store: Path) -> Versions:
    """Read the versions of this program and of a store's ledger."""
    code = [*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.j2"), *(PACKAGE.parent / "templates").rglob("*.j2")]
    manifest = store / "ledger" / "manifest.json"
    return Versions(
        code=__version__,
        code_sha256=_hash_files(code, PACKAGE.parent),
        method=__version__,
        registry_sha256=_hash_files(REGISTRY.glob("*.csv"), REGISTRY),
        ledger_sha256=hash_file(manifest) if manifest.exists() else "",
    )


def _hash_files(paths: Iterable[Path], root: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.relative_to(root).as_posix().encode() + b"\n" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
