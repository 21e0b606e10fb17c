"""The runs: the night, the past filled in, dataset repository, live site, issue."""
