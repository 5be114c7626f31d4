"""``%qjobs``, ``%qresult`` and ``%qcancel``: the jobs of this home, whatever kernel made them."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from qmagic.errors import InputError
from qmagic.jobs import JobInfo, JobStatus
from qmagic.magics import values
from qmagic.magics.call import Call
from qmagic.magics.flags import Command, Flag, number, whole
from qmagic.magics.open_sessions import close_sessions, open_sessions
from qmagic.magics.qrun import notebook
from qmagic.magics.show import result_of
from qmagic.magics.table import Table
from qmagic.magics.words import expanded, split

__all__ = ["QCANCEL", "QJOBS", "QRESULT", "cancel_jobs", "list_jobs", "show_result"]

_OUTPUT = Flag("--output", "Also assign the value to this variable.", "NAME", short="-o")
_DEBUG = Flag("--debug", "Show Python's full traceback when something is wrong.")
_STATUSES = tuple(status.value for status in JobStatus)

QJOBS = Command(
    "qjobs",
    usage="%qjobs [flags]",
    about="Lists jobs, newest first, also those of other notebooks and of kernels that are gone, and names the "
    "sessions that are open at providers. The value is a sequence of jobs.",
    flags=(
        Flag("--limit", "How many at most. Default: 20.", "N", whole),
        Flag("--status", "Only jobs that stand there, such as RUNNING; may be given again.", "STATUS",
             choices=_STATUSES, repeats=True),
        Flag("--tag", "Only jobs with this tag.", "TEXT", values="tag"),
        Flag("--all", "Each job of a group, a Sampler or an Estimator on a line of its own; else they share one."),
        Flag("--remote", "The account's jobs at a provider instead, such as ibm; qmagic.adopt takes one over.",
             "PROVIDER"),
        Flag("--purge", "Delete finished jobs and their results instead."),
        Flag("--older-than", "With --purge: only jobs that ended at least so many days ago.", "DAYS", number),
        Flag("--resume", "Try a job now that is HELD; may be given again.", "JOB", repeats=True, values="job"),
        Flag("--resubmit-in-doubt", "Submit a job again that is IN_DOUBT, though it may then be billed twice.", "JOB",
             repeats=True, values="job"),
        Flag("--json", "Print JSON."),
        _OUTPUT,
        _DEBUG,
    ),
    examples="""
        %qjobs --status RUNNING --status READY
        %qjobs --tag bell --limit 5
        %qjobs --remote ibm
        %qjobs --purge --older-than 30
        %qjobs --resume 06a2k
    """,
    errors="""
        --status: expected CREATED, ... got 'DONNE'; did you mean 'DONE'?
        job ... is QUEUED, not HELD                   there is nothing to resume
    """,
)  # fmt: skip

QRESULT = Command(
    "qresult",
    usage="%qresult [job] [flags]",
    about="Shows the result of a job: this notebook's last one, or the one with this id, or a unique beginning of it, "
    "or that a variable holds. Waits for a job that has not ended; an interrupt only stops waiting.",
    words="job",
    flags=(
        Flag("--timeout", "Seconds to wait; the job goes on.", "SECONDS", number),
        _OUTPUT,
        Flag("--quiet", "Show nothing."),
        _DEBUG,
    ),
    examples="""
        %qresult
        %qresult 06a2k -o result
    """,
    errors="""
        there is no job '06a2z'                   %qjobs lists them
        the job failed, or was cancelled          the message says why
    """,
)

QCANCEL = Command(
    "qcancel",
    usage="%qcancel [job or session ...] [flags]",
    about="Cancels jobs: this notebook's last one, or those with these ids (a unique beginning will do), or that "
    "variables hold. A session or batch with such an id is closed: it takes no more jobs, those in it go on.",
    words="job",
    flags=(Flag("--all", "Cancel every job that has not ended."), _DEBUG),
    examples="""
        %qcancel
        %qcancel 06a2k 06a3b
        %qcancel --all
    """,
    errors="""
        there is no job '06a2z'                   %qjobs lists them
    """,
)


def list_jobs(call: Call) -> Any:
    """Lists jobs, deletes finished ones, or has some tried again."""
    from qmagic import client

    given = call.parsed.given
    if "resume" in given or "resubmit_in_doubt" in given:
        _retry(given.get("resume", ()), JobStatus.HELD, "is tried now")
        _retry(given.get("resubmit_in_doubt", ()), JobStatus.IN_DOUBT, "is submitted again")
        return None
    if given.get("purge"):
        print(f"{client.purge(older_than=given.get('older_than', 0.0) * 86_400)} jobs deleted")
        return None
    if "older_than" in given:
        raise InputError("--older-than goes with --purge")
    if "remote" in given:
        return _account(given["remote"], given.get("limit", 20), as_json=bool(given.get("json")))
    limit, status, tag = given.get("limit", 20), given.get("status", ()), given.get("tag", "")
    jobs = client.jobs(limit=limit, status=status, tag=tag, fold=not given.get("all"))
    infos = [job.last_info() for job in jobs]
    for info in reversed(infos):
        values.remember(info.id, info.tags)
    if given.get("json"):
        print(json.dumps([info.to_json() for info in infos], indent=2))
        return None
    headings = ("id", "status", "name", "backend", "shots", "created", "took", "")
    return Table(headings, [_row(info) for info in infos], jobs, empty="no jobs", note=open_sessions())


def _retry(prefixes: Sequence[str], status: JobStatus, becomes: str) -> None:
    """Has jobs tried again that stand where they should."""
    from qmagic import client

    jobs = [client.job(prefix) for prefix in prefixes]
    for job in jobs:
        if job.status() is not status:
            raise InputError(f"job {job.id} is {job.status()}, not {status}")
    for job in jobs:
        done = client.retry([job.id])[job.id]
        print(f"job {job.id} " + (becomes if done else f"has just become {job.status()}"))


def _account(provider: str, limit: int, *, as_json: bool) -> Any:
    """Lists the account's jobs at a provider."""
    import msgspec

    from qmagic import client

    found = client.account_jobs(provider, limit)
    if as_json:
        print(json.dumps(msgspec.to_builtins(found), indent=2))
        return None
    rows = [
        (one.remote.id, one.remote.device, one.remote.status, _moment(one.remote.created), one.known or "not here")
        for one in found
    ]
    return Table(("id", "device", "status", "created", "job"), rows, found, empty=f"no jobs at {provider}")


