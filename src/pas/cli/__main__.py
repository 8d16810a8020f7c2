"""``python -m pas.cli`` is ``pas``."""

from pas.cli import main

if __name__ == "__main__":
    main()
