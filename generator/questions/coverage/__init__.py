"""How much of the downloads somebody has reviewed."""
