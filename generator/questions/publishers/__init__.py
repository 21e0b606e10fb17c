"""The largest publishers, and each of them."""
