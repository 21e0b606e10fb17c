"""`python -m generator` is the command `oms`."""

from generator.cli import main

main()
