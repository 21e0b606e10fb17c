"""From values to files: pages, data, feeds; building, sealing, verifying."""
