"""``pas settings``: what can be set, and to what it is set now."""

import typer
from rich.table import Table

from pas.cli.screen import out
from pas.settings import PREFIX, read_settings

app = typer.Typer(invoke_without_command=True)


@app.callback()
def show() -> None:
    """Show every setting and its value; secrets are masked.

    Example: PAS_PORT=9000 pas settings
    """
    table = Table(box=None, pad_edge=False)
    table.add_column("setting", style="bold")
    table.add_column("value")
    for name, value in read_settings().described().items():
        table.add_row(PREFIX + name.upper(), value)
    out.print(table)
