"""One file per kind of hardware, each behind a small Protocol. Imports only edge.core."""
