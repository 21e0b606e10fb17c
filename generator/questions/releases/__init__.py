"""How often publishers bring out models of their own."""
