"""What ``pas work`` does every day for each municipality, and from which hour in Amsterdam."""

from typing import Final

from pas.app import proving
from pas.applications import judge
from pas.grants import follow_job, lapse_job
from pas.jobs import Daily
from pas.messages import remind
from pas.reach import freeze_job
from pas.retention import clean_up
from pas.seals import take_balances
from pas.settlements import schedule_job
from pas.signals import look

DAILY: Final = (
    # Before the clean-up: what links are deleted can no longer be counted.
    Daily(freeze_job.DAILY_KIND, 1),
    Daily(proving.KIND, 2),
    Daily(take_balances.KIND, 2),
    Daily(clean_up.KIND, 3),
    Daily(look.KIND, 4),
    Daily(follow_job.KIND, 5),
    Daily(lapse_job.DAILY_KIND, 6),
    Daily(remind.KIND, 7),
    Daily(schedule_job.KIND, 7),
    Daily(judge.KIND, 7),
)
