"""``pas ledger witness``, ``add-witness`` and ``cosign``: that everybody sees the same books."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final
from urllib.parse import urlsplit

import httpx
import typer

from pas.auth.actor import SYSTEM
from pas.cli.connected import with_connection
from pas.cli.ledger import REFUSED
from pas.cli.screen import done, failed, out, say
from pas.cli.seals import app
from pas.ids import MunicipalityName
from pas.seals.cosign import add_witness, keep_cosignature
from pas.seals.notes import read_verifier
from pas.seals.witness import KEY, Fetch, SealsAway, cosign_newest, witness_of
from pas.tls import trusted

PATIENCE: Final = httpx.Timeout(20.0)
MOST_BYTES: Final = 1_000_000
SEALS: Final = "/seals"


@app.command(name="witness")
def be_witness(
    folder: Annotated[Path, typer.Argument(help="Yours: your key and the last seal you saw.")],
    address: Annotated[
        str, typer.Argument(help="Of the seals, https://…/velsen/seals, or a folder with a copy.")
    ],
    *,
    key: Annotated[
        list[str], typer.Option(help="Of their seals, as they published it; see their page.")
    ],
    name: Annotated[
        str | None, typer.Option(help="Who you are, the first time: witness.almere.nl.")
    ] = None,
    post: Annotated[bool, typer.Option("--post", help="Send the line to them too.")] = False,
) -> None:
    """Witness the books of another municipality: sign their newest seal, if it goes on from the last.

    Prints the number of rows and the line to send to them. Exit code 1, and nothing signed, when
    their past is another one than you saw before. Needs no database; run it once a day.

    Example: pas ledger witness almere https://pas.example.nl/velsen/seals --key 'pas/velsen/…' --name witness.almere.nl
    """
    if name is None and not (folder / KEY).exists():
        failed("Say who you are, the first time: --name witness.almere.nl")
        sys.exit(REFUSED)
    me = witness_of(folder, name)
    checkpoint, signature = cosign_newest(
        fetching(address),
        folder,
        witness=me,
        trusted=[read_verifier(one) for one in key],
        now=datetime.now(UTC),
    )
    out.print(f"{checkpoint.size} {signature.line.strip()}", soft_wrap=True, markup=False)
    if post:
        send(address, size=checkpoint.size, line=signature.line)
    say(f"They know you by this key: {me.verifier.text}")
    done(f"The books go on: {checkpoint.size} rows of {checkpoint.origin}.")


@app.command(name="add-witness")
def add(
    municipality: Annotated[str, typer.Argument(help="Whose books; see pas municipality list.")],
    key: Annotated[str, typer.Argument(help="Of the witness, as pas ledger witness tells it.")],
) -> None:
    """Keep and publish what this witness signs, from now on.

    Example: pas ledger add-witness velsen witness.almere.nl+a1b2c3d4+BAYx…
    """
    name, witness = MunicipalityName(municipality), read_verifier(key)
    with_connection(name, lambda connection: add_witness(connection, witness, actor=SYSTEM))
    done(f"{witness.name} is a witness of {name}.")


@app.command(name="cosign")
def cosign(
    municipality: Annotated[str, typer.Argument(help="Whose books; see pas municipality list.")],
    file: Annotated[Path, typer.Argument(help="What pas ledger witness printed.")],
) -> None:
    """Keep what a witness signed, and publish it with its seal.

    Example: pas ledger cosign velsen cosignature-of-almere.txt
    """
    name = MunicipalityName(municipality)
    size, _, line = file.read_text(encoding="utf-8").strip().partition(" ")
    if not size.isdecimal():
        failed(f"{file} is not what pas ledger witness prints.")
        sys.exit(REFUSED)
    now = datetime.now(UTC)
    witness = with_connection(
        name, lambda connection: keep_cosignature(connection, line, size=int(size), now=now)
    )
    done(f"{witness} signed the seal over {size} rows of {name}.")


def fetching(address: str) -> Fetch:
    """Read what stands below an address of the web, or in a folder that is laid out alike."""
    is_web = urlsplit(address).scheme in {"http", "https"}

    def fetch(place: str) -> bytes:
        try:
            if not is_web:
                return (Path(address) / place).read_bytes()
            return downloaded(f"{address.rstrip('/')}/{place}")
        except (httpx.HTTPError, OSError) as error:
            raise SealsAway(f"{place}: {error}") from error

    return fetch


def downloaded(address: str) -> bytes:
    """Read an answer, and no more of it than a seal or a tile can be."""
    content = b""
    with httpx.stream("GET", address, timeout=PATIENCE, verify=trusted()) as answer:
        answer.raise_for_status()
        for piece in answer.iter_bytes():
            content += piece
            if len(content) > MOST_BYTES:
                raise SealsAway(f"{address}: dit is te groot voor een zegel.")
    return content


def send(address: str, *, size: int, line: str) -> None:
    """Send a line to where the seals came from."""
    parts = urlsplit(address.rstrip("/"))
    place = parts._replace(path=f"/v1{parts.path.removesuffix(SEALS)}/cosignatures")
    body = {"size": size, "line": line}
    try:
        httpx.post(place.geturl(), json=body, timeout=PATIENCE, verify=trusted()).raise_for_status()
    except httpx.HTTPError as error:
        raise SealsAway(f"The line was not taken: {error}") from error
