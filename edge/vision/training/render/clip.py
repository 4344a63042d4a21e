"""Render one clip: `python -m edge.vision.training.render.clip --story ebike --out DIR`.

Writes 0000.jpg, 0001.jpg, ... and labels.jsonl (one line per frame: file, classes in view, boxes
[class, cx, cy, w, h] in fractions of the picture).
"""

from __future__ import annotations

import argparse
import math
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random

import bpy

from .camera import mount
from .car import Car, build_car
from .ebike import build_ebike
from .labels import boxes, line
from .lobby import build_lobby
from .person import Person
from .pram import build_pram
from .primitives import Object
from .sensor import Sensor
from .stage import empty_stage, render_to
from .story import PLANS, Pose, Route, timeline
from .vehicle import Vehicle

VEHICLES: Mapping[str, Callable[[Random], Vehicle]] = {"ebike": build_ebike, "pram": build_pram}
EXPOSURE = 0.45  # stops; cheap cameras favour a bright picture


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and render."""
    parser = argparse.ArgumentParser(description="Render a short clip of a lift car.")
    parser.add_argument("--story", choices=sorted(PLANS), required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder for the frames; made if missing")
    parser.add_argument("--seed", type=int, default=0, help="car, actors, camera and noise (default: 0)")
    parser.add_argument("--fps", type=float, default=5.0, help="frames a second (default: 5)")
    parser.add_argument("--width", type=int, default=384, help="pixels (default: 384)")
    parser.add_argument("--height", type=int, default=288, help="pixels (default: 288)")
    parser.add_argument("--samples", type=int, default=32, help="light paths a pixel (default: 32)")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads (default: 1)")
    parser.add_argument("--every", type=int, default=1, help="render only each n-th frame, for a look")
    options = parser.parse_args(arguments)
    render_clip(options)


def render_clip(options: argparse.Namespace) -> None:
    """Build the scene once, then move the visitor and render frame by frame."""

    def dice(name: str) -> Random:
        return Random(f"{options.seed}/{name}")

    scene = empty_stage(options.width, options.height, options.samples, options.threads)
    scene.view_settings.exposure = EXPOSURE
    car = build_car(dice("car"))
    build_lobby(car, dice("lobby"))
    camera = mount(scene, car, dice("camera"))
    vehicle, person = VEHICLES[options.story](dice(options.story)), Person(dice("person"))
    actors = [(options.story, vehicle.root), ("person", person.root)]
    sensor = Sensor.drawn(dice("sensor"))
    poses = timeline(PLANS[options.story], route(options.story, car), options.fps, dice("story"))

    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, (options.out / "labels.jsonl").open("w") as labels:
        for number, pose in list(enumerate(poses))[:: options.every]:
            file = f"{number:04d}.jpg"
            _arrange(vehicle, person, pose)
            png = Path(scratch) / ("visit.png" if pose else "empty.png")
            if pose or not png.exists():  # without a visitor all frames are the same but for the noise
                render_to(scene, str(png))
            sensor.develop(png, options.out / file, dice(f"noise/{number}"))
            labels.write(line(file, boxes(scene, camera, actors)) + "\n")


def route(story: str, car: Car) -> Route:
    """From the side of the lobby, which the camera cannot see, through the door, to the vehicle's place."""
    turn, aside, to_wall = {"ebike": (0.23, -0.12, 0.88), "pram": (0.1, 0.0, 0.85)}[story]
    return Route(
        outside=(1.4, car.sill_y - 1.35),
        doorway=(turn, car.sill_y - 0.9),
        inside=(aside, car.depth_m / 2 - to_wall),
    )


def _arrange(vehicle: Vehicle, person: Person, pose: Pose | None) -> None:
    """Move the actors to a pose, or hide them."""
    for root in (vehicle.root, person.root):
        _show(root, pose is not None)
    if pose is not None:
        vehicle.go(pose)
        ahead, left = vehicle.walker
        cos, sin = math.cos(pose.heading), math.sin(pose.heading)
        x, y = pose.place
        person.go((x + ahead * cos - left * sin, y + ahead * sin + left * cos), pose.heading)
        left_hand, right_hand = (
            (hand[0] - ahead, hand[1] - left, hand[2]) for hand in (vehicle.left_hand, vehicle.right_hand)
        )
        person.pose(pose.travel_m, pose.step, pose.sway_m, pose.gaze, (left_hand, right_hand))
    bpy.context.view_layer.update()


def _show(root: Object, visible: bool) -> None:
    root.hide_render = root.hide_viewport = not visible
    for child in root.children:
        _show(child, visible)


if __name__ == "__main__":
    main()
