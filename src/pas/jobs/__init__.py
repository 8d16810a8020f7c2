"""Long work: put in line by a request, a command or the clock, done by ``pas work``, done again after a crash."""

from pas.jobs.daily import Daily
from pas.jobs.kinds import JobFunction, Progress, job_kind, job_kinds
from pas.jobs.queue import Job, JobNotFound, enqueue, read_job
from pas.jobs.worker import Worker

__all__ = [
    "Daily",
    "Job",
    "JobFunction",
    "JobNotFound",
    "Progress",
    "Worker",
    "enqueue",
    "job_kind",
    "job_kinds",
    "read_job",
]
