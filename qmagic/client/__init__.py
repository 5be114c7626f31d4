"""How a kernel (or any process) reaches the job service: find or start it, submit, wait, ask. Imports the base only."""

from qmagic.client.ask import (
    budget,
    cancel,
    costs,
    devices,
    job,
    jobs,
    plan,
    purge,
    retry,
    service_status,
    stop_service,
)
from qmagic.client.environment import environment, notebook
from qmagic.client.handle import Job
from qmagic.client.loop import Loop
from qmagic.client.submit import submit, submit_many
from qmagic.client.sweep import Sweep
from qmagic.client.warm import warm

__all__ = [
    "Job", "Loop", "Sweep", "budget", "cancel", "costs", "devices", "environment", "job", "jobs", "notebook", "plan",
    "purge", "retry", "service_status", "stop_service", "submit", "submit_many", "warm",
]  # fmt: skip
