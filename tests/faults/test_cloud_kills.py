"""kill -9 of the service and of the provider host, at every step of a job at a cloud: one job there, one result here.

The steps are reached by what can be seen, not by time: a host that is stopped has not sent its request, a reply that is
withheld has not been read, an hour in a queue passes when virtual time is switched on.
"""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from tests.conftest import SOAK
from tests.faults.clouds import (
    CLOUDS,
    PATIENCE,
    assert_cancelled,
    assert_one_job_one_result,
    requests,
    status_is,
    submitted,
    there,
)
from tests.faults.making import gone, service, until

STEPS = ("before the submit left", "after the submit left", "queued", "running", "fetching", "cancel", "cancel sent")
FEW = (("service", "after the submit left"), ("host", "before the submit left"))
ALL = [(whom, step) for whom in ("service", "host") for step in STEPS]
#: All in `make soak`; else two for IBM: what the service owes is the same for all.
TRIED = [(cloud, *one) for cloud in CLOUDS for one in (ALL if SOAK else FEW if cloud == "ibm" else ())]


def warm(stub, cloud):
    """Sees to it that the cloud's host runs and has done all that it does once; returns its pid."""
    stub.fresh()
    assert_one_job_one_result(stub, cloud, submitted(cloud))
    return host(cloud)


def host(cloud):
    owner = psutil.Process(service().pid)
    found = [one.pid for one in owner.children() if {"qmagic.engines.host", f"{cloud}-stub"} <= set(one.cmdline())]
    assert len(found) == 1
    return found[0]


def kill(whom, cloud):
    """kill -9, and waits until the process is gone; with the service its hosts go."""
    victims = [host(cloud)] if whom == "host" else [service().pid, host(cloud)]
    os.kill(victims[0], signal.SIGKILL)
    until(lambda: all(gone(pid) for pid in victims), PATIENCE, f"{victims} are gone")


def withheld(stub, cloud, stage):
    """Has the stub do the work of the next request of a stage and keep the reply."""
    stub.ask("POST", "/faults", [{"stage": stage, "kind": "slow", "seconds": 30, "cloud": cloud}])
    return requests(stub, cloud, stage)


@pytest.mark.parametrize(("cloud", "whom", "step"), TRIED)
def test_one_job_one_result(stub, cloud, whom, step):
    """kill -9 at any step of a job leaves exactly one job at the cloud, and its result, or its cancel, here."""
    pid = warm(stub, cloud)
    if step == "before the submit left":
        stub.fresh()
        os.kill(pid, signal.SIGSTOP)
        job = submitted(cloud)
        status_is(job, "SUBMITTING")
        assert there(stub, cloud) == []
    elif step == "after the submit left":
        stub.fresh()
        withheld(stub, cloud, "submit")
        job = submitted(cloud)
        until(lambda: there(stub, cloud), PATIENCE, "the job is there")
        status_is(job, "SUBMITTING")
    elif step == "fetching":
        stub.fresh()
        before = withheld(stub, cloud, "result")
        job = submitted(cloud)
        until(lambda: requests(stub, cloud, "result") > before, PATIENCE, "the result was asked for")
        status_is(job, "FETCHING")
    else:
        stub.fresh(*(("run=1h",) if step == "running" else ("queue=1h",)))
        job = submitted(cloud)
        status_is(job, "RUNNING" if step == "running" else "QUEUED")
        if step == "cancel":
            os.kill(pid, signal.SIGSTOP)
            job.cancel()
            status_is(job, "CANCELLING")
        elif step == "cancel sent":
            before = withheld(stub, cloud, "cancel")
            job.cancel()
            until(lambda: requests(stub, cloud, "cancel") > before, PATIENCE, "the cancel was asked for")
    kill(whom, cloud)
    if step.startswith("cancel"):
        assert_cancelled(stub, cloud, job)
    else:
        stub.ask("POST", "/set", ["time=virtual"])
        assert_one_job_one_result(stub, cloud, job)
