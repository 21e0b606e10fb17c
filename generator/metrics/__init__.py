"""Metrics: one module a question, each a pure function of the ledger's sums."""
