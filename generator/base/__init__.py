"""What all stand on: errors, limits, the encoder, how folders change places."""
