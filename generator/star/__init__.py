"""Ledger, registry and window weights, joined: definitions, shares, models and publishers by window."""
