"""When the order of two countries changed."""
