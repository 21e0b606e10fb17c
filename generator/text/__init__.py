"""A language and its voice: words, numbers, dates and places; names of codes."""
