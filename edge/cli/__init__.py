"""The technician's `edge` command, one file per subcommand."""
