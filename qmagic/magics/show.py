"""How a magic waits for its job and hands the result to IPython.

A result is shown once: by IPython, as the value of the cell, or by a live card that becomes it where somebody watches
(`qmagic.magics.live`). Waiting can be interrupted: the first interrupt cancels the job (with `keep` it only stops
waiting) and ends the cell with one line; a second one, while the service is being told, ends the cell at once.
"""

from __future__ import annotations

import contextlib
import dis
import sys
from types import FrameType
from typing import TYPE_CHECKING

from qmagic.errors import JobTimeoutError, NotFoundError, QmagicError
from qmagic.magics.failures import interrupted

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from qmagic.client import Job
    from qmagic.jobs import JobSpec
    from qmagic.plans.plan import Plan
    from qmagic.quotes import CloudPlan
    from qmagic.results import Result

__all__ = [
    "calling_frame", "planned", "result_of", "shown_job", "shown_result", "submitted", "value_is_shown",
]  # fmt: skip

_NOTHING = "nothing was submitted"


def submitted(spec: JobSpec, *, keep: bool) -> Job:
    """Submits a job.

    Args:
        spec: The job.
        keep: Leave what arrived of the job when the user does not wait for the reply.

    Raises:
        KeyboardInterrupt: The user did not wait; the message says what became of the job.
    """
    from qmagic import client

    try:
        return client.submit(spec)
    except KeyboardInterrupt:
        raise interrupted(_withdrawn(client.Job(spec.id), keep)) from None


def planned(spec: JobSpec) -> Plan | CloudPlan:
    """Returns what a job would do; it never exists."""
    from qmagic import client
    from qmagic.plans.plan import opened

    return opened(client.plan(spec), spec.backend)


#: Seconds after which a card is worth its place: what is done sooner is shown as it is.
_SOON = 0.3


def shown_result(shell: InteractiveShell, job: Job, *, keep: bool) -> Result:
    """Waits for a job like `result_of`, with a live card in the cell where the wait is long and somebody watches.

    The card becomes the result, which IPython then keeps without showing it again.
    """
    from qmagic.magics.live import LiveCard, is_watched, show_no_more

    if not is_watched(shell):
        return result_of(job, keep=keep)
    try:
        return result_of(job, keep=keep, timeout=_SOON)
    except JobTimeoutError:
        what = "only stops waiting" if keep else "cancels the job"
        card = LiveCard(shell, job, blocking=True, hint=f"Interrupting the cell {what}.")
    try:
        result = result_of(job, keep=keep)
    except BaseException:
        with contextlib.suppress(QmagicError, TimeoutError):
            if job.done():
                card.end()
        raise
    card.end(result)
    show_no_more(shell, result)
    return result


def shown_job(shell: InteractiveShell, job: Job) -> Job:
    """Returns a job that nobody waits for; where somebody watches, its card stays live and becomes the result."""
    from qmagic.magics.live import LiveCard, is_watched, show_no_more

    if is_watched(shell):
        LiveCard(shell, job, blocking=False)
        show_no_more(shell, job)
    return job


def result_of(job: Job, *, keep: bool, timeout: float | None = None) -> Result:
    """Waits for a job and returns its result.

    Args:
        job: The job.
        keep: Leave the job running when the wait is interrupted.
        timeout: Seconds to wait, then JobTimeoutError.

    Raises:
        KeyboardInterrupt: The wait was interrupted; the message says what became of the job.
        JobError: The job ended without a result.
    """
    try:
        return job.result(timeout)
    except KeyboardInterrupt:
        if keep:
            message = f"job {job.id} goes on; %qresult {job.id} waits for it, %qcancel {job.id} stops it"
        else:
            message = _cancelled(job)
        raise interrupted(message) from None


def _withdrawn(job: Job, keep: bool) -> str:
    """Gives up waiting for the reply to a submit, and says what happened."""
    from qmagic.client.connection import running

    if not running():
        return _NOTHING
    return f"job {job.id} was being submitted; %qjobs shows whether it exists" if keep else _cancelled(job)


def _cancelled(job: Job) -> str:
    """Cancels a job, and says what happened."""
    try:
        if job.cancel():
            return f"job {job.id} was cancelled"
        return f"job {job.id} had just ended ({job.status()}); %qresult {job.id} shows it"
    except NotFoundError:
        return _NOTHING
    except KeyboardInterrupt:
        return f"job {job.id} was being cancelled; %qjobs shows whether it stopped"
    except (QmagicError, TimeoutError) as error:
        return f"job {job.id} may go on, since the service does not answer: {error}"


def value_is_shown() -> bool:
    """Tells whether the value of the magic that runs now goes straight to the display, as in a cell ``%qrun circuit``.

    It does not in ``r = %qrun circuit``, nor in a function that calls ``run_line_magic``: there the value is wanted
    even when nothing is to be shown. IPython compiles the expression that it shows, and only that, in mode "single".
    """
    frame = calling_frame()
    return frame is not None and any(
        step.opname == "PRINT_EXPR" or "INTRINSIC_PRINT" in step.argrepr for step in dis.get_instructions(frame.f_code)
    )


def calling_frame() -> FrameType | None:
    """Returns the frame of the user's code that called the magic which runs now."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_name not in ("run_line_magic", "run_cell_magic"):
        frame = frame.f_back
    return frame and frame.f_back
