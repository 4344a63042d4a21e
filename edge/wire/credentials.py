"""Secrets are read from where the configuration names them, at the moment of use, and never kept."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from edge.core.errors import ConfigError


def read_credential(name: str, environ: Mapping[str, str] = os.environ) -> str:
    """The secret text under `name`: a path where it has a slash, else a systemd credential. A last newline is cut off.

    Raises ConfigError with the cure.
    """
    if "/" in name:
        path, cure = Path(name), "Create the file, readable by this service only."
    elif "CREDENTIALS_DIRECTORY" in environ:
        path = Path(environ["CREDENTIALS_DIRECTORY"]) / name
        cure = f"Add LoadCredential={name}:/path/to/file to the unit."
    else:
        raise ConfigError(
            f"credential {name!r}: systemd gave this process no credentials. "
            f"Add LoadCredential={name}:/path/to/file to the unit, or name a file by its absolute path."
        )
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"credential {name!r}: {path} cannot be read ({error}). {cure}") from error
