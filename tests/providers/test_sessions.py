"""Sessions and batches against a real stub: whatever happens here, nothing is left open there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

import qmagic
from qmagic import client
from qmagic.client.connection import connection
from qmagic.errors import InputError, JobFailedError, ServiceError
from qmagic.home import find_service
from qmagic.sessions import AskSession, SessionInfo
from tests.providers.laws import SECONDS, flipped, session_wish, until

DEVICE = "ibm-stub:manila"

#: A kernel that opens a session, says so, and waits.
HOLDER = """
import time, qmagic
held = qmagic.session("ibm-stub:manila", max_seconds=300).open()
print(held.id, flush=True)
time.sleep(300)
"""


def groups(stub):
    return stub.ask("GET", "/groups?cloud=ibm")


def none_is_open(stub):
    return bool(groups(stub)) and not any(group["open"] for group in groups(stub))


@pytest.mark.parametrize(("make", "mode"), [(qmagic.session, "dedicated"), (qmagic.batch, "batch")])
def test_jobs_go_into_it(stub, make, mode):
    """Jobs for its device, and those without one, go into it; others do not. After it jobs go nowhere special."""
    stub.fresh()
    with make(DEVICE, max_seconds=120) as held:
        inside = [qmagic.run(flipped(2), shots=50), qmagic.run(flipped(2), backend=DEVICE, shots=50)]
        outside = [qmagic.run(flipped(2), backend="aer", shots=50)]
    outside.append(qmagic.run(flipped(2), backend=DEVICE, shots=50))
    for job in [*inside, *outside]:
        assert sum(job.result(timeout=SECONDS).counts().values()) == 50
    (group,) = groups(stub)
    assert not group["open"]
    assert group["facts"] == {"mode": mode, "max_ttl": 120}
    there = {one["id"] for one in stub.ask("GET", "/jobs?cloud=ibm") if one["group"] == group["id"]}
    assert there == {job.info().remote for job in inside}
    info = held.info()
    assert (info.state, info.backend, info.limit) == ("closed", DEVICE, 120)
    assert info.seconds is not None


def test_an_error_closes_it(stub):
    """An error in the block closes it, and is the user's to see."""
    stub.fresh()
    with pytest.raises(ZeroDivisionError), qmagic.session(DEVICE):
        raise ZeroDivisionError
    assert none_is_open(stub)


def test_a_dead_kernel_closes_it(stub):
    """kill -9 of the process that holds it: it is closed there, and says why."""
    stub.fresh()
    holder = subprocess.Popen([sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    session = holder.stdout.readline().strip()
    assert [group["open"] for group in groups(stub)] == [True]
    holder.kill()
    holder.wait()
    holder.stdout.close()
    until(lambda: none_is_open(stub), "it is still open")
    until(lambda: connection().ask("session", AskSession(session), SessionInfo).state == "closed", "it is not over")
    assert "is gone" in connection().ask("session", AskSession(session), SessionInfo).why


def test_nobody_asks_after_the_kill(stub, home):
    """kill -9 of the service while the kernel does something else: a new service comes by itself, and closes it."""
    stub.fresh()
    held = qmagic.session(DEVICE).open()
    os.kill(find_service(home).pid, signal.SIGKILL)
    until(lambda: none_is_open(stub), "it is still open")
    held.close()


def test_a_killed_service_closes_it(stub, home):
    """kill -9 of the service: the next one closes it, and jobs that would have gone into it fail with a sentence."""
    stub.fresh()
    held = qmagic.session(DEVICE).open()
    os.kill(find_service(home).pid, signal.SIGKILL)
    with pytest.raises(JobFailedError, match="takes no more jobs"):
        qmagic.run(flipped(2), backend=DEVICE).result(timeout=SECONDS)
    until(lambda: none_is_open(stub), "it is still open")
    until(lambda: held.info().state == "closed", "it is not over")
    assert held.info().why == "the service was restarted"
    held.close()


def test_killed_while_it_is_opened(stub, home):
    """kill -9 of the service while a session is being opened: it is written down as lost, nothing goes into it, and the
    provider has the limit at which it ends."""
    stub.fresh()
    with qmagic.session(DEVICE):
        pass  # the host is warm
    stub.fresh()
    stub.ask("POST", "/faults", [{"stage": "session", "kind": "slow", "after": True, "seconds": 5, "cloud": "ibm"}])
    wanted = session_wish(DEVICE)
    connection().send("open", wanted)
    until(lambda: groups(stub), "it is not there")
    os.kill(find_service(home).pid, signal.SIGKILL)
    client.jobs()
    assert connection().ask("session", AskSession(wanted.id), SessionInfo).state == "lost"
    assert [group["facts"]["max_ttl"] for group in groups(stub)] == [300]


def test_a_stopped_service_closes_it(stub):
    """A service that is stopped closes what is open before it leaves."""
    stub.fresh()
    held = qmagic.session(DEVICE).open()
    client.stop_service()
    assert none_is_open(stub)
    assert held.close().state == "closed"


def test_its_time_is_over(stub):
    """When its time is up it is closed, whoever holds it."""
    stub.fresh()
    held = qmagic.session(DEVICE, max_seconds=1).open()
    until(lambda: none_is_open(stub), "it is still open")
    until(lambda: held.info().state == "closed", "it is not over")
    assert "1 s were over" in held.info().why
    held.close()


def test_a_close_is_repeated(stub):
    """A close whose reply is lost, or that the provider cannot take now, is tried again until it is confirmed."""
    stub.fresh()
    held = qmagic.session(DEVICE).open()
    for kind in ("500", "drop", "503"):
        stub.ask("POST", "/faults", [{"stage": "session", "kind": kind, "cloud": "ibm", "times": 2}])
    assert held.close().state == "closed"
    assert none_is_open(stub)


@pytest.mark.parametrize(
    ("backend", "seconds", "message"), [("aer", 60, "a device at a provider"), (DEVICE, 0, "max_seconds is 1 to")]
)
def test_what_cannot_be(stub, backend, seconds, message):
    """A session on a local simulator, or without time, is refused."""
    with pytest.raises(InputError, match=message):
        qmagic.session(backend, max_seconds=seconds)


def test_a_device_that_is_not_there(stub):
    """A session on a device that is not there is refused by the provider, in its words."""
    stub.fresh()
    with pytest.raises((InputError, ServiceError), match="IBM has no device 'nowhere'"):
        qmagic.session("ibm-stub:nowhere").open()
