"""How large the models downloaded are."""
