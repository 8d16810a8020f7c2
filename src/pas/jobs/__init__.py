"""Long work: put in line by a request or command, done by ``pas work``, done again after a crash."""

from pas.jobs.kinds import JobFunction, Progress, job_kind, job_kinds
from pas.jobs.queue import Job, JobNotFound, enqueue, read_job
from pas.jobs.worker import Worker

__all__ = [
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
