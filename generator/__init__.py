"""Open Model Share: which countries build the open AI models that the world downloads."""

__version__ = "0.1.0"
