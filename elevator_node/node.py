"""The lift's Node: name, configuration model, wiring."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from edge.core.errors import ConfigError, ModelError
from edge.core.messages import Json
from edge.core.node import Demo, Sight, Surroundings, Wiring
from edge.hw.camera import Feed, open_camera
from edge.hw.camera_health import Health
from edge.hw.contact import Contact, contact_worker
from edge.hw.gpio import open_pins, pin_workers
from edge.hw.relay import open_relay, safe_steps
from edge.hw.speaker import open_speaker
from edge.vision.calibration.active import active_head
from edge.vision.detector import Detector
from edge.vision.drawer import Drawer
from edge.vision.evidence import HARD_NEGATIVES, Evidence
from edge.vision.models import Entry, Registry
from edge.vision.motion import Gate
from elevator_node.config import ElevatorOptions
from elevator_node.decide import State, Wanted, start, step
from elevator_node.inputs import Eye
from elevator_node.outputs import LiftOutputs
from elevator_node.report import report
from elevator_node.visit import CAR


class ElevatorNode:
    """Keeps electric bikes out of a lift."""

    name = "elevator"
    config_model = ElevatorOptions
    demo = Demo(
        Path(__file__).parent / "demo" / "elevator.yaml",
        Path(__file__).parent / "demo" / "clips",
        ("elevator.ebike.detected", "elevator.ebike.cleared"),
    )

    def check(self, config: ElevatorOptions) -> None:
        """The models are registered and whole, and the deciding one knows the classes of the rules."""
        registry = Registry.load(config.eye.registry)
        decides = _registered(registry, "model", config.eye.model)
        decides.verified_path()
        if config.eye.picture_model:
            _registered(registry, "picture_model", config.eye.picture_model).verified_path()
        _knows(decides, config)

    def wire(self, config: ElevatorOptions, around: Surroundings) -> Wiring[State, Wanted]:
        """Models first (they may refuse), then the relay, off, then what may fail and come back later."""
        clock, post = around.clock, around.post
        registry = Registry.load(config.eye.registry)
        entry = _registered(registry, "model", config.eye.model)
        head = active_head(around.state_dir, entry) if config.eye.calibration == "auto" else None
        detector = Detector(entry, config.eye.threads, head)
        _knows(detector.entry, config)
        drawer = Drawer(config.eye.picture_model, config.eye.registry) if config.eye.picture_model else None
        pins = open_pins(config.gpio, clock)
        relay = open_relay("hold", config.relay, pins, clock, post)
        contacts = [Contact(name, options, pins, post, clock) for name, options in config.inputs.wired.items()]
        announcer = open_speaker(config.voice, around.state_dir / "voice", clock, post)
        evidence = Evidence(
            config.evidence,
            around.state_dir / "evidence",
            clock,
            lambda event_id, path: around.send_image(event_id, CAR, path),
            drawer,
        )
        feed = Feed("camera", open_camera(config.camera, clock), clock)
        eye = Eye(feed, detector, Gate(config.motion), Health(config.health), evidence, config.eye, clock, post)
        rules = config.rules
        return Wiring(
            state=start(rules, secrets.token_hex(4), evidence.hard_negatives()),
            step=partial(step, rules),
            report=report,
            outputs=LiftOutputs(relay, announcer, eye, evidence, clock),
            workers=[
                relay.worker(),
                contact_worker(contacts),
                *pin_workers(pins),
                feed.worker(),
                eye.worker(),
                announcer.worker(),
                evidence.worker,
            ],
            capabilities={
                "model": config.eye.model,
                "model_sha256": detector.entry.sha256,
                "calibrated": head is not None,
                "blocking": sorted(config.classes.blocking),
                "inputs": sorted(config.inputs.wired),
            },
        )

    def sight(self, config: ElevatorOptions) -> Sight:
        """The eye in the car. Raises ConfigError where an electric bike does not hold the door."""
        blocking = config.classes.blocking.get("ebike")
        if blocking is None:
            raise ConfigError("classes.blocking: has no 'ebike', so there is nothing to calibrate; add it")
        return Sight(
            camera=config.camera,
            model=config.eye.model,
            registry=config.eye.registry,
            threads=config.eye.threads,
            confirm=blocking.confirm,
            k=config.hold.confirm_frames,
            n=config.hold.of_frames,
            window_s=config.hold.window_s,
            negatives=config.state_dir / "evidence" / HARD_NEGATIVES,
            unit="elevator-node",
        )

    def safe_steps(self, config: ElevatorOptions) -> Sequence[Json]:
        """Hold relay off."""
        return safe_steps(config.relay, config.gpio)


def _registered(registry: Registry, key: str, name: str) -> Entry:
    if name not in registry:
        raise ModelError(f"eye.{key}: no model is called '{name}'. The registry has: {', '.join(sorted(registry))}.")
    return registry[name]


def _knows(model: Entry, config: ElevatorOptions) -> None:
    """The model must report every class that the rules count on, from the score on at which they count it."""
    classes = config.classes
    least = {**classes.veto, **classes.warning, **{name: it.credible for name, it in classes.blocking.items()}}
    for name, score in least.items():
        if name not in model.thresholds:
            known = ", ".join(sorted(model.thresholds))
            cure = f"it reports: {known}. Correct the name, or choose another eye.model"
            raise ModelError(f"classes: model {model.name} reports no class '{name}'; {cure}")
        if score < model.thresholds[name]:
            floor = model.thresholds[name]
            why = f"model {model.name} reports it only from {floor} on; write {floor} or more"
            raise ModelError(f"classes: '{name}' at {score}: {why}")


NODE = ElevatorNode()
