"""What makes a number trustworthy: gates, checks kept, journals, headlines, corrections, versions, review."""
