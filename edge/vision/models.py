"""The model registry: which model files there are, what they want to be fed and what their numbers mean.

A registry is a YAML file beside its weights. Several are layered: an entry of a later file replaces the one of the same
name, so that a site's own model takes the place of a shipped one without a change of code.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import Field, PrivateAttr, ValidationError, model_validator

from edge.core.errors import ModelError
from edge.core.options import Fraction, Options

SHIPPED = Path(__file__).parent / "weights" / "registry.yaml"

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Side = Annotated[int, Field(ge=16, le=4096)]
PerChannel = tuple[float, float, float]


class InputOptions(Options):
    """What the model is fed: value = (pixel − mean) / std, `mean` and `std` in the model's channel order."""

    width: Side
    height: Side
    layout: Literal["nhwc", "nchw"]
    channels: Literal["rgb", "bgr"]
    mean: PerChannel
    std: PerChannel

    @property
    def shape(self) -> tuple[int, ...]:
        """The input tensor's shape."""
        return (1, self.height, self.width, 3) if self.layout == "nhwc" else (1, 3, self.height, self.width)


class OutputOptions(Options):
    """One output tensor as the model file names it."""

    name: str
    shape: tuple[int, ...]


class Entry(Options):
    """One model. `outputs` are in the order the decoder takes them; `thresholds` names the classes that are reported,
    each with its least score (0–1); `ebike_classes` stand in for an electric bike when the model is evaluated."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    file: Path
    sha256: Sha256
    licence: str
    origin: str
    card: Path
    decoder: Literal["ebike_cells", "ssd_oid", "nanodet", "centernet"]
    input: InputOptions
    outputs: Annotated[tuple[OutputOptions, ...], Field(min_length=1)]
    classes: Annotated[tuple[str, ...], Field(min_length=1)]
    thresholds: Annotated[dict[str, Fraction], Field(min_length=1)]
    ebike_classes: Annotated[tuple[str, ...], Field(min_length=1)]
    _folder: Path = PrivateAttr(default=Path())

    @model_validator(mode="after")
    def _classes_exist(self) -> Entry:
        for key, names in (("thresholds", self.thresholds), ("ebike_classes", self.ebike_classes)):
            for name in names:
                if name not in self.classes:
                    raise ValueError(f"{key} names '{name}', which is not among its classes")
        return self

    @property
    def features(self) -> int | None:
        """How many features it gives a calibration to learn from; None: it gives none and cannot be calibrated."""
        return self.outputs[2].shape[1] if self.decoder == "ebike_cells" and len(self.outputs) > 2 else None

    @property
    def path(self) -> Path:
        """Where the file should lie: relative to the registry that names it."""
        return self._folder / self.file

    def verified_path(self) -> Path:
        """The file, after its hash was checked. Raises ModelError when it is missing or altered."""
        found = hashlib.sha256()
        try:
            with self.path.open("rb") as file:
                while block := file.read(1 << 20):
                    found.update(block)
        except OSError as error:
            raise ModelError(
                f"model {self.name}: {self.path} cannot be read ({error.strerror}). "
                "Reinstall the package, or correct 'file' in the registry."
            ) from error
        if found.hexdigest() != self.sha256:
            raise ModelError(
                f"model {self.name}: {self.path} is not the file that was registered: its SHA-256 is "
                f"{found.hexdigest()}, expected {self.sha256}. Reinstall the package; if the model was replaced on "
                "purpose, put its hash into the registry."
            )
        return self.path


class _File(Options):
    models: Annotated[list[Entry], Field(min_length=1)]


class Registry(Mapping[str, Entry]):
    """The models by name."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = dict(entries)

    @classmethod
    def load(cls, *paths: Path | None) -> Registry:
        """The shipped registry with `paths` layered over it, last one on top (None is skipped).

        Raises ModelError with one line per error: file, key, reason.
        """
        entries: dict[str, Entry] = {}
        for path in (SHIPPED, *paths):
            if path is not None:
                entries.update({entry.name: entry for entry in _read(path)})
        return cls(entries)

    def __getitem__(self, name: str) -> Entry:
        if name not in self._entries:
            raise ModelError(f"no model is called '{name}'. The registry has: {', '.join(sorted(self._entries))}.")
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def _read(path: Path) -> list[Entry]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        entries = _File.model_validate(data).models
    except OSError as error:
        raise ModelError(f"{path}: the model registry cannot be read ({error.strerror}).") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ModelError(f"{path}: the model registry is not valid YAML: {error}") from error
    except ValidationError as error:
        lines = [f"{path}: {_key(problem['loc'], data)}: {problem['msg']}" for problem in error.errors()]
        raise ModelError("\n".join(lines)) from error
    names = [entry.name for entry in entries]
    for name in names:
        if names.count(name) > 1:
            raise ModelError(f"{path}: models: '{name}' is there {names.count(name)} times; names must differ.")
    for entry in entries:
        entry._folder = path.parent
    return entries


def _key(loc: tuple[int | str, ...], data: Any) -> str:
    """`models.ebike.input.width` instead of `models.0.input.width`, where the name can be told."""
    parts = [str(part) for part in loc]
    if len(loc) > 1 and isinstance(loc[1], int):
        model = data["models"][loc[1]]
        if isinstance(model, dict) and isinstance(model.get("name"), str):
            parts[1] = model["name"]
    return ".".join(parts) or "models"
