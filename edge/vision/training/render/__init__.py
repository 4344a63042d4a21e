"""Short clips of a lift car, drawn with Blender from nothing but primitives: no photograph or model.

The `train` extra brings Blender as a Python module (`bpy<4.6`); nothing outside this package imports it. A
clip is one car, one fixed camera and one visitor: the scene is built once and only the visitor moves.

    python -m edge.vision.training.render.clip --story ebike --out DIR --seed 1

`story` says who comes when (pure), `car` and `lobby` build the room, `person`, `ebike` and `pram` the actors,
`camera` the lens, `labels` the boxes, `sensor` the noise of a cheap camera, `clip` puts them together.
Lengths are metres, angles radians, z points up, the car's floor is z = 0 and its door is at negative y.
The same seed gives the same clip: each builder gets its own `random.Random`.
"""
