"""How the project's models are made and tested: pictures, training, export. Never installed on a device."""
