"""The database as the rest of the program sees it: statements with typed rows, and pools.

A statement is a constant with its row type beside it::

    LOCK_BUDGETS = Statement("SELECT id, amount FROM balance WHERE …", LockedBudget)
    budgets = await LOCK_BUDGETS.all(connection, pass_id)

A connection is bound to one municipality by its role, whose search_path is that schema.
"""

from pas.db.address import Address, Login, role_name
from pas.db.pools import (
    BusyDatabase,
    Database,
    DatabaseAway,
    RegisteredMunicipality,
    UnknownMunicipality,
    possible_name,
)
from pas.db.scram import scram_verifier
from pas.db.statement import Connection, Pool, Statement, take_long
from pas.db.trouble import CONNECTION_LOST

__all__ = [
    "CONNECTION_LOST",
    "Address",
    "BusyDatabase",
    "Connection",
    "Database",
    "DatabaseAway",
    "Login",
    "Pool",
    "RegisteredMunicipality",
    "Statement",
    "UnknownMunicipality",
    "possible_name",
    "role_name",
    "scram_verifier",
    "take_long",
]
