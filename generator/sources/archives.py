"""The archives of past counts by the names that the command line has for them."""

from typing import Final

from generator.base.errors import FetchError
from generator.sources import pulse
from generator.sources.archive import HUB_STATS, WEEKLY, Archive
from generator.sources.pulse import Step, make_pulse

NAMES: Final = (pulse.NAME, WEEKLY.name, HUB_STATS.name)


def choose_archive(name: str, step: str = "", *, ends: bool = False) -> Archive:
    """Return the archive of a name.

    Args:
        name: one of `NAMES`.
        step: `days`, `weeks` or `months`, where the archive has them all; empty for weeks.
        ends: only the first and the last day of a span.

    Raises:
        FetchError: there is no such archive, or it cannot be read so.
    """
    if name not in NAMES:
        raise FetchError(f"The source is {name!r}; one of {', '.join(NAMES)} was expected.")
    if name != pulse.NAME:
        if step or ends:
            raise FetchError(
                f"--step and --ends are for --source {pulse.NAME}: {name} has files of one kind. Leave them out."
            )
        return WEEKLY if name == WEEKLY.name else HUB_STATS
    if step and (ends or step not in set(Step)):
        raise FetchError(
            f"The step is {step!r}{' with --ends' if ends else ''}; one of {', '.join(Step)}, or --ends alone, was "
            "expected."
        )
    return make_pulse(Step(step or Step.WEEKS), ends=ends)
