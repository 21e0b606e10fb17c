"""The command `oms`: every verb, and what an error looks like."""

import io
import signal
import sys
from types import FrameType

from generator.base.errors import OmsError
from generator.cli import listings, night, reports, translations, verbs
from generator.cli.app import app, err

__all__ = ["app", "listings", "main", "night", "reports", "translations", "verbs"]

# What shells give for a command that was stopped by the keyboard.
STOPPED = 130


def main() -> None:
    """Run the command; an error that the user can act on is one paragraph and exit code 1.

    Stopped by the keyboard it ends with one sentence and the code of a stop, whatever the stop was turned into on its
    way: what is interrupted while it closes, lets go of a lock or imports a module raises an error of its own.
    """
    debug = "--debug" in sys.argv
    stops = _note_stops()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter gets a question mark, not a traceback
    try:
        _run([argument for argument in sys.argv[1:] if argument != "--debug"], debug=debug)
    except BaseException as error:
        if not stops or (isinstance(error, SystemExit) and not error.code) or debug:
            raise
        err.print("oms: stopped by the keyboard; what is complete stays, run the same command again to go on.")
        sys.exit(STOPPED)


def _note_stops() -> list[int]:
    """Return a list that gets an entry with each stop by the keyboard, which is raised as ever."""
    stops: list[int] = []

    def stop(number: int, frame: FrameType | None) -> None:
        stops.append(number)
        signal.default_int_handler(number, frame)

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a shell lets its background jobs ignore it
        signal.signal(signal.SIGINT, stop)
    return stops


def _run(arguments: list[str], *, debug: bool) -> None:
    """Run a verb, and say what an error that the user can act on is."""
    try:
        app(args=arguments, prog_name="oms")
    except OmsError as error:
        if debug:
            raise
        err.print(f"oms: {error}")
        sys.exit(1)
    except OSError as error:
        if debug:
            raise
        err.print(f"oms: {error}. The file system refused it: check the path, its permissions and the free space.")
        sys.exit(1)
