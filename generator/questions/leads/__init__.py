"""Who leads under which definition."""
