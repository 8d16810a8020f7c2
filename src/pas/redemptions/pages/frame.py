"""What stands around every page of a till."""

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.problems.bodies import AppRequest


def home(municipality: str) -> str:
    return f"/{municipality}/till"


def frame(request: AppRequest, municipality: str) -> dict[str, object]:
    """Where one can go; people also have a first page, and only who sells has a till."""
    actor, address = actor_of(request), home(municipality)
    ways = [("Verkopen", f"{address}/sales")]
    if actor.kind == "till" or actor.may(Permission.REDEMPTIONS_MAKE):
        ways.insert(0, ("Kassa", address))
    if actor.kind == "login":
        ways.insert(0, ("Begin", f"/{municipality}"))
    return {"address": address, "ways": ways}
