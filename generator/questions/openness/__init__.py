"""How open the models downloaded are."""
