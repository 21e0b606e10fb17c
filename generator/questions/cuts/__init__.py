"""Cuts: who is downloaded within one task group, one size band or one class of licences."""
