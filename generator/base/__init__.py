"""What all stand on: errors, limits, the encoder, files, the web, how folders change places."""
