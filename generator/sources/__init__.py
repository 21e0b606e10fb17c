"""Where snapshots come from: the Hub, archives, files, the bundled ones."""
