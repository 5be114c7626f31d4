"""``%qplan`` and ``%%qplan``: what a cell would do, before anything runs; and what was learnt from what did run."""

from __future__ import annotations

import time
from typing import Any

from qmagic.errors import InputError
from qmagic.magics.call import Call
from qmagic.magics.flags import Command, Flag
from qmagic.magics.qrun import QRUN, build_spec
from qmagic.magics.show import planned
from qmagic.magics.table import Table

__all__ = ["QPLAN", "show_plan"]

_NOT_HERE = ("--async", "--keep", "--timeout", "--name", "--tag", "--priority", "--dry-run", "--resubmit-in-doubt")

QPLAN = Command(
    "qplan",
    usage="%%qplan [flags]          the body is what %%qrun takes\n"
    "%qplan circuit [flags]   the circuit is an object: a variable or an expression\n"
    "%qplan --costs           how long backends really take here, against their estimates",
    about="Shows where a circuit would run and why, with the facts behind the choice, what else could run it with "
    "estimated time and memory, and what could not. Nothing runs, no job is made. The flags are those of %qrun.",
    words="circuit",
    flags=(
        *(flag for flag in QRUN.flags if flag.name not in _NOT_HERE),
        Flag("--costs", "Show what was learnt: the factor by which each backend's runs miss their estimates."),
        Flag("--reset-costs", "Forget what was learnt."),
    ),
    examples="""
        %qplan circuit
        %qplan circuit --noise fake_sherbrooke
        %qplan --costs
    """,
    errors="""
        cannot run: nothing here can run this circuit: ...    what was tried, and what would be needed
        the text is wrong, a flag is misspelt, ...            as with %qrun
    """,
)


def show_plan(call: Call) -> Any:
    """Returns the plan of what the cell or line asks for, or what was learnt of costs."""
    from qmagic import client

    given = call.parsed.given
    if given.get("costs") or given.get("reset_costs"):
        if call.body is not None or call.parsed.words:
            raise InputError("%qplan --costs takes no circuit")
        found = client.costs(reset=bool(given.get("reset_costs")))
        rows = [
            (
                one.backend,
                f"{one.factor:.2f}",
                str(one.runs),
                time.strftime("%Y-%m-%d %H:%M", time.localtime(one.updated)),
            )
            for one in found
        ]
        return Table(("backend", "times the estimate", "runs", "last"), rows, found, empty="nothing was learnt yet")
    return planned(build_spec(call, name="qplan"))
