"""Calibration on site: what one lift's own pictures teach, as a small head beside the model that all lifts share."""
