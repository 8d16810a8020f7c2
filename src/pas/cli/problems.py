"""``pas problems``: every refusal with its code and its sentences."""

import sys

import typer

app = typer.Typer(invoke_without_command=True)


@app.callback()
def show() -> None:
    """Write every refusal as a table in Markdown: code, status, sentences and next step.

    Example: pas problems > docs/problems.md
    """
    # The whole program is imported for this, which other commands need not wait for.
    from pas.app.catalogue import as_markdown  # noqa: PLC0415

    sys.stdout.write(as_markdown())
