"""Smoke in the homes of old people living alone. Not in this release: the command says so and starts nothing."""
