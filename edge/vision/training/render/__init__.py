"""A synthetic lift, drawn with Blender from nothing but primitives: no photograph or model.

The `train` extra brings Blender as a Python module (`bpy<4.6`); nothing outside this package imports it.

    python -m edge.vision.training.render.frames --out DIR --count 3000 --seed 1   # random labelled frames
    python -m edge.vision.training.render.clip --story ebike --out DIR --seed 1    # one visit, one camera

Frames: `kinds`, `mix`, `plans`, `sample` and `layout` decide what is in frame k (pure, no Blender); `cabin`, `finishes`
and `wallware` build the car, `cast` the actors (one family per file) and `wardrobe` what people wear; `studio` shoots
one plan, `tarnish` and `sensor` spoil it as a cheap camera does, `ledger` knows what is done. `styles` and `lenses` say
where the camera is, `landing` is the lift as seen from outside; `modeltable` and `imported` bring ready-made models in.
Clips: `stories` and `story` say who comes when (pure), `visitors` move, `rooms` builds the car, its landing and the
camera, `cover` puts a hand over the lens, `labels` has the boxes.

Lengths are metres, angles radians, z points up, the car's floor is z = 0 and its door is at negative y.
The same seed gives the same pictures: each builder gets its own `random.Random`.
"""
