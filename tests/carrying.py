"""A courier in a process of its own, to be killed: python tests/carrying.py '{…}'."""

import asyncio
import ssl
import sys
from pathlib import Path

import msgspec

from pas.auth.keys import KeyStore
from pas.db import Address, Database
from pas.outgoing.post import Place, Post
from pas.webhooks.courier import Courier
from receiving import Names, anywhere


class Task(msgspec.Struct, frozen=True):
    """Where the database, the keys and the receiver are, and whose certificate is believed."""

    url: str
    secret: str
    keys: str
    name: str
    port: int
    authority: str


async def carry(task: Task) -> None:
    names = Names()
    names.lead(task.name, Place("127.0.0.1", task.port))
    trust = ssl.create_default_context(cadata=task.authority)
    post = Post(look_up=names.look_up, may_reach=anywhere, trust=trust, total_seconds=60)
    database = Database(Address(task.url, task.secret))
    await Courier(database, keys=KeyStore(Path(task.keys)), post=post).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(carry(msgspec.json.decode(sys.argv[1], type=Task)))
