"""Residents in, strangers and cars asked. Not in this release: the command says so and starts nothing."""
