"""What every node shares: the machine (`core`), the wire, the hardware, the eye, the technician's command."""
