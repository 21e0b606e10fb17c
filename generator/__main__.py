"""`python -m generator` is the command `oms`."""

from generator.cli.main import main

main()
