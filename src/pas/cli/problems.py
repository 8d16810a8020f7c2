"""``pas problems``: every refusal with its code and its sentences."""

import sys

import typer

from pas.app.catalogue import as_markdown

app = typer.Typer(invoke_without_command=True)


@app.callback()
def show() -> None:
    """Write every refusal as a table in Markdown: code, status, sentences and next step.

    Example: pas problems > docs/problems.md
    """
    sys.stdout.write(as_markdown())
