"""The registry, and what happens when a model file is not what it says."""

from __future__ import annotations

import hashlib
import importlib
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import yaml

from edge.core.errors import FrameError, ModelError
from edge.vision import interpreter
from edge.vision.arrays import Tensor
from edge.vision.detector import Detector
from edge.vision.interpreter import Interpreter
from edge.vision.models import SHIPPED, Registry
from edge.vision.preprocess import Preprocess
from tests.vision.scenes import bicycle, car, registry_file


def test_what_is_shipped_is_whole() -> None:
    registry = Registry.load()
    assert set(registry) == {"ebike", "ssd_oid", "nanodet"}
    for entry in registry.values():
        assert entry.verified_path().is_file()
        card = (SHIPPED.parent / entry.card).read_text(encoding="utf-8")
        assert entry.file.name in card
        assert entry.file.name in (SHIPPED.parent / "NOTICE").read_text(encoding="utf-8")


def test_a_sites_registry_replaces_by_name_and_keeps_the_rest(tmp_path: Path) -> None:
    site = registry_file(tmp_path, thresholds={"ebike": 0.7})
    registry = Registry.load(None, site)
    assert registry["ebike"].thresholds == {"ebike": 0.7}
    assert registry["nanodet"] == Registry.load()["nanodet"]
    assert registry["ebike"].verified_path().is_file()


WRONG = [  # change of the entry, what the message must name
    ({"sha256": "abc"}, "models.ebike.sha256"),
    ({"decoder": "yolo"}, "models.ebike.decoder"),
    ({"thresholds": {"moped": 0.5}}, "'moped', which is not among its classes"),
    ({"ebike_classes": ["moped"]}, "'moped', which is not among its classes"),
    ({"treshold": 1}, "models.ebike.treshold"),
    ({"input": {"width": 300}}, "models.ebike.input.height"),
]


@pytest.mark.parametrize(("change", "named"), WRONG)
def test_a_wrong_entry_is_named_by_file_and_key(tmp_path: Path, change: dict[str, Any], named: str) -> None:
    path = registry_file(tmp_path, **change)
    with pytest.raises(ModelError) as error:
        Registry.load(path)
    assert str(path) in str(error.value)
    assert named in str(error.value)


@pytest.mark.parametrize("text", ["", "models: 3", "[1]", "models: {a: [", "models: [7]", "\x00"])
def test_a_file_that_is_no_registry(tmp_path: Path, text: str) -> None:
    path = tmp_path / "registry.yaml"
    path.write_text(text)
    with pytest.raises(ModelError, match=r"registry\.yaml"):
        Registry.load(path)


def test_a_missing_registry_a_name_twice_and_an_unknown_name(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        Registry.load(tmp_path / "none.yaml")
    path = registry_file(tmp_path)
    models = yaml.safe_load(path.read_text())["models"]
    path.write_text(yaml.safe_dump({"models": models * 2}))
    with pytest.raises(ModelError, match="'ebike' is there 2 times"):
        Registry.load(path)
    with pytest.raises(ModelError, match=r"no model is called 'yolo'\. The registry has: ebike, nanodet, ssd_oid"):
        Registry.load()["yolo"]


@pytest.mark.req("PL-7")
def test_a_missing_and_an_altered_file_are_refused(tmp_path: Path) -> None:
    entry = Registry.load(registry_file(tmp_path, file="gone.tflite"))["ebike"]
    with pytest.raises(ModelError, match=r"gone\.tflite cannot be read .* Reinstall"):
        Detector(entry)
    data = bytearray(Registry.load()["ebike"].path.read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "altered.tflite").write_bytes(data)
    entry = Registry.load(registry_file(tmp_path, file="altered.tflite"))["ebike"]
    with pytest.raises(ModelError) as error:
        Detector(entry)
    assert entry.sha256 in str(error.value)
    assert "altered.tflite is not the file that was registered" in str(error.value)
    assert "Reinstall" in str(error.value)


def test_a_file_that_hashes_well_but_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "text.tflite").write_bytes(b"not a model")
    digest = hashlib.sha256(b"not a model").hexdigest()
    with pytest.raises(ModelError, match="is not a model that"):
        Detector(Registry.load(registry_file(tmp_path, file="text.tflite", sha256=digest))["ebike"])


SHAPES = [
    (
        {"outputs": [{"name": "Identity", "shape": [2]}]},
        r"output Identity of .* is float32 \(1,\), the registry says .*\(2,\)",
    ),
    ({"outputs": [{"name": "Nothing", "shape": [1]}]}, "has no output 'Nothing'; it has: Identity, Identity_1"),
]


