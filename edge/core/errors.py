"""Errors that a technician reads. Each is an EdgeError and also the built-in kind it is, so either may be caught."""


class EdgeError(Exception):
    """Anything this product raises on purpose. The text names the place and the cure."""


class ConfigError(EdgeError, ValueError):
    """Wrong configuration: one line per error, each `file:line: key: reason`."""


class DeviceError(EdgeError, OSError):
    """A device cannot be opened or answers nonsense. The worker reports it and tries again."""


class DeviceOffline(DeviceError):
    """A device stopped answering."""


class ModelError(EdgeError, ValueError):
    """A model file is missing, altered, or not what its registry entry says."""


class FrameError(EdgeError, ValueError):
    """An image or frame that cannot be read."""


class StorageError(EdgeError, OSError):
    """The disk refused: full, read-only or failing."""
