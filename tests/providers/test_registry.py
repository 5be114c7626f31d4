"""Which adapter speaks for which cloud, and what is said where its client is missing."""

from __future__ import annotations

import sys

import pytest

from qmagic.clouds import CLOUDS
from qmagic.providers.base import RefusedError
from qmagic.providers.pace import pace_of
from qmagic.providers.registry import adapter

MODULES = {"ibm": "qiskit_ibm_runtime", "braket": "braket.aws", "azure": "azure.quantum", "ionq": "qiskit_ionq"}


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_client_that_is_missing(monkeypatch, cloud):
    """Where a cloud's client is not installed, a sentence says how to install it."""
    monkeypatch.setitem(sys.modules, MODULES[cloud], None)
    with pytest.raises(RefusedError, match=rf"pip install 'qmagic\[{cloud}\]'"):
        adapter(cloud, pace_of(cloud, stub=True))


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_cloud_has_an_adapter(cloud):
    """Each cloud of `qmagic.clouds` has one, which asks nobody anything before it is asked."""
    assert adapter(cloud, pace_of(cloud, stub=True)) is not None


def test_no_other_has():
    """A cloud that is not there is refused."""
    with pytest.raises(RefusedError, match="no adapter for 'nowhere'"):
        adapter("nowhere", pace_of("nowhere", stub=True))


def test_what_may_be_shown():
    """Signatures, keys and tokens in an error are left out of what is said."""
    from qmagic.providers.redacted import line

    told = line(ValueError("at https://x/y?sig=abc&se=1\nCredential=AKIA12/eu, Signature=ff, apiKey k1 Bearer t2"))
    assert told == "ValueError: at https://x/y Credential=/eu, Signature=, apiKey  Bearer "
