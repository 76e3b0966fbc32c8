"""One file a command, loaded when it is called. Each has a `command`, listed in `app.cli.COMMANDS`."""
