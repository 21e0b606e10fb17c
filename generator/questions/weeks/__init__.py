"""What changed in a week."""
