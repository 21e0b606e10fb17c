"""What all stand on: errors, limits, the encoder, files, records as JSON, the web, how folders change places."""
