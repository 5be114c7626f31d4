"""The unmodified official clients complete against a real stub, each with its users' own code (`clients/`)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

TRANSCRIPTS = Path(__file__).parent / "transcripts"
NAMES = ("ibm", "braket", "azure", "ionq_cirq", "ionq_qiskit")


@pytest.fixture(scope="module")
def ran(stub):
    """Runs each client once: every job waits 30 s in a queue, which pass as it is asked for."""
    runs = {}

    def run(name):
        if name not in runs:
            stub.fresh("queue=30s", "run=2s", "time=virtual", "price=real")
            runs[name] = stub.run(name)
        return runs[name]

    return run


def near(part, whole, expected, sigmas=5):
    """Whether a count is within some standard errors of what is expected of it."""
    return abs(part / whole - expected) < sigmas * (expected * (1 - expected) / whole) ** 0.5 + 1e-9


#: That three qubits of Aria are all read right after an X: three readouts, half of an X's depolarizing parameter.
ARIA_RIGHT = (1 - 0.0039) ** 3 * (1 - 0.0005)


def manila_right():
    """That qubits 0 to 2 of Manila read '001' after X on qubit 0, from IBM's own file of its calibration."""
    from qiskit_ibm_runtime.fake_provider import FakeManilaV2

    found = FakeManilaV2().properties()
    right = 1 - found.qubit_property(0)["prob_meas0_prep1"][0]
    for qubit in (1, 2):
        right *= 1 - found.qubit_property(qubit)["prob_meas1_prep0"][0]
    return right * (1 - found.gate_error("x", [0]))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_was_asked_that_the_stub_does_not_play(ran, name):
    """A client completes without a single request to a route that is not there."""
    assert ran(name).unknown == []


@pytest.mark.parametrize("name", NAMES)
def test_a_client_asks_what_it_asked_before(ran, name):
    """The shapes of a client's requests are those of its golden transcript; a new wire is noticed."""
    found = shapes(ran(name).lines)
    file = TRANSCRIPTS / f"{name}.json"
    assert found == json.loads(file.read_text("utf-8")), f"python -m tests.stub.transcripts {name} writes it anew"


def shapes(lines):
    """Returns each request once: how often a client polls depends on the machine."""
    return sorted(map(json.loads, {json.dumps(line, sort_keys=True) for line in lines}), key=json.dumps)


def test_ibm_lists_what_there_is(ran):
    """The account, its instance, five devices with their calibration, a device's status."""
    seen = ran("ibm").seen
    assert seen["devices"] == ["ibm_manila", "ibm_perth", "ibm_guadalupe", "ibm_sherbrooke", "ibm_torino"]
    assert seen["instances"] == ["qmagic-stub"]
    assert seen["operational"]
    assert seen["least_busy"] > 100
    assert seen["limits"] is False


def test_ibm_sampler(ran):
    """X on qubit 0 of 3 reads '001'; the job waits, ends, is found again by id and by tag; its usage is known."""
    seen = ran("ibm").seen
    assert max(seen["flipped"], key=seen["flipped"].get) == "001"
    assert near(seen["flipped"]["001"], 4000, manila_right(), sigmas=6)
    assert seen["states"] == ["QUEUED", "DONE"]
    assert seen["again"]
    assert seen["by_tag"]
    assert seen["updated"] == ["other"]
    assert seen["usage"] == pytest.approx(2 + 0.00035 * 4000)
    assert seen["metrics"] == ["created", "finished", "running"]
    assert seen["logs"]


def test_ibm_primitives_old_and_new(ran):
    """Old estimator, new sampler and new estimator see the same noisy Bell."""
    seen = ran("ibm").seen
    assert all(0.75 < value < 0.99 for value in seen["estimated"])
    assert 0.85 < (seen["bell"]["00"] + seen["bell"]["11"]) / 4000 < 0.99


def test_ibm_resilience(ran):
    """Mitigation mitigates: levels 1 and 2 are nearer to the ideal 1 than level 0."""
    errors = {level: sum(abs(1 - value) for value in values) for level, values in ran("ibm").seen["mitigated"].items()}
    assert errors["1"] < errors["0"]
    assert errors["2"] < errors["0"]


def test_ibm_sessions_and_batches(ran):
    """A session and a batch run their jobs, and a session closes."""
    seen = ran("ibm").seen
    assert seen["session"] == seen["batch"] == [10, 10]
    assert seen["session_open"] == "Pending"
    assert seen["session_closed"] == "Closed"
    assert seen["batch_mode"] == "batch"


def test_ibm_endings(ran):
    """A cancelled job is cancelled; one that fails says why."""
    seen = ran("ibm").seen
    assert seen["cancelled"] == "CANCELLED"
    assert "2,000,000 shots asked for" in seen["failure"]


