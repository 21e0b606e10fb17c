"""The most downloaded families and models."""
