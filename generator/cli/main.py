"""The command `oms`: every verb, and what an error looks like."""

import io
import sys

from generator.base.errors import OmsError
from generator.cli import listings, night, reports, verbs
from generator.cli.app import app, err

__all__ = ["app", "listings", "main", "night", "reports", "verbs"]

# What typer ends with when it is stopped by the keyboard, without a word.
STOPPED = 130


def main() -> None:
    """Run the command; an error that the user can act on is one paragraph and exit code 1."""
    debug = "--debug" in sys.argv
    arguments = [argument for argument in sys.argv[1:] if argument != "--debug"]
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that lacks a letter gets a question mark, not a traceback
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
    except SystemExit as stop:
        if stop.code == STOPPED:
            err.print("oms: stopped by the keyboard; what is complete stays, run the same command again to go on.")
        raise
