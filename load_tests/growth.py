"""From empty to a million rows on the same connections: does it stay as fast?

Plans that were made on empty tables can be ruinous on full ones; so each connection books on almost
empty tables first, and is never opened again.
"""

import statistics
from typing import Final

import city
from at_sql_level import LANES, Crew
from build import add_residents
from gates import Results
from granting import grant_passes
from lane import Order, Report
from sales import Crowd
from server import Server

FIRST_PASSES: Final = 10
FIRST_ENTRIES: Final = 10_000
"""Grants, before the first redemption of the growth is counted."""
WARM_CALLS: Final = 50
BATCH: Final = 128
DECILES: Final = 10
PART: Final = 20
"""The cost at either end is that of a twentieth of all calls."""


def warm_on_empty_tables(server: Server, crew: Crew) -> None:
    add_residents(server, range(FIRST_PASSES))
    grant_passes(server, range(FIRST_PASSES))
    crowd = Crowd(0, FIRST_PASSES)
    crew.carry_out(Order("redeem", crowd, 1, 0, items=WARM_CALLS))


def grow(server: Server, crew: Crew, *, results: Results, redemptions: int) -> range:
    """Book so many redemptions; gives the holders who made them."""
    warm_on_empty_tables(server, crew)
    holders = range(FIRST_ENTRIES // city.BUDGETS)
    rest = range(FIRST_PASSES, holders.stop)
    add_residents(server, rest)
    grant_passes(server, rest)
    order = Order("redeem", Crowd(0, holders.stop), BATCH, 0, items=redemptions // LANES)
    reports = crew.carry_out(order)
    rates = deciles(reports)
    results.gate("decile", rates[-1] / rates[1])
    for place, rate in ((1, rates[1]), (5, rates[4]), (9, rates[8]), (10, rates[9])):
        results.figure(f"growth, decile {place}: bookings/s", rate)
    results.gate("flat_cost", cost_at_end(reports))
    return holders


def deciles(reports: list[Report]) -> list[float]:
    """Give bookings a second in each tenth of all redemptions."""
    calls = sorted((ended, items) for report in reports for _, ended, items in report.calls)
    total = sum(items for _, items in calls)
    began, done, number = min(report.began for report in reports), 0, 1
    rates: list[float] = []
    counted = 0
    for ended, items in calls:
        done += items
        if done * DECILES >= total * number:
            rates.append((done - counted) / (ended - began))
            began, counted, number = ended, done, number + 1
    assert len(rates) == DECILES, "fewer than ten calls"
    return rates


def cost_at_end(reports: list[Report]) -> float:
    """Compare what a redemption takes in the last and in the first calls, by their medians."""
    calls = sorted((began, ended - began) for report in reports for began, ended, _ in report.calls)
    part = max(1, len(calls) // PART)
    first = statistics.median(seconds for _, seconds in calls[:part])
    last = statistics.median(seconds for _, seconds in calls[-part:])
    return last / first
