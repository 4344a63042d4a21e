"""What every node shares: the machine (`core`), the wire, the hardware, the eye, the technician's command."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("edge-node")
except PackageNotFoundError:  # a checkout that nobody installed
    __version__ = "0.0.0"
