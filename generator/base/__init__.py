"""What everything stands on: errors, limits, the encoder, finished folders put in place."""
