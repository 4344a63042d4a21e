"""The same Protocols as edge.hw, simulated with physics and driven by a scenario file."""
