"""Questions about jobs and the service: which jobs there are, one by its id, the service's state, deletion."""

from __future__ import annotations

from collections.abc import Sequence

from qmagic.client.connection import connection, running
from qmagic.client.environment import environment
from qmagic.client.handle import Job
from qmagic.client.loop import handle
from qmagic.errors import InputError, NotFoundError
from qmagic.jobs import JobSpec, JobStatus
from qmagic.money import AskBudget, BudgetReport, SetBudget
from qmagic.protocol import Cancel, Cost, Costs, Find, Found, Purge, Retry, ServiceStatus
from qmagic.quotes import AskDevices, CloudDevices

__all__ = [
    "budget", "cancel", "costs", "devices", "events", "job", "jobs", "plan", "purge", "retry", "service_status",
    "stop_service",
]  # fmt: skip


def job(id: str = "", *, notebook: str = "") -> Job:
    """Returns the handle of a job by its id or a unique prefix of it; without one, of the last job.

    Args:
        id: Id or prefix.
        notebook: Without an id, this notebook's last job is meant, if it has any.

    Raises:
        NotFoundError: There is no such job.
        InputError: Several jobs begin so.
    """
    wanted = id.strip().lower()
    found: list[Found] = connection().ask(
        "find", Find(id=wanted, limit=2 if wanted else 1, notebook="" if wanted else notebook), list[Found]
    )
    exact = [item for item in found if item.info.id == wanted]
    if exact or (len(found) == 1):
        return handle((exact or found)[0].info)
    if found:
        raise InputError(
            f"{id!r} begins several job ids ({', '.join(item.info.id for item in found)}, ...); give more of it"
        )
    if wanted or not notebook:
        raise NotFoundError(
            f"there is no job {id!r}; %qjobs lists those there are" if wanted else "there is no job yet"
        )
    return job()


def jobs(
    limit: int = 50,
    *,
    status: str | JobStatus | Sequence[str | JobStatus] = (),
    tag: str = "",
    notebook: str = "",
    parent: str = "",
    fold: bool = False,
) -> list[Job]:
    """Returns the handles of jobs, newest first.

    Args:
        limit: At most this many.
        status: Only those with this status (or one of these).
        tag: Only those with this tag.
        notebook: Only those of this notebook.
        parent: Only those with this parent.
        fold: Jobs of one primitive (of the same parent) are listed as one: the newest, whose ``info().family`` says
            how many it stands for.
    """
    wanted = (status,) if isinstance(status, str) else tuple(status)
    try:
        statuses = tuple(JobStatus(str(item).upper()).value for item in wanted)
    except ValueError:
        raise InputError(f"status {', '.join(map(str, wanted))}: expected one of {', '.join(JobStatus)}") from None
    if limit < 1:
        raise InputError(f"limit {limit}: expected 1 or more")
    find = Find(limit=limit, status=statuses, tag=tag, notebook=notebook, parent=parent, fold=fold)
    found: list[Found] = connection().ask("find", find, list[Found])
    return [handle(item.info) for item in found]


def events(id: str) -> Found:
    """Returns a job with its events, oldest first."""
    found: list[Found] = connection().ask("find", Find(id=job(id).id, limit=1, events=True, spec=True), list[Found])
    return found[0]


def cancel(ids: Sequence[str]) -> dict[str, JobStatus | None]:
    """Stops jobs; returns where each stands now, None for one that had ended or does not exist."""
    answer: dict[str, JobStatus | None] = connection().ask("cancel", Cancel(list(ids)), dict[str, JobStatus | None])
    return answer


def retry(ids: Sequence[str]) -> dict[str, bool]:
    """Has jobs tried now that are held, or in doubt; of each whether it is.

    One in doubt may then run twice at its provider, and be billed twice: ask for it only where somebody wants that.
    """
    answer: dict[str, bool] = connection().ask("retry", Retry(list(ids)), dict[str, bool])
    return answer


def devices(providers: Sequence[str], *, refresh: bool = False, wait: bool = False) -> list[CloudDevices]:
    """Returns the devices of providers as they were last told, each provider with the age of that or why there is none.

    Args:
        providers: Such as ``["ibm", "ibm-stub"]``.
        refresh: Wait until all of them were asked anew. Otherwise what is old is asked for in the background.
        wait: Wait a few seconds for who was never asked; for a stub that is done anyway.
    """
    if not providers:
        return []
    wanted = AskDevices(tuple(providers), environment(), refresh, wait)
    found: list[CloudDevices] = connection().ask("devices", wanted, list[CloudDevices])
    return found


def plan(spec: JobSpec) -> bytes:
    """Returns what a job would do, encoded: see `qmagic.plans.plan.opened`; no job is made, nothing is simulated.

    Raises:
        InputError: Its input cannot be read.
    """
    answer: bytes = connection().ask("plan", spec, bytes)
    return answer


def costs(*, reset: bool = False) -> list[Cost]:
    """Returns how long backends really take here, against their estimates; `reset` forgets that first."""
    found: list[Cost] = connection().ask("costs", Costs(reset), list[Cost])
    return found


def purge(older_than: float = 0.0, ids: Sequence[str] | None = None) -> int:
    """Deletes finished jobs with their results, and returns how many.

    Args:
        older_than: Only those that ended more than this many seconds ago.
        ids: Only these.
    """
    deleted: int = connection().ask("purge", Purge(older_than, None if ids is None else list(ids)), int)
    return deleted


def budget(change: SetBudget | None = None) -> BudgetReport:
    """Returns the limits on what jobs may cost, and what was spent; changes limits first, if asked to.

    Raises:
        InputError: An amount is negative, or no amount.
    """
    report: BudgetReport = connection().ask("budget", AskBudget(change), BudgetReport)
    return report


def service_status() -> ServiceStatus | None:
    """Returns the service's state, None when none runs; never starts one."""
    if not running():
        return None
    status: ServiceStatus = connection().ask("status", None, ServiceStatus)
    return status


def stop_service() -> bool:
    """Ends the service and its workers, and waits until it is gone; False when none ran.

    Unfinished jobs run again when it next starts.
    """
    from qmagic import home as homes

    found = homes.find_service(homes.home_folder())
    if found is None:
        return False
    line = connection()
    line.wait(line.send("stop"))
    while homes.process_alive(found.pid, found.start):
        line.pause(0.01)
    line.close()
    return True
