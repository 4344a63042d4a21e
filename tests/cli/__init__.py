"""Tests of the technician's command."""
