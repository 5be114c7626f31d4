"""The backend aer.gpu: there only where Aer sees a GPU."""

from __future__ import annotations

import subprocess
import sys

import pytest

from qmagic.backends import registry
from qmagic.backends.aer_devices import DRIVERS, devices, sees_gpu
from qmagic.backends.base import Executable
from qmagic.backends.program import read
from qmagic.errors import InputError
from qmagic.plans.route import installed
from tests.contracts.jobs import counts, ghz


@pytest.mark.skipif(sees_gpu(), reason="there is a GPU here")
def test_refused_without_a_gpu():
    """Without a GPU it is refused in a sentence that says what Aer sees, and auto does not know it."""
    circuit = ghz(3)
    with pytest.raises(InputError, match=r"Aer sees none here \(its devices: CPU\)"):
        registry.backend("aer.gpu").need(Executable(circuit, read(circuit)), exact=False)
    assert not installed("aer.gpu")
    assert "GPU" not in devices()


@pytest.mark.skipif(not sees_gpu(), reason="there is no GPU here: aer.gpu is not tested")
def test_counts():
    """With one it gives a GHZ state's counts."""
    assert set(counts(ghz(5), 1000, backend="aer.gpu")) == {"00000", "11111"}


@pytest.mark.skipif(any(driver.exists() for driver in DRIVERS), reason="there is a driver for GPUs here")
def test_looking_for_one_imports_nothing():
    """Where there is no driver, Aer is not imported to find out."""
    code = "import sys; from qmagic.backends.aer_devices import *; print(sees_gpu(), 'qiskit_aer' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
