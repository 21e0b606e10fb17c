"""Ledger, registry and window weights, joined: definitions, shares, models."""
