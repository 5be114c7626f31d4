"""Memory: what there is, and the sentence when it is not enough."""

from __future__ import annotations

import pytest

from qmagic.backends.memory import limit, refusal, size


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 kB"), (1 << 34, "16 GB"), (1 << 44, "16 TB"), (400 << 30, "400 GB")],
)
def test_size(number, text):
    """Sizes are short and in powers of 1024."""
    assert size(number) == text


def test_limit():
    """There is some memory, and the limit does not change from call to call."""
    assert 1 << 28 < limit() == limit()


def test_refusal():
    """The sentence says what is needed, what there is, and what would fit."""
    error = refusal("state vectors", 40, 32 << 40, 18 << 30, (32, 2), "aer.mps may run it")
    assert (
        str(error)
        == "40 qubits need 32 TB as state vectors, 18 GB are available: up to 29 qubits fit; aer.mps may run it"
    )
