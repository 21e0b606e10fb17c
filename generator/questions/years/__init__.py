"""The shares of each calendar year."""
