"""The command line. Exit codes: 0 done, 1 the work failed or Ctrl-C stopped it, 2 wrong usage or settings, 143 SIGTERM stopped it."""

from __future__ import annotations

import importlib
import keyword
import sys
from collections.abc import Sequence

import click

from app import stopping

__all__ = ["guanxi", "main"]

# What stands in the help, so that it needs no command's imports; the module is app/commands/<name>.py.
COMMANDS = {
    "serve": "Migrate, then serve GraphQL over HTTP.",
    "import": "Import files, as often as they change, and report row by row.",
    "migrate": "Bring the database to this version's schema.",
    "analyse": "Run one analysis of the network and show what it found.",
    "plot": "Save a picture of a community.",
    "rebuild": "Recompute acquaintances, last contacts and role labels from interactions and ties.",
    "dump": "Write all data to a file.",
    "load": "Put a dump into an empty database.",
    "schema": "Print the GraphQL schema.",
    "doctor": "Say what is wrong with settings, engine and versions, and how to fix it.",
}


class Commands(click.Group):
    """Loads a command's module when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"app.commands.{_module(cmd_name)}").command
        command.help = COMMANDS[cmd_name]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _module(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="guanxi")
def guanxi() -> None:
    """Guanxi 关系: customers, contacts, partners and suppliers as one graph.

    Settings come from GUANXI_… in the environment or in .env; flags win.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs a command and ends the process with its exit code."""
    stopping.watch()
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    try:
        code = guanxi.main(arguments, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return 1
    except stopping.Terminated:
        click.echo("Stopped.", err=True)
        return stopping.TERMINATED
    return code if isinstance(code, int) else 0
