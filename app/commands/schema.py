"""`guanxi schema`"""

from __future__ import annotations

import click


def text() -> str:
    """The SDL, as it is kept in `schema/schema.graphql`."""
    from schema import schema

    return schema.as_str().rstrip() + "\n"


@click.command("schema")
def command() -> None:
    click.echo(text(), nl=False)
