"""What others said, tested on every date."""
