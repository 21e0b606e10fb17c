"""What is built on whose models."""
