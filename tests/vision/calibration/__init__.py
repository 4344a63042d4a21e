"""Calibration on site."""
