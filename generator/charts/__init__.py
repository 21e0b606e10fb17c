"""Figures: pure functions from the report's records to charts with their words and data."""

from generator.charts.gallery import build_figures

__all__ = ["build_figures"]
