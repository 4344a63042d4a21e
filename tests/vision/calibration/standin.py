"""The shipped model with its pooled features as a third output, and a node that uses it.

`ebike_start` computes the mean and the maximum of its last feature map on the way to its answer; only the list of
outputs in its file does not name them. A TFLite file is a FlatBuffer, whose tables point forward to what they hold: a
longer list, written behind the end, takes the place of the old one.
"""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import Any

import yaml

from edge.vision.interpreter import runtime
from edge.vision.models import SHIPPED
from elevator_node.node import NODE
from tests.vision.scenes import registry_file

FEATURES = "concat"
WIDTH = 2560
SUBGRAPHS, OUTPUTS = 2, 2  # numbers of these fields in the tables Model and SubGraph of TFLite's schema


def model_with_features(folder: Path) -> Path:
    """A registry in `folder` whose `ebike_start` gives its features too."""
    folder.mkdir(parents=True, exist_ok=True)
    shipped = SHIPPED.parent / "ebike_start_fp16.tflite"
    data = with_output(shipped.read_bytes(), _tensor(shipped, FEATURES))
    (folder / "features.tflite").write_bytes(data)
    outputs = [
        {"name": "Identity", "shape": [1]},
        {"name": "Identity_1", "shape": [1, 10, 10, 4]},
        {"name": FEATURES, "shape": [1, WIDTH]},
    ]
    digest = hashlib.sha256(data).hexdigest()
    return registry_file(folder, file=str(folder / "features.tflite"), sha256=digest, outputs=outputs)


def with_output(model: bytes, tensor: int) -> bytes:
    """A TFLite file with one more output."""
    data = bytearray(model)

    def number(at: int, kind: str = "<I") -> int:
        return int(struct.unpack_from(kind, data, at)[0])

    def field(table: int, which: int) -> int:
        vtable = table - number(table, "<i")
        return table + number(vtable + 4 + 2 * which, "<H")

    def target(at: int) -> int:
        return at + number(at)

    subgraphs = target(field(target(0), SUBGRAPHS))
    pointer = field(target(subgraphs + 4), OUTPUTS)
    old = target(pointer)
    outputs = [number(old + 4 + 4 * i, "<i") for i in range(number(old))]
    data += bytes(-len(data) % 4)
    struct.pack_into("<I", data, pointer, len(data) - pointer)
    return bytes(data + struct.pack(f"<I{len(outputs) + 1}i", len(outputs) + 1, *outputs, tensor))


def _tensor(path: Path, name: str) -> int:
    interpreter = runtime()[0].Interpreter(model_path=str(path))
    return next(int(detail["index"]) for detail in interpreter.get_tensor_details() if detail["name"] == name)


def node_file(folder: Path, registry: Path | None, **changes: Any) -> Path:
    """A lift's configuration in `folder` that names the registry; its state is kept in `folder/state`."""
    options = yaml.safe_load(NODE.demo.config.read_text(encoding="utf-8"))
    options["eye"] = {"picture_model": None} | ({"registry": str(registry)} if registry else {})
    path = folder / "elevator.yaml"
    path.write_text(yaml.safe_dump({**options, **changes}, allow_unicode=True), encoding="utf-8")
    return path