@pytest.mark.parametrize(("change", "message"), SHAPES)
def test_a_model_that_is_not_what_its_entry_says(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(ModelError, match=message):
        Interpreter(Registry.load(registry_file(tmp_path, **change))["ebike"])


def test_a_wrong_input_size(tmp_path: Path) -> None:
    entry = Registry.load()["ebike"]
    wider = entry.model_copy(update={"input": entry.input.model_copy(update={"width": 320})})
    with pytest.raises(ModelError, match=r"input .* the registry says float32 \(1, 288, 320, 3\)"):
        Interpreter(wider)


def test_an_interpreter_belongs_to_the_first_thread_that_uses_it() -> None:
    detector = Detector(Registry.load()["ebike"])
    first = threading.Thread(target=detector.detect, args=(car(),))
    first.start()
    first.join()
    with pytest.raises(RuntimeError, match="belongs to one thread"):
        detector.detect(car())


def test_without_tensorflow_lite_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> ModuleType:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(ModelError, match=r"pip install 'edge-node\[vision\]'"):
        Interpreter(Registry.load()["ebike"])


def test_the_runtime_is_named() -> None:
    module, name = interpreter.runtime()
    assert name.split()[0] in {"tflite-runtime", "ai-edge-litert"}
    assert hasattr(module, "Interpreter")


def test_tflite_runtime_with_numpy_2_names_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    """As seen with tflite-runtime 2.14.0 and NumPy 2.4: it imports, then the constructor raises SystemError."""

    class Broken(ModuleType):
        def Interpreter(self, **_: object) -> None:
            raise SystemError("<built-in method CreateWrapperFromFile> returned a result with an exception set")

    monkeypatch.setattr(interpreter, "runtime", lambda: (Broken("tflite"), "tflite-runtime 2.14.0"))
    monkeypatch.setattr(np, "__version__", "2.4.6")
    with pytest.raises(
        ModelError, match=r"needs NumPy 1, and NumPy 2\.4\.6 is installed. Cure:  pip install 'numpy<2'"
    ):
        Interpreter(Registry.load()["ebike"])


@pytest.mark.parametrize("shape", [(480, 640), (480, 640, 4), (0, 640, 3)])
def test_what_is_no_picture_is_refused(shape: tuple[int, ...]) -> None:
    detector = Detector(Registry.load()["ebike"])
    with pytest.raises(FrameError, match="height × width × 3"):
        detector.detect(np.zeros(shape, np.uint8))
    assert detector.detect(car()) == ()  # and it goes on


@pytest.mark.parametrize("name", ["ebike", "nanodet"])
def test_preprocessing_is_the_formula_of_the_registry(name: str) -> None:
    options = Registry.load()[name].input
    image = bicycle(car(options.width, options.height))
    tensor: Tensor = np.empty(options.shape, np.float32)
    Preprocess(options)(image, tensor)
    ordered = image if options.channels == "rgb" else image[..., ::-1]
    wanted = (ordered.astype(np.float64) - options.mean) / options.std
    np.testing.assert_allclose(tensor[0], wanted.transpose(2, 0, 1) if options.layout == "nchw" else wanted, atol=1e-5)


GOLDEN = [  # model, picture drawn, score of its bicycle, box
    ("ebike", 0.515, (0.11, 0.11, 0.89, 0.89)),
    ("ssd_oid", 0.842, (0.13, 0.23, 0.88, 0.84)),
    ("nanodet", 0.662, (0.13, 0.28, 0.88, 0.83)),
]


@pytest.mark.parametrize(("name", "score", "box"), GOLDEN)
@pytest.mark.req("EL-1")
def test_real_models_see_the_drawn_bicycle_and_nothing_in_the_empty_car(
    name: str, score: float, box: tuple[float, ...]
) -> None:
    detector = Detector(Registry.load()[name])
    assert detector.detect(car()) == ()
    assert detector.ebike_score < 0.05
    (seen,) = detector.detect(bicycle(car()))
    assert seen.label == "bicycle"
    assert seen.score == pytest.approx(score, abs=0.02)
    assert seen.box == pytest.approx(box, abs=0.02)
    assert detector.timing.invoke_ms > 0
    assert detector.timing.total_ms >= detector.timing.invoke_ms
    if name == "ebike":
        assert detector.ebike_score < 0.01
