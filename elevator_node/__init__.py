"""Keeps electric bikes out of a lift: sees one in the car, holds the door, asks to leave, tells the staff.

Safe state: hold relay off (the lift runs as if this node were not there), voice silent.
Units: seconds (`_s`), milliseconds (`_ms`), scores and positions as fractions 0–1.
"""
