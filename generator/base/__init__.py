"""What all stand on: errors, limits, the encoder, files, how folders change places."""
