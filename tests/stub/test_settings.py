"""Settings, faults, rates and the clock: the stub's own rules, without a server."""

from __future__ import annotations

import msgspec
import pytest

from qmagic.errors import InputError, NotFoundError
from qmagic.stub.clock import Clock, iso
from qmagic.stub.faults import KINDS, STAGES, Fault, Faults
from qmagic.stub.rate import Bucket
from qmagic.stub.settings import Settings, changed


def test_settings_are_read_as_people_write_them():
    """Times have units, rates a second, devices commas; all of them change together."""
    words = "queue=500ms run=2min fail=0.1 drop=0.05 rate=5/s price=real maintenance=ibm_manila,SV1 time=virtual seed=7"
    settings = changed(Settings(), words.split())
    assert settings == Settings(
        queue=0.5, run=120.0, fail=0.1, drop=0.05, rate=5.0, price="real", maintenance=("ibm_manila", "SV1"),
        time="virtual", seed=7,
    )  # fmt: skip
    assert settings.is_down("SV1")
    assert not settings.is_down("ibm_perth")
    assert changed(settings, ["maintenance=none", "seed=none"]).maintenance == ()


@pytest.mark.parametrize(
    ("word", "error", "message"),
    [
        ("queu=1s", NotFoundError, "did you mean 'queue'"),
        ("queue=soon", InputError, "expected a time such as 30s"),
        ("fail=2", InputError, "expected a number from 0 to 1"),
        ("fail", InputError, "expected a number from 0 to 1"),
        ("price=high", InputError, "expected real or free"),
    ],
)
def test_a_wrong_setting_says_what_was_expected(word, error, message):
    """One wrong word changes nothing, and says what it should be."""
    with pytest.raises(error, match=message):
        changed(Settings(), ["queue=1s", word])


def test_the_clock_never_goes_back():
    """Skipping moves on; skipping to the past does nothing."""
    clock = Clock(machine=lambda: 100.0)
    clock.skip_to(130.0)
    clock.skip_to(90.0)
    assert clock.now() == 130.0


def test_times_fit_into_braket_schema():
    """A time has 24 characters and rounds into the next second."""
    assert iso(1_700_000_000.9996) == "2023-11-14T22:13:21.000Z"
    assert iso(None) is None


def test_a_rate_lets_its_number_through():
    """At 5 a second, 10 may come at once, then one each 0.2 s; the answer says how long to wait."""
    now = [0.0]
    bucket = Bucket(lambda: now[0])
    assert [bucket.wait(5.0) for _ in range(11)] == [0] * 10 + [1]
    now[0] = 0.2
    assert bucket.wait(5.0) == 0
    assert bucket.wait(5.0) == 1
    assert bucket.wait(0.0) == 0


def test_faults_strike_when_they_should():
    """A fault passes by `skip` requests of its stage and cloud, hits `times`, and is spent."""
    faults = Faults()
    faults.plan((Fault(stage="submit", kind="500", cloud="ibm", skip=1, times=2),))
    drawn = [faults.draw(cloud, "submit", Settings()) for cloud in ("ibm", "braket", "ibm", "ibm", "ibm")]
    assert [one and one.kind for one in drawn] == [None, None, "500", "500", None]
    assert faults.draw("ibm", "poll", Settings()) is None


def test_faults_by_chance():
    """With drop=1 every request is dropped, some before and some after their work."""
    drawn = [Faults().draw("ibm", "poll", Settings(drop=1.0)) for _ in range(50)]
    assert {one.kind for one in drawn} == {"drop"}
    assert {one.after for one in drawn} == {True, False}


def test_the_lists_of_stages_and_kinds_are_those_of_the_types():
    """What the lists name, a fault takes; nothing else."""
    for stage in STAGES:
        for kind in KINDS:
            msgspec.convert({"stage": stage, "kind": kind}, Fault)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"stage": "lunch", "kind": "500"}, Fault)
