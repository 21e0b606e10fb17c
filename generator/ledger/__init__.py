"""From snapshots to intervals: lineage, classes, flows, the store."""
