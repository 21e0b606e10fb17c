"""One country: its share by publisher and by maker."""
