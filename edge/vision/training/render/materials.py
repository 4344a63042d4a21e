"""Surfaces: paint, rubber, cloth, brushed steel, floors. Colours are linear RGB, 0 to 1."""

from __future__ import annotations

import colorsys
from random import Random
from typing import Any

import bpy

Material = Any
Colour = tuple[float, float, float]


def plain(colour: Colour, metal: float = 0.0, rough: float = 0.5) -> Material:
    """One even colour; `metal` and `rough` are 0 to 1."""
    material = bpy.data.materials.new("surface")
    material.use_nodes = True
    shader = _shader(material)
    shader.inputs["Base Color"].default_value = (*colour, 1.0)
    shader.inputs["Metallic"].default_value = metal
    shader.inputs["Roughness"].default_value = rough
    return material


def glowing(colour: Colour, strength: float) -> Material:
    """A lamp or a lit button; `strength` 1 is about as bright as white paint under the lamp."""
    material = plain(colour)
    shader = _shader(material)
    shader.inputs["Emission Color"].default_value = (*colour, 1.0)
    shader.inputs["Emission Strength"].default_value = strength
    return material


def speckled(dark: Colour, light: Colour, per_m: float, rough: float = 0.5) -> Material:
    """Two colours in a fine random pattern of about `per_m` grains a metre: stone, cloth, worn paint."""
    material = plain(dark, rough=rough)
    noise = _texture(material, "ShaderNodeTexNoise", (1.0, 1.0, 1.0))
    noise.inputs["Scale"].default_value = per_m
    noise.inputs["Detail"].default_value = 4.0
    _mix(material, noise.outputs[0], dark, light)
    return material


def tiled(tile: Colour, joint: Colour, edge: float, rough: float = 0.3) -> Material:
    """Square tiles of `edge` metres with thin joints, seen from above."""
    material = plain(tile, rough=rough)
    bricks = _texture(material, "ShaderNodeTexBrick", (1.0, 1.0, 1.0))
    bricks.offset = 0.0
    for name, value in (("Scale", 1.0), ("Brick Width", edge), ("Row Height", edge), ("Mortar Size", 0.006)):
        bricks.inputs[name].default_value = value
    _mix(material, bricks.outputs["Fac"], tile, joint)
    return material


def brushed_steel(rng: Random) -> Material:
    """Stainless steel with a vertical grain, as most lift cars are lined."""
    grey = rng.uniform(0.55, 0.7)
    material = plain((grey, grey, grey * 1.02), metal=1.0, rough=0.32)
    noise = _texture(material, "ShaderNodeTexNoise", (160.0, 160.0, 1.5))
    levels = material.node_tree.nodes.new("ShaderNodeMapRange")
    levels.inputs["To Min"].default_value = 0.22
    levels.inputs["To Max"].default_value = 0.44
    material.node_tree.links.new(noise.outputs[0], levels.inputs["Value"])
    material.node_tree.links.new(levels.outputs[0], _shader(material).inputs["Roughness"])
    return material


def streaked(dark: Colour, light: Colour, scale: tuple[float, float, float], rough: float = 0.4) -> Material:
    """Two colours in streaks: wood grain, worn plywood; `scale` is grains a metre along x, y, z."""
    material = plain(dark, rough=rough)
    noise = _texture(material, "ShaderNodeTexNoise", scale)
    noise.inputs["Scale"].default_value = 1.0
    noise.inputs["Detail"].default_value = 6.0
    _mix(material, noise.outputs[0], dark, light)
    return material


def checked(first: Colour, second: Colour, per_m: float, rough: float = 0.5) -> Material:
    """A chequered pattern of `per_m` fields a metre."""
    material = plain(first, rough=rough)
    fields = _texture(material, "ShaderNodeTexChecker", (1.0, 1.0, 1.0))
    fields.inputs["Scale"].default_value = per_m
    _mix(material, fields.outputs["Fac"], first, second)
    return material


def veined(dark: Colour, light: Colour, per_m: float, rough: float = 0.3, metal: float = 0.0) -> Material:
    """Cells with edges: marble, etched steel, a mosaic."""
    material = plain(dark, metal=metal, rough=rough)
    cells = _texture(material, "ShaderNodeTexVoronoi", (1.0, 1.0, 1.0))
    cells.inputs["Scale"].default_value = per_m
    _mix(material, cells.outputs[0], dark, light)
    return material


def rubber(rng: Random) -> Material:
    """Tyres, grips, black plastic."""
    return plain((rng.uniform(0.012, 0.04),) * 3, rough=rng.uniform(0.45, 0.8))


def bare_metal(rng: Random) -> Material:
    """Tubes, rims, stands."""
    return plain((rng.uniform(0.3, 0.6),) * 3, metal=rng.uniform(0.7, 1.0), rough=rng.uniform(0.2, 0.45))


def paint(rng: Random) -> Material:
    """The body colour of a vehicle."""
    vivid = colour(rng, (0.7, 1.0), (0.25, 0.7))
    sober = rng.choice([(0.55, 0.02, 0.02), (0.02, 0.07, 0.32), (0.7, 0.7, 0.68), (0.015, 0.015, 0.018)])
    return plain(rng.choice([vivid, sober]), metal=rng.uniform(0.0, 0.3), rough=rng.uniform(0.15, 0.35))


def cloth(rng: Random, brightness: tuple[float, float] = (0.03, 0.4)) -> Material:
    """Clothes and pram covers: a matt colour with a little weave."""
    base = colour(rng, (0.0, 0.6), brightness)
    lighter = (min(1.0, base[0] * 1.5), min(1.0, base[1] * 1.5), min(1.0, base[2] * 1.5))
    return speckled(base, lighter, per_m=rng.uniform(40.0, 90.0), rough=0.9)


def skin(rng: Random) -> Material:
    """A human skin tone, from fair to dark."""
    depth = rng.uniform(0.15, 0.9)
    return plain((0.14 + 0.5 * depth, 0.07 + 0.33 * depth, 0.045 + 0.24 * depth), rough=0.55)


def colour(rng: Random, saturation: tuple[float, float], value: tuple[float, float]) -> Colour:
    """A random hue within the given saturation and brightness."""
    return colorsys.hsv_to_rgb(rng.random(), rng.uniform(*saturation), rng.uniform(*value))


def _shader(material: Material) -> Any:
    return material.node_tree.nodes["Principled BSDF"]


def _texture(material: Material, kind: str, scale: tuple[float, float, float]) -> Any:
    nodes, links = material.node_tree.nodes, material.node_tree.links
    texture, mapping, where = (nodes.new(k) for k in (kind, "ShaderNodeMapping", "ShaderNodeTexCoord"))
    mapping.inputs["Scale"].default_value = scale
    links.new(where.outputs["Object"], mapping.inputs["Vector"])
    links.new(mapping.outputs["Vector"], texture.inputs["Vector"])
    return texture


def _mix(material: Material, factor: Any, first: Colour, second: Colour) -> None:
    nodes, links = material.node_tree.nodes, material.node_tree.links
    ramp = nodes.new("ShaderNodeValToRGB")
    ramp.color_ramp.elements[0].position, ramp.color_ramp.elements[1].position = 0.4, 0.6
    ramp.color_ramp.elements[0].color, ramp.color_ramp.elements[1].color = (*first, 1.0), (*second, 1.0)
    links.new(factor, ramp.inputs["Fac"])
    links.new(ramp.outputs["Color"], _shader(material).inputs["Base Color"])
