"""The runs: the night and its steps, the past filled in, dataset repository, live site, issue, summary."""
