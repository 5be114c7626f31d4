"""Writes the shipped snapshots anew from qiskit-ibm-runtime: ``python -m qmagic.backends.devices.regenerate``."""

from __future__ import annotations

from pathlib import Path

import msgspec

from qmagic.backends.devices.snapshots import snapshot_of

__all__ = ["SHIPPED", "main"]

#: 5, 7, 16, 127 and 133 qubits; CX, ECR and CZ gates.
SHIPPED = ("FakeManilaV2", "FakePerth", "FakeGuadalupeV2", "FakeSherbrooke", "FakeTorino")


def main(folder: Path = Path(__file__).parent) -> None:
    """Writes one JSON file for each shipped device into `folder`."""
    from qiskit_ibm_runtime import fake_provider

    for name in SHIPPED:
        device = snapshot_of(getattr(fake_provider, name)())
        (folder / f"{device.name}.json").write_bytes(msgspec.json.encode(device) + b"\n")


if __name__ == "__main__":
    main()
