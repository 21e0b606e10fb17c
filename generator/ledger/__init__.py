"""From snapshots to intervals: lineage, classes, flows, the store, what two stores make together."""
