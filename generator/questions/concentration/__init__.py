"""How far the downloads gather in a few publishers, countries and models."""
