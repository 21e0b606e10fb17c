"""A language and its voice: how words, numbers, dates and places are spoken; the names of codes."""