def show_result(call: Call) -> Any:
    """Returns the result of a job."""
    from qmagic import client

    ids = _ids(call)
    if len(ids) > 1:
        raise InputError(f"%qresult takes one job, got {len(ids)}")
    job = client.job(*ids) if ids else client.job(notebook=notebook(call.shell))
    return result_of(job, keep=True, timeout=call.parsed.get("timeout"))


def cancel_jobs(call: Call) -> None:
    """Cancels jobs and says of each what became of it."""
    from qmagic import client

    if call.parsed.get("all"):
        unfinished = [status.value for status in JobStatus if not status.final]
        jobs = client.jobs(limit=100_000, status=unfinished)
    else:
        ids = _ids(call)
        others = close_sessions(ids)
        jobs = [client.job(prefix) for prefix in others]
        if not ids:
            jobs = [client.job(notebook=notebook(call.shell))]
        elif not others:
            return
    stopped = client.cancel([job.id for job in jobs])
    for job in jobs:
        ended = stopped[job.id] is None
        print(f"job {job.id} " + (f"had ended before ({job.status()})" if ended else "was cancelled"))
    if not jobs:
        print("no job runs or waits")


def _ids(call: Call) -> list[str]:
    """Returns the ids that the line's words mean: as they stand, or of the jobs in variables."""
    ids = []
    for word in split(call.parsed.words):
        text = expanded(word, call.namespace)
        held = getattr(call.namespace.get(text), "id", None)
        ids.append(held if isinstance(held, str) else text)
    return ids


def _row(info: JobInfo) -> tuple[str, ...]:
    waits = info.status in (JobStatus.HELD, JobStatus.IN_DOUBT)
    last = info.error.splitlines()[0] if info.error else info.why if waits else info.headline
    if info.family > 1:
        last = f"and {info.family - 1} more of the same group; {last}".rstrip("; ")
    shots = "" if info.shots is None else f"{info.shots:,}"
    return info.id, info.status.value, info.name, info.backend, shots, _moment(info.created), _took(info), last


def _moment(seconds: float) -> str:
    then = time.localtime(seconds)
    return time.strftime("%H:%M:%S" if then[:3] == time.localtime()[:3] else "%Y-%m-%d %H:%M", then)


def _took(info: JobInfo) -> str:
    if info.started is None:
        return ""
    seconds = max(0.0, (info.ended or time.time()) - info.started)
    if seconds < 60:
        return f"{seconds * 1000:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min {rest} s"
