"""Measurements of speed and memory: figures to read, not tests."""
