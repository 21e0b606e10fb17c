"""The command `oms`: verbs, clock, environment."""
