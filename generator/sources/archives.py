"""The archives of past counts: their names on the command line, whose they are, and what their licences ask for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from generator.base.errors import FetchError
from generator.sources import pulse
from generator.sources.archive import HUB_STATS, WEEKLY, Archive
from generator.sources.pulse import Step, make_pulse

NAMES: Final = (pulse.NAME, WEEKLY.name, HUB_STATS.name)


@dataclass(frozen=True)
class Notice:
    """Whose an archive is, as it stands wherever its numbers do.

    Attributes:
        title: its name and its maker's.
        licenses: SPDX ids of its licence, and of that of what it was made from.
        made_from: what that is, with its maker; empty where it reads the Hub.
        is_shared_alike: whether a database that adds up its rows is derived from it, and offered under its licence.
    """

    title: str
    licenses: tuple[str, ...]
    made_from: str = ""
    is_shared_alike: bool = False

    @property
    def text(self) -> str:
        """Return it in one line."""
        own = f"{self.title}, {self.licenses[0]}"
        return f"{own}, from {self.made_from}, {self.licenses[-1]}" if self.made_from else own


_HUB_STATS_MAKER: Final = "hub-stats (C. Fahlgren)"
# By the source that an interval names.
NOTICES: Final[Mapping[str, Notice]] = {
    pulse.REPO: Notice("Model Pulse (T. Stekel)", ("Apache-2.0", "Apache-2.0"), _HUB_STATS_MAKER),
    WEEKLY.repo: Notice(
        "Hub weekly snapshots (hfmlsoc)", ("ODbL-1.0", "Apache-2.0"), _HUB_STATS_MAKER, is_shared_alike=True
    ),
    HUB_STATS.repo: Notice(_HUB_STATS_MAKER, ("Apache-2.0",)),
}
LICENSE: Final = {
    "name": "CC-BY-4.0",
    "title": "Creative Commons Attribution 4.0 International",
    "path": "https://creativecommons.org/licenses/by/4.0/",
}
# Of the weekly archive of past counts; what adds up its weeks is derived from its database.
SHARE_ALIKE: Final = {
    "name": "ODbL-1.0",
    "title": "Open Data Commons Open Database License 1.0",
    "path": "https://opendatacommons.org/licenses/odbl/1-0/",
}


def is_shared_alike(sources: Iterable[str]) -> bool:
    """Return whether what adds up intervals of these sources is offered under the licence of one of them."""
    return any(NOTICES[source].is_shared_alike for source in sources if source in NOTICES)


def find_licenses(sources: Iterable[str]) -> list[Mapping[str, str]]:
    """Find the licences of what adds up intervals of these sources: name, title and address of each."""
    return [LICENSE, SHARE_ALIKE] if is_shared_alike(sources) else [LICENSE]


def choose_archive(name: str, step: str = "", *, ends: bool = False) -> Archive:
    """Return the archive of a name.

    Args:
        name: one of `NAMES`.
        step: `days`, `weeks` or `months`; empty for the archive's own, weeks where it has them all.
        ends: only the first and the last day of a span.

    Raises:
        FetchError: there is no such archive, or it cannot be read so.
    """
    if name not in NAMES:
        raise FetchError(f"The source is {name!r}; one of {', '.join(NAMES)} was expected.")
    if name != pulse.NAME:
        archive, own = (WEEKLY, Step.WEEKS) if name == WEEKLY.name else (HUB_STATS, Step.DAYS)
        if ends or step not in {"", own}:
            raise FetchError(
                f"The archive {name} is read in {own} alone: leave --ends out, and --step, or choose {pulse.NAME}."
            )
        return archive
    if step and (ends or step not in set(Step)):
        raise FetchError(
            f"The step is {step!r}{' with --ends' if ends else ''}; one of {', '.join(Step)}, or --ends alone, was "
            "expected."
        )
    return make_pulse(Step(step or Step.WEEKS), ends=ends)
