"""Azure Quantum's adapter against a real stub: the laws of `laws`, and what is Azure's own."""

from __future__ import annotations

import os
import re
import signal
import struct
import uuid

import pytest
from qiskit import QuantumCircuit

import qmagic
from qmagic.client.connection import connection
from qmagic.errors import InputError, JobCancelledError
from qmagic.home import find_service
from qmagic.providers.base import GoneError, RefusedError, RemotePub
from qmagic.providers.qir import GATES, program_of
from qmagic.sessions import AskSession, SessionInfo
from tests.providers.laws import SECONDS, Laws, flipped, session_wish, until


class TestAzure(Laws):
    """The laws."""

    cloud, ideal, qpu = "azure", "ionq.simulator", "ionq.qpu.aria-1"
    unknown_id = "00000000-0000-0000-0000-000000000001"

    def test_a_job_that_is_not_there(self, stub, monkeypatch):
        """A job that Azure does not know is gone, which is no word about any other."""
        stub.fresh()
        with pytest.raises(GoneError):
            self.adapter(stub, monkeypatch).look(self.unknown_id)

    def test_the_id_is_ours(self, stub):
        """A job's id there follows from its key and the circuit's number."""
        stub.fresh()
        job = self.run(flipped(), shots=10)
        job.result(timeout=SECONDS)
        expected = str(uuid.uuid5(uuid.NAMESPACE_URL, f"qmagic-{job.id}/0"))
        assert [one["id"] for one in self.jobs(stub)] == [expected] == [job.info().remote]

    def test_a_cancel_in_the_middle_leaves_nothing(self, stub, home):
        """A job whose submit broke off is cancelled with all that is there of it."""
        stub.fresh()
        self.run(flipped(), shots=1).result(timeout=SECONDS)  # the host is warm
        stub.fresh("rate=1/s", "queue=1h")  # two at once, then one a second
        job = qmagic.run([flipped()] * 6, backend="azure-stub:ionq.simulator", shots=100)
        until(lambda: self.jobs(stub), "nothing has arrived")
        job.cancel()
        self.kill_host(home)
        with pytest.raises(JobCancelledError):
            job.result(timeout=SECONDS)
        found = [one["status"] for one in stub.ask("GET", "/jobs?cloud=azure")]
        assert 1 <= len(found) < 6
        assert set(found) == {"cancelled"}

    @pytest.mark.parametrize("stage", ["storage", "result"])
    def test_trouble_with_files(self, stub, stage):
        """What goes wrong with the files beside a job makes no second job and loses none."""
        stub.fresh()
        stub.ask("POST", "/faults", [{"stage": stage, "kind": "drop", "cloud": "azure", "times": 2}])
        self.assert_one_job_one_result(stub, self.run(flipped(), shots=500))


def calls(program):
    """The calls of gates and measurements in a program, with numbers as numbers."""
    found = []
    for name, arguments in re.findall(r"call void @__quantum__qis__(\w+)\((.*)\)", program):
        angle = re.search(r"double (\S+),", arguments)
        value = None if angle is None else angle[1]
        if value is not None:
            value = struct.unpack(">d", bytes.fromhex(value[2:]))[0] if value.startswith("0x") else float(value)
        found.append((name, None if value is None else round(value, 9), re.findall(r"i64 (\d+) to", arguments)))
    return found


def test_qir_is_microsofts():
    """Our QIR has the calls and the attributes of the QIR that Microsoft's own compiler writes for the circuit."""
    import qdk
    import qdk.qiskit as qiskit_backend

    circuit = QuantumCircuit(3, 3)
    for i, name in enumerate(GATES):
        method = getattr(circuit, name)
        angles = [0.1 * (i + 1)] if name.startswith("r") else []
        two = name in ("cx", "cy", "cz", "swap", "rxx", "ryy", "rzz")
        method(*angles, *([i % 3, (i + 1) % 3] if two else [i % 3]))
    circuit.measure([0, 1, 2], [0, 1, 2])
    backend = qiskit_backend.QSharpBackend(target_profile=qdk.TargetProfile.Base, skip_transpilation=True)
    theirs, ours = backend.qir(circuit), program_of(circuit).decode()
    assert calls(ours) == calls(theirs)
    for pattern in (r'"qir_profiles"="\w+"', r'"required_num_\w+"="\d+"', r"!\d = .*", r"define .*"):
        assert re.findall(pattern, ours) == re.findall(pattern, theirs)


