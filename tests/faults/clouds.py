"""Jobs at the stub's clouds, for tests that spoil the way there, and the law that holds for all of them."""

from __future__ import annotations

import qmagic
from benchmarks.fault_matrix import DEVICES, SHOTS, circuit, is_right
from qmagic import client
from qmagic.client import ask
from qmagic.clouds import CLOUDS
from tests.faults.making import until
from tests.stub.conftest import Stub

__all__ = [
    "CLOUDS", "PATIENCE", "assert_cancelled", "assert_one_job_one_result", "requests", "status_is", "submitted",
    "there",
]  # fmt: skip

#: Seconds in which every case has to come to its end.
PATIENCE = 90.0
#: Clouds whose own key makes a second submit the same job.
KEYED = ("braket", "azure")


def submitted(cloud: str) -> client.Job:
    """Submits X on qubit 0 of 3."""
    return qmagic.run(circuit(), backend=f"{cloud}-stub:{DEVICES[cloud]}", shots=SHOTS)


def there(stub: Stub, cloud: str) -> list[dict]:
    """The jobs at a cloud of the stub, which was cleared before the case."""
    return stub.ask("GET", f"/jobs?cloud={cloud}")


def requests(stub: Stub, cloud: str, stage: str) -> int:
    """How many requests of a stage have come."""
    lines = stub.ask("GET", "/transcript")["lines"]
    return sum(line["cloud"] == cloud and line["stage"] == stage for line in lines)


def status_is(job: client.Job, *statuses: str) -> None:
    until(lambda: job.status() in statuses, PATIENCE, f"{job} is {' or '.join(statuses)}")


def assert_one_job_one_result(stub: Stub, cloud: str, job: client.Job) -> None:
    """The law: one result, one job at the cloud that is not cancelled, and every other one is named in an event."""
    assert is_right(job.result(timeout=PATIENCE).counts())
    events = ask.events(job.id).events
    assert [event.kind for event in events].count("job.done") == 1
    jobs = there(stub, cloud)
    assert [one["status"] for one in jobs if one["status"] != "cancelled"] == ["done"]
    cancelled = {_name(one) for one in jobs if one["status"] == "cancelled"}
    listed = {one for event in events for one in event.detail.get("cancelled_extra", ())}
    assert cancelled <= listed
    assert {_name(one) for one in jobs} - cancelled == {job.info().remote}
    assert cloud not in KEYED or len(jobs) == 1


def assert_cancelled(stub: Stub, cloud: str, job: client.Job) -> None:
    """The law of a cancel: nothing of the job runs on at the cloud."""
    status_is(job, "CANCELLED")
    assert {one["status"] for one in there(stub, cloud)} <= {"cancelled"}


def _name(one: dict) -> str:
    """The id by which a client knows a job of the stub's."""
    return one["facts"].get("arn", one["id"])
