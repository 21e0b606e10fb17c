"""What kinds of organisation build the models."""
