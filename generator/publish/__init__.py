"""From values to files: pages, data, feeds, the run of the site builder, sealing and verifying."""
