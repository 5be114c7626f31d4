"""No token in any log, repr, traceback, store or notebook: jobs and failures with known tokens, and a search."""

from __future__ import annotations

import base64
import json
import os
from pathlib import Path

import pytest

from benchmarks.fault_matrix import DEVICES
from qmagic import client
from qmagic.client import stub as control
from qmagic.clouds import CLOUDS
from tests.conftest import SOAK
from tests.magics.conftest import QASM, Kernel

#: A key that no cloud knows, for each client: it is in the environment of kernel, service and provider hosts.
WRONG = {
    "QISKIT_IBM_TOKEN": "wrong-4f1e6c0a9b7d-ibm-key-2207",
    "AWS_ACCESS_KEY_ID": "WRONGKEY7Q2M5Z8XAWS4",
    "AWS_SECRET_ACCESS_KEY": "wrong/9dK3+aws+secret/5550",
    "AZURE_QUANTUM_STUB_KEY": "wrong-71b2d9-azure-key-8841",
    "IONQ_API_KEY": "wrong-c05e3f-ionq-key-6113",
}
#: Where replies go wrong.
FAULTY = ("submit", "poll", "result")
#: What the stub itself keeps for its clients; both files are the user's alone (tests/stub/test_faults.py).
ITS_OWN = ("stub.json", "state.sqlite", "state.sqlite-wal", "state.sqlite-shm")


@pytest.fixture(scope="module")
def world(home):
    """A stub whose token is known, and a kernel in which every client has a key that is wrong."""
    control.start_stub()
    with pytest.MonkeyPatch.context() as patch:
        for pointer in control.stub_pointers():
            for name, value in pointer["environment"].items():
                patch.setenv(name, WRONG.get(name, value))
        patch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
        kernel = Kernel()
    yield kernel
    kernel.stop()
    control.stop_stub()


def forms(secret: str) -> set[bytes]:
    """A secret as it may lie somewhere: as it is, in hexadecimal, and in base64 wherever it starts in a text."""
    data = secret.encode()
    found = {data, data.hex().encode()}
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            text = encode(b"x" * before + data).rstrip(b"=")
            found.add(text[4 if before else 0 : -2])  # the ends depend on what stands beside it
    return found


def test_the_search_finds(tmp_path):
    """A token is found however it is written down."""
    for before in ("", "a", "ab", "abc"):
        text = base64.b64encode(f"{before}{WRONG['IONQ_API_KEY']} and more".encode())
        assert any(form in text for form in forms(WRONG["IONQ_API_KEY"]))


#: Run in the kernel: jobs of all clouds side by side, each end shown with its traceback.
IN_KERNEL = """
import time, traceback, qmagic
from qmagic.client import ask, stub

def run(backends):
    return [qmagic.run(TEXT, backend=backend, shots=10) for backend in backends]

def show(jobs):
    for job in jobs:
        try:
            print(job.result(timeout=80).counts())
        except Exception:
            traceback.print_exc()
        print(repr(job), job.info(), ask.events(job.id))

def held(jobs):
    end = time.monotonic() + 80
    while any(job.status() not in ("HELD", "FAILED") for job in jobs) and time.monotonic() < end:
        time.sleep(0.05)
    for job in jobs:
        print(job, ask.events(job.id))
        job.cancel()
"""


@pytest.mark.timeout(300)
def test_no_token_is_anywhere(world, home):
    """Jobs, failures, lost replies and refusals at every cloud leave no token in home, logs, store or notebook."""
    secrets = [control.stub_place().token, *WRONG.values()]
    clouds = CLOUDS if SOAK else ("ibm",)
    good = [f"{cloud}-stub:{DEVICES[cloud]}" for cloud in clouds]
    wrong = [f"{cloud}:{DEVICES[cloud]}" for cloud in clouds]  # the client's own account, which is at the stub too
    outputs = []

    def run(code):
        outputs.append(world.run(code, timeout=200))
        return outputs[-1]

    assert run(f"%load_ext qmagic\nTEXT = {QASM!r}\n{IN_KERNEL}").status == "ok"
    assert run(f"refused = run({wrong}); show(run({good}))").stdout.count("DONE") >= len(good)
    for fault in ("401", "truncated") if SOAK else ("truncated",):
        control.plan_faults([{"stage": stage, "kind": fault, "cloud": one} for stage in FAULTY for one in clouds])
        assert run(f"show(run({good}))").status == "ok"
    assert run("held(refused)").stdout.count("job.held") >= len(wrong)
    control.change_stub(["fail=1"])
    assert run(f"show(run({good} + {[f'{cloud}-stub:nowhere' for cloud in clouds]}))").status == "ok"
    assert run(f"%%qrun --backend {good[0]} --shots 10\n{QASM}").status == "error"
    run("print(stub.stub_place(), stub.stub_status())\nrefused[0].result(timeout=60)")
    run("%qstub status\n%qstub connect\n%qjobs")
    for listed in ("",) if SOAK else [name for cloud in clouds for name in (cloud, f"{cloud}-stub")]:
        run(f"%qbackends {listed}")
    client.stop_service()

    told = json.dumps([[vars(one)] for one in outputs], default=repr)
    assert "lost its calibration" in told  # what is searched is what was said
    places = {"the notebook's outputs": told.encode()}
    for path in sorted(home.rglob("*")):
        if path.is_file() and not (path.parent.name == "stub" and path.name in ITS_OWN):
            places[os.fspath(path.relative_to(home))] = path.read_bytes()
    assert {"store.sqlite", "log/service.log", "stub/stub.log"} <= places.keys()
    for place, data in places.items():
        for number, secret in enumerate(secrets):
            assert not any(form in data for form in forms(secret)), f"secret {number} lies in {place}"
