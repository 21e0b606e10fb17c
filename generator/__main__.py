"""`python -m generator` is the command `oms`."""

from generator.cli.verbs import main

main()
