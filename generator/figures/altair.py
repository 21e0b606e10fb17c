"""Altair's names, for all that draws: the library is imported when the first of them is used.

Importing it takes half a CPU second, and a build whose figures are all there draws nothing.
"""

from contextlib import AbstractContextManager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

_OWN: Final = frozenset({"Chart", "LayerChart"})

if TYPE_CHECKING:
    from altair import *  # noqa: F403 - its own list of names, so that types are checked
else:

    def __getattr__(name: str) -> Any:
        """Return what Altair has under a name; charts are those whose copies share what they hold."""
        return getattr(import_module("generator.figures.charts" if name in _OWN else "altair"), name)


def skip_checks() -> AbstractContextManager[None]:
    """Build charts without a look at the schema while this is open."""
    from altair.utils.schemapi import debug_mode

    return debug_mode(arg=False)
