"""IonQ's adapter against a real stub: the laws of `laws`, and what is IonQ's own."""

from __future__ import annotations

import numpy as np
import pytest

import qmagic
from qmagic.errors import JobFailedError
from tests.providers.laws import SECONDS, Laws, flipped


class TestIonq(Laws):
    """The laws."""

    cloud, ideal, qpu = "ionq", "simulator", "qpu.aria-1"
    unknown_id = "00000000-0000-0000-0000-000000000001"
    one_circuit_a_job = False
    idempotent = False

    def test_a_short_name(self, stub):
        """A QPU may be named without ``qpu.``."""
        stub.fresh()
        counts = self.run(flipped(), "aria-1", shots=100).result(timeout=SECONDS).counts()
        assert max(counts, key=counts.get) == "001"

    def test_shots_are_the_same_for_all(self, stub):
        """Circuits with different shots are refused, with what to do instead."""
        stub.fresh()
        pubs = [(flipped(), None, 100), (flipped(), None, 200)]
        with pytest.raises(JobFailedError, match="100, 200 were asked for: submit them as several jobs"):
            qmagic.run(pubs, backend="ionq-stub:simulator").result(timeout=SECONDS)

    def test_calibration(self, stub, monkeypatch):
        """The QPU's target has the errors that IonQ publishes, the simulator none."""
        stub.fresh()
        provider = self.adapter(stub, monkeypatch)
        assert provider.target("simulator") is None
        target = provider.target("aria-1")
        assert target["rzz"][(0, 24)].error == pytest.approx(0.004)  # 99.6 % were published
        assert target["measure"][(3,)].error == pytest.approx(0.0039)
        assert target["cx"][(1, 0)].duration == pytest.approx(600e-6)

    def test_mitigated_shares(self):
        """Shares that are no whole shots are rounded such that they add up, by at most one each."""
        from qmagic.providers.shares import shots_of_shares

        shares = {"0": 0.4444, "1": 0.3333, "5": 0.2223}
        found = shots_of_shares(shares, 3, 100)
        assert found.counts.sum() == 100
        assert (np.abs(found.counts - 100 * np.fromiter(shares.values(), float)) < 1).all()
        assert found.bits.tolist() == [[0, 0, 0], [1, 0, 0], [1, 0, 1]]