def test_braket_lists_what_there_is(ran):
    """Devices, status, properties in Braket's own schemas."""
    seen = ran("braket").seen
    assert seen["devices"] == ["Aria-1", "SV1", "dm1"]
    assert seen["status"] == ["ONLINE", True, "0"]
    assert seen["qubits"] == [25, 25]


def test_braket_tasks(ran):
    """X on qubit 0 of 3 reads '100'; exact and sampled values, batches, a task found again by its ARN."""
    seen = ran("braket").seen
    assert seen["flipped"] == {"100": 100}
    assert seen["bell"].keys() == {"00", "11"}
    assert near(seen["bell"]["00"], 1000, 0.5)
    assert seen["states"] == ["QUEUED", "COMPLETED"]
    assert seen["exact"] == [pytest.approx(1)]
    assert seen["batch"] == [{"1": 10}] * 3
    assert seen["again"]
    assert "COMPLETED" in seen["position"]
    assert seen["place"] == "1"


def test_braket_noise(ran):
    """Aria's published errors, and nothing else, are in the counts."""
    seen = ran("braket").seen
    assert near(seen["noisy"]["100"], 4000, ARIA_RIGHT)
    assert 0.95 < seen["sampled"][0] < 1


def test_braket_endings(ran):
    """A cancelled task is cancelled; one that fails gives no result and says why."""
    seen = ran("braket").seen
    assert seen["cancelled"] == "CANCELLED"
    nothing, reason = seen["failed"]
    assert nothing
    assert "12 qubits" in reason


def test_braket_cost_tracker(ran):
    """Braket's own tracker reckons with the published prices: 2 tasks of 3 s on SV1, 4,000 shots on Aria."""
    simulators, qpus = map(float, ran("braket").seen["cost"])
    assert simulators == pytest.approx(2 * 3 / 60 * 0.075)
    assert qpus == pytest.approx(0.30 + 4000 * 0.03)


def test_azure_jobs(ran):
    """X on qubit 0 of 3 reads '001', as QIR and as IonQ's JSON; a job found again; its cost's currency."""
    seen = ran("azure").seen
    assert seen["targets"] == ["ionq.simulator", "ionq.qpu.aria-1", "rigetti.sim.qvm"]
    assert seen["flipped"] == seen["json"] == {"001": 100}
    assert seen["states"] == ["QUEUED", "DONE"]
    assert seen["again"] == ["Succeeded", {"[0, 0, 1]": 1.0}]
    assert seen["cost"] == "USD"
    assert seen["quotas"] == []


def test_azure_noise(ran):
    """Aria's published errors are in the counts of a QIR program."""
    seen = ran("azure").seen
    assert near(seen["noisy"]["001"], 2000, ARIA_RIGHT)
    assert 0.95 < (seen["bell"]["00"] + seen["bell"]["11"]) / 1000 < 1


def test_azure_sessions(ran):
    """A session takes jobs, and has succeeded once it is closed and they have."""
    seen = ran("azure").seen
    assert seen["session"] == [10, 10]
    assert "EXECUTING" in seen["session_open"]
    status, jobs = seen["session_closed"]
    assert "SUCCEEDED" in status
    assert jobs == 2
    assert seen["listed"]
    assert seen["jobs"] == 6
    assert seen["cancelled"] == "Cancelled"


def test_ionq_from_cirq(ran):
    """X on qubit 0 of 3 reads 4 in Cirq's order; noise, a batch, the list, a cancel."""
    seen = ran("ionq_cirq").seen
    assert seen["flipped"] == {"4": pytest.approx(1)}
    assert seen["states"] == ["started", "completed"]  # the client has asked once before
    assert seen["again"]
    assert near(seen["noisy"]["4"], 4000, ARIA_RIGHT)
    assert seen["batch"] == [{"0": 0.5, "3": 0.5}, {"4": 1.0}]
    assert seen["jobs"] == 3
    assert seen["cancelled"] == "canceled"


def test_ionq_from_qiskit(ran):
    """X on qubit 0 of 3 reads '001' in Qiskit's order; noise, a batch, the price, a cancel."""
    seen = ran("ionq_qiskit").seen
    assert seen["qubits"] == 25
    assert seen["flipped"] == {"001": 100}
    assert seen["probabilities"] == {"001": pytest.approx(1)}
    assert seen["states"] == ["QUEUED", "DONE"]
    assert seen["again"]
    assert near(seen["noisy"]["001"], 4000, ARIA_RIGHT)
    assert seen["batch"][0] == {"001": 100}
    assert seen["batch"][1].keys() == {"00", "11"}
    assert seen["price"] == pytest.approx(12.4166 + 1000 * (10 * 0.00022 + 10 * 0.000975))
    assert seen["cancelled"] == "CANCELLED"
