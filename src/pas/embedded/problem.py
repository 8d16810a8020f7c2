"""What can be wrong with the machine, said in a sentence to the person who starts the program."""


class EmbeddedProblem(Exception):
    """The embedded PostgreSQL cannot run here; the message says why and what to do."""
