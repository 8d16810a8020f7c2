"""What of a municipality does not leave, and why; every other table does, also one that comes tomorrow."""

from typing import Final

MADE_BY_MIGRATIONS: Final = "The migrations make these rows, the same in every installation."
LEFT_BEHIND: Final = {
    "balance_tile": "What proofs of last night's balances are made from: the next night makes them anew.",
    "incompatible_role": MADE_BY_MIGRATIONS,
    "job": "Work of this installation: wait until it is done. What it made leaves with its own table.",
    "migration": "Which migrations made the tables; the manifest lists them.",
    "posting": MADE_BY_MIGRATIONS,
    "session": "Signed in here and nowhere else: everybody signs in again.",
    "sign_in_attempt": "Somebody who is signing in at this moment starts again.",
    "upload": "A file that waits for its job: upload it again.",
    "upload_piece": "A piece of a file that waits for its job.",
}
"""By table."""
