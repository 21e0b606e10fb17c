"""Which country has which share, now and over time."""
