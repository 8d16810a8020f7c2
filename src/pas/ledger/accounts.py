"""Account ids are random, so that nothing about a person can be read from one."""

import secrets
from typing import Final

from pas.ids import AccountId

BITS: Final = 62


def new_account_id() -> AccountId:
    """Draw an id that PostgreSQL's bigint holds; among five million the odds of a twin are 1 in 10^5."""
    return AccountId(secrets.randbits(BITS) + 1)