def azure_groups(stub):
    return stub.ask("GET", "/groups?cloud=azure")


def test_a_session(stub):
    """Jobs go into Azure's session, one a circuit, and are billed as ever; it costs nothing itself and is closed when
    its block ends. There are no batches."""
    stub.fresh()
    with qmagic.session("azure-stub:ionq.simulator") as held:
        inside = qmagic.run([flipped(), flipped()], shots=50)
        assert inside.result(timeout=SECONDS).counts(0) == {"001": 50}
    outside = qmagic.run(flipped(), backend="azure-stub:ionq.simulator", shots=50)
    outside.result(timeout=SECONDS)
    (group,) = azure_groups(stub)
    assert (group["open"], group["device"]) == (False, "ionq.simulator")
    assert group["id"] == str(uuid.uuid5(uuid.NAMESPACE_URL, f"qmagic-{held.id}")) == held.info().remote
    assert group["facts"]["jobFailurePolicy"] == "Continue"
    there = {one["id"] for one in stub.ask("GET", "/jobs?cloud=azure") if one["group"] == group["id"]}
    assert there == set(inside.info().remote.split(","))
    assert (held.info().state, held.info().cost) == ("closed", 0)
    stub.fresh("price=real")
    with pytest.raises(InputError, match="jobs are billed one by one, the session is not"):
        qmagic.session("azure-stub:ionq.qpu.aria-1", max_cost=5).open()
    with pytest.raises(InputError, match="Azure has no 'batch'"):
        qmagic.batch("azure-stub:ionq.simulator").open()


@pytest.mark.parametrize("kind", ["drop", "500", "truncated"])
def test_a_lost_reply_opens_no_second_session(stub, kind):
    """An opening whose reply is lost is asked again under the same id: one session, which is known and closed."""
    stub.fresh()
    stub.ask("POST", "/faults", [{"stage": "session", "kind": kind, "after": True, "cloud": "azure"}])
    with qmagic.session("azure-stub:ionq.simulator") as held:
        assert held.info().state == "open"
        assert len(azure_groups(stub)) == 1
    assert not azure_groups(stub)[0]["open"]


def test_killed_while_it_is_opened(stub, home):
    """kill -9 between the opening and its answer: the next service finds the session by its key, and closes it."""
    stub.fresh()
    with qmagic.session("azure-stub:ionq.simulator"):
        pass  # the host is warm
    stub.fresh()
    stub.ask("POST", "/faults", [{"stage": "session", "kind": "slow", "after": True, "seconds": 5, "cloud": "azure"}])
    wanted = session_wish("azure-stub:ionq.simulator")
    connection().send("open", wanted)
    until(lambda: azure_groups(stub), "it is not there")
    os.kill(find_service(home).pid, signal.SIGKILL)
    until(lambda: connection().ask("session", AskSession(wanted.id), SessionInfo).state == "closed", "it is not closed")
    (group,) = azure_groups(stub)
    assert not group["open"]
    found = connection().ask("session", AskSession(wanted.id), SessionInfo)
    assert (found.remote, found.why) == (group["id"], "the service ended while it was being opened")


def test_a_job_for_a_session_that_was_closed_there(stub, monkeypatch):
    """Azure's conflict is no proof that a job is there: one for a session that is closed is refused, and not found."""
    stub.fresh()
    adapter = TestAzure().adapter(stub, monkeypatch)
    session = adapter.open_session("ionq.simulator", "session", 60, "qmagic-one")
    adapter.close_session(session, "ionq.simulator")
    assert adapter.look_session(session, "ionq.simulator").over
    with pytest.raises(RefusedError, match="closed"):
        adapter.submit_in(session, "ionq.simulator", [RemotePub(flipped(), {}, shots=10)], "qmagic-two")
    assert adapter.find("qmagic-two") == []
    with pytest.raises(GoneError):
        adapter.look_session(TestAzure.unknown_id, "ionq.simulator")
