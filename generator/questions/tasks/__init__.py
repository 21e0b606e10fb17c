"""What the models downloaded are for."""
