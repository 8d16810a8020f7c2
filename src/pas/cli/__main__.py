"""``python -m pas.cli`` is ``pas``."""

from pas.cli import main

main()
