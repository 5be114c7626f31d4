"""A cell that makes a group of jobs: several backends, or several runs, shown as one result.

While they are under way a table of the jobs stands in the cell, where a person watches; the result takes its place.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qmagic.errors import JobTimeoutError, QmagicError
from qmagic.magics import values
from qmagic.magics.call import Call
from qmagic.magics.failures import interrupted
from qmagic.magics.show import value_is_shown

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

    from qmagic.client import Group
    from qmagic.jobs import JobSpec
    from qmagic.results.group import GroupResult

__all__ = ["run_group"]

#: Seconds between two looks at the jobs.
_LOOK = 0.5


def run_group(call: Call, specs: Sequence[JobSpec], *, keep: bool) -> Any:
    """Submits the jobs of a group; returns their result, or the group with ``--async``."""
    from qmagic import client

    group = client.submit_group(specs)
    for job, spec in zip(group.jobs, specs, strict=True):
        values.remember(job.id, spec.tags)
    if call.parsed.given.get("detach"):
        return group
    try:
        return _shown(call.shell, group) if not call.silent and value_is_shown() else group.result()
    except KeyboardInterrupt:
        raise interrupted(_left(group, keep)) from None


def _shown(shell: InteractiveShell, group: Group) -> GroupResult:
    """Waits for a group, with a table of its jobs where the wait is long and somebody watches."""
    from qmagic.magics.live import is_watched, show_no_more

    if not is_watched(shell):
        return group.result()
    with contextlib.suppress(JobTimeoutError):
        return group.result(timeout=_LOOK)

    def publish(view: Any, *, update: bool) -> None:
        transient = {"display_id": f"qmagic-{group.id}"}
        shell.display_pub.publish(data=view._repr_mimebundle_(), metadata={}, transient=transient, update=update)

    publish(group, update=False)
    try:
        while not group.done():
            publish(group, update=True)
            with contextlib.suppress(JobTimeoutError):
                group.result(timeout=_LOOK)
        result = group.result()
    except BaseException:
        with contextlib.suppress(QmagicError):
            publish(group, update=True)
        raise
    publish(result, update=True)
    show_no_more(shell, result)
    return result


def _left(group: Group, keep: bool) -> str:
    if keep:
        return f"the {len(group)} jobs go on; qmagic.Group({group.id!r}).result() waits for them"
    try:
        return f"the {len(group)} jobs were cancelled" if group.cancel() else "the jobs had just ended; %qjobs has them"
    except KeyboardInterrupt:
        return "the jobs were being cancelled; %qjobs shows whether they stopped"
    except (QmagicError, TimeoutError) as error:
        return f"the jobs may go on, since the service does not answer: {error}"
