"""What the lead hangs on."""
