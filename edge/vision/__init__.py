"""What a camera's frame shows: models, detection, motion, pictures with boxes. Imports only edge.core."""
