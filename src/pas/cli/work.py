"""``pas work``: does the jobs of all municipalities that wait in line or whose hour has come."""

import asyncio
import signal
from collections.abc import Sequence
from typing import Annotated, Final

import typer

from pas.app.schedule import DAILY
from pas.app.slices import slice_routes
from pas.auth.keys import KeyStore
from pas.cli.screen import done, say
from pas.db import Database
from pas.installation import opened
from pas.jobs.kinds import job_kinds
from pas.jobs.worker import Worker
from pas.logs import configure_logs
from pas.messages.carriers import carriers
from pas.messages.courier import MessageCourier
from pas.outgoing.post import Post
from pas.seals.sealer import Sealer
from pas.settings import read_settings
from pas.webhooks.courier import Courier

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
LONGEST_STATEMENT: Final = 3_600.0
"""Seconds; the proof of old books reads everything, and nobody waits for a job at a screen."""

app = typer.Typer(invoke_without_command=True)


@app.callback()
def work(
    *,
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, then stop.")] = False,
) -> None:
    """Do jobs until Ctrl-C; several of these share the work, and a killed one's jobs are done again.

    What runs daily is put in line here too, once per municipality and day; and what programs of
    merchants and holders want to hear is sent to them. The books are sealed, about once a second.

    Example: pas work
    """
    settings = read_settings()
    configure_logs(settings.log_level, settings.log_format)
    slice_routes()  # the modules with routes are those that register kinds of jobs
    with opened(settings, say) as access:
        database = Database(access.address, command_seconds=LONGEST_STATEMENT)
        worker = Worker(database, job_kinds(), daily=DAILY)
        keys, post = KeyStore(settings.keys), Post()
        couriers = (
            Courier(database, keys=keys, post=post),
            MessageCourier(
                database, keys=keys, carriers=carriers(settings, post), origin=settings.origin
            ),
            Sealer(database, keys=keys),
        )
        asyncio.run(run(worker, couriers, once=once))
    done("Stopped working.")


async def run(
    worker: Worker, couriers: Sequence[Courier | MessageCourier | Sealer], *, once: bool
) -> None:
    try:
        if once:
            done(f"{await worker.run_all_due()} jobs done.")
            for courier in couriers:
                await courier.run_all_due()
            return
        stop = asyncio.Event()
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        async with asyncio.TaskGroup() as all_of_them:
            all_of_them.create_task(worker.run(stop))
            for courier in couriers:
                all_of_them.create_task(courier.run(stop))
    finally:
        await worker.database.close()
