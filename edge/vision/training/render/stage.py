"""The empty Blender scene, its renderer and its lamps."""

from __future__ import annotations

from typing import Any

import bpy

from .primitives import Point

Scene = Any


def empty_stage(width: int, height: int, samples: int, threads: int) -> Scene:
    """A new scene for pictures of `width` x `height` pixels, path-traced on the CPU and denoised.

    The sampling pattern is the same in every frame, so that still things stay still.
    """
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    render, cycles = scene.render, scene.cycles
    render.engine, cycles.device = "CYCLES", "CPU"
    cycles.samples, cycles.max_bounces, cycles.seed = samples, 5, 0
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.sample_clamp_indirect = 4.0
    render.threads_mode, render.threads = "FIXED", threads
    render.use_persistent_data = True
    render.resolution_x, render.resolution_y = width, height
    render.image_settings.file_format = "PNG"
    scene.view_settings.view_transform = "Standard"
    scene.view_settings.look = "Medium High Contrast"
    scene.world = bpy.data.worlds.new("world")
    scene.world.use_nodes = True
    background = scene.world.node_tree.nodes["Background"]
    background.inputs["Color"].default_value = (0.6, 0.65, 0.7, 1.0)
    background.inputs["Strength"].default_value = 0.15
    return scene


def hasten(scene: Scene) -> None:
    """Fewer bounces for small training frames: half the time, hardly another picture."""
    cycles = scene.cycles
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 3, 2, 3
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.use_adaptive_sampling = False


def lamp(at: Point, watts: float, edge: float, warm: float = 0.1) -> None:
    """A square ceiling lamp of `edge` metres that shines down; `warm` 0 is white, 0.5 a yellow bulb."""
    light = bpy.data.lights.new("lamp", "AREA")
    light.energy, light.size = watts, edge
    light.color = (1.0, 1.0 - 0.35 * warm, 1.0 - warm)
    holder = bpy.data.objects.new("lamp", light)
    holder.location = at
    bpy.context.collection.objects.link(holder)


def infrared_ring(at: Point, watts: float) -> None:
    """The diodes round a lens at night: a small lamp that shines in all directions from where the camera is."""
    light = bpy.data.lights.new("diodes", "POINT")
    light.energy, light.shadow_soft_size = watts, 0.02
    holder = bpy.data.objects.new("diodes", light)
    holder.location = at
    bpy.context.collection.objects.link(holder)


def render_to(scene: Scene, png: str) -> None:
    """Render one frame into the file `png`."""
    scene.render.filepath = png
    bpy.ops.render.render(write_still=True)
