"""How a kernel (or any process) reaches the job service: find or start it, submit, wait, ask. Imports the base only."""

from qmagic.client.account import account_jobs, adopt
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
from qmagic.client.choose import choose, placed
from qmagic.client.environment import environment, notebook
from qmagic.client.group import Group, backends_of, group_specs, submit_group
from qmagic.client.handle import Job
from qmagic.client.loop import Loop
from qmagic.client.sessions import Session, batch, close_session, session, unclosed
from qmagic.client.submit import submit, submit_many
from qmagic.client.sweep import Sweep
from qmagic.client.warm import warm

__all__ = [
    "Group", "Job", "Loop", "Session", "Sweep", "account_jobs", "adopt", "backends_of", "batch", "budget", "cancel",
    "choose", "close_session", "costs", "devices", "environment", "group_specs", "job", "jobs", "notebook", "placed",
    "plan", "purge", "retry", "service_status", "session", "stop_service", "submit", "submit_group", "submit_many",
    "unclosed", "warm",
]  # fmt: skip
