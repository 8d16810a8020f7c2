"""Makes booklets as a job."""

from datetime import UTC, datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.keys import KeyStore
from pas.coupons.make_coupons import Terms, begin_coupon_run, do_coupon_run
from pas.db import Connection, Database
from pas.ids import CouponRunId, MunicipalityName
from pas.jobs.kinds import Progress, job_kind
from pas.jobs.queue import enqueue
from pas.money import Cents
from pas.settings import read_settings

KIND: Final = "coupons.make"


class Arguments(msgspec.Struct, frozen=True):
    run_id: CouponRunId


class CouponReport(msgspec.Struct, frozen=True, rename="camel"):
    """What stands on paper together."""

    id: CouponRunId
    worth_cents: Cents


async def queue_coupon_run(
    connection: Connection, terms: Terms, *, actor: Actor, now: datetime
) -> CouponRunId:
    async with connection.transaction():
        run_id = await begin_coupon_run(connection, terms, actor=actor, now=now)
        await enqueue(
            connection,
            kind=KIND,
            arguments=Arguments(run_id),
            actor_kind=actor.kind,
            actor_id=actor.id,
        )
    return run_id


@job_kind(KIND)
async def make_coupons(
    database: Database, municipality: MunicipalityName, progress: Progress
) -> CouponReport:
    """Begun again after a crash it goes on with the budgets that have no coupons yet."""
    run_id = progress.asked(Arguments).run_id
    ring = KeyStore(read_settings().keys).ring(municipality)
    worth = await do_coupon_run(
        database, municipality, run_id, ring=ring, now=datetime.now(UTC), told=progress.told
    )
    return CouponReport(run_id, worth)
