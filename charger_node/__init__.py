"""Charging points for electric bikes. Not in this release: the command says so and starts nothing."""
