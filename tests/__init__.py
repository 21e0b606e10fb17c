"""The tests, one file per module; `loopback` is the Hub that they talk to."""
