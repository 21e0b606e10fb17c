"""What makes a number trustworthy: gates, journals, corrections, versions."""
