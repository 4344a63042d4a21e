"""TensorFlow Lite behind one small class: checked file, checked shapes, one owner thread."""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable, Sequence
from importlib import metadata
from types import ModuleType
from typing import Any, TypeVar

import numpy as np

from edge.core.errors import ModelError
from edge.vision.arrays import Tensor
from edge.vision.models import Entry

T = TypeVar("T")
RUNTIMES = (
    ("tflite_runtime.interpreter", "tflite-runtime"),
    ("ai_edge_litert.interpreter", "ai-edge-litert"),
)


def runtime() -> tuple[ModuleType, str]:
    """The installed TensorFlow Lite and its name with version. Raises ModelError when there is none."""
    for module, package in RUNTIMES:
        try:
            found = importlib.import_module(module)
        except ModuleNotFoundError:
            continue
        except ImportError as error:
            raise ModelError(f"{package} is installed but does not load: {error}. Reinstall it.") from error
        return found, f"{package} {metadata.version(package)}"
    raise ModelError("no TensorFlow Lite on this machine: install it with  pip install 'edge-node[vision]'")


class Interpreter:
    """A loaded model. Create it at start; the thread of the first `run` owns it from then on."""

    def __init__(self, entry: Entry, threads: int = 1) -> None:
        """Check the file's hash, load it, check its shapes. Raises ModelError naming what differs and the cure."""
        path = entry.verified_path()
        module, self.library = runtime()
        try:
            self._tflite: Any = module.Interpreter(model_path=str(path), num_threads=threads)
            self._tflite.allocate_tensors()
            # The first invoke packs the weights, which takes seconds on a slow board: now, before anybody counts.
            self._tflite.invoke()
        except (SystemError, ImportError, AttributeError) as error:  # how a NumPy mismatch shows, see `_numpy_hint`
            raise ModelError(f"{self.library} cannot work here: {_numpy_hint(self.library, error)}") from error
        except (ValueError, RuntimeError) as error:
            raise ModelError(
                f"model {entry.name}: {path} is not a model that {self.library} can run: {error}"
            ) from error
        self._owner: int | None = None
        self._input = self._tflite.tensor(
            _index(entry, "input", self._tflite.get_input_details(), None, entry.input.shape)
        )
        details = self._tflite.get_output_details()
        self._outputs = [
            self._tflite.tensor(_index(entry, "output", details, output.name, output.shape)) for output in entry.outputs
        ]

    def fill(self, write: Callable[[Tensor], None]) -> None:
        """Let `write` fill the input tensor in place. It must not keep the array, or TensorFlow Lite will not run."""
        self._own()
        write(self._input())

    def invoke(self) -> None:
        """Run the model on what was filled in."""
        self._own()
        self._tflite.invoke()

    def read(self, decode: Callable[[Sequence[Tensor]], T]) -> T:
        """What `decode` makes of the outputs, in the registry's order. It must not keep the arrays."""
        self._own()
        return decode([output() for output in self._outputs])

    def _own(self) -> None:
        me = threading.get_ident()
        if self._owner is None:
            self._owner = me
        if self._owner != me:
            raise RuntimeError("an interpreter belongs to one thread, and another one called it: give each its own")


def _index(entry: Entry, kind: str, details: list[Any], name: str | None, shape: tuple[int, ...]) -> int:
    for detail in details:
        if name is None or detail["name"] == name:
            found = tuple(int(side) for side in detail["shape"])
            if found == shape and detail["dtype"] is np.float32:
                return int(detail["index"])
            raise ModelError(
                f"model {entry.name}: {kind} {detail['name']} of {entry.file} is {detail['dtype'].__name__} {found}, "
                f"the registry says float32 {shape}. Correct the registry entry, or use the file it was written for."
            )
    names = ", ".join(str(detail["name"]) for detail in details)
    raise ModelError(f"model {entry.name}: {entry.file} has no {kind} '{name}'; it has: {names}. Correct the registry.")


def _numpy_hint(library: str, error: Exception) -> str:
    # tflite-runtime 2.14 is built for NumPy 1: with NumPy 2 it imports, then fails when an interpreter is created.
    if library.startswith("tflite-runtime") and int(np.__version__.split(".")[0]) >= 2:
        return f"it needs NumPy 1, and NumPy {np.__version__} is installed. Cure:  pip install 'numpy<2'"
    return f"{error}. Reinstall it with  pip install --force-reinstall 'edge-node[vision]'"
