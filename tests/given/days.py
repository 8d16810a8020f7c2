"""The day on which the tests run, in Amsterdam, as the product counts its days."""

from datetime import UTC, date, datetime
from typing import Final

from pas.days import day_of

NOW: Final = datetime.now(UTC)
TODAY: Final = day_of(NOW)
YEAR: Final = TODAY.year
NEW_YEAR: Final = date(YEAR, 1, 1)
