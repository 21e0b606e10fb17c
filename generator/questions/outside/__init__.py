"""What others counted of the whole Hub, by month."""
