"""Which device is the best, and why: by calibration, queue and price."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qmagic.choices import Best, Candidate, chosen, is_best, read_best
from qmagic.errors import InputError


def one(name, success=0.9, queue=0, price="0.1", out=""):
    return Candidate(
        backend=f"ibm:{name}", success=success, queue=queue, price=None if price is None else Decimal(price), out=out
    )


def order(*candidates, most=None):
    return [name.partition(":")[2] for name in chosen(candidates, Best(("ibm",), most)).backends]


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("best(ibm)", Best(("ibm",))),
        ("best(ibm-stub:manila, ibm; max_price=1)", Best(("ibm-stub:manila", "ibm"), Decimal(1))),
        (" best(ibm;max_price=0.25) ", Best(("ibm",), Decimal("0.25"))),
    ],
)
def test_read(text, wish):
    """Providers and devices, and the most that it may cost."""
    assert is_best(text)
    assert read_best(text) == wish


@pytest.mark.parametrize(
    "text",
    ["best()", "best(ibm", "best(aer)", "best(ibm; price=1)", "best(ibm; max_price=much)", "best(ibm;max_price=-1)"],
)
def test_not_read(text):
    """What is no such wish is refused, with what is expected."""
    with pytest.raises(InputError, match="expected best"):
        read_best(text)


def test_calibration_first():
    """The higher success probability wins, over queue and price; an unknown one comes last."""
    assert order(one("a", 0.5), one("b", 0.9, queue=50, price="9"), one("c", None)) == ["b", "a", "c"]


def test_alike():
    """Devices within 2 % count as equal: then the shorter queue, then the lower price."""
    assert order(one("a", 0.91, queue=3), one("b", 0.90, queue=1), one("c", 0.80)) == ["b", "a", "c"]
    assert order(one("a", 0.91, price="2"), one("b", 0.90, price="1")) == ["b", "a"]


def test_price():
    """What may cost more than allowed is out; so is what has no bound, where a price is asked for."""
    assert order(one("a", price="2"), one("b", 0.5), most=Decimal(1)) == ["b"]
    assert order(one("a", price=None), most=None) == ["a"]
    with pytest.raises(InputError, match="has no bound on its cost, and 1 is allowed"):
        order(one("a", price=None), most=Decimal(1))


def test_why():
    """The reason names what was compared; none that can is an error that says of each why not."""
    choice = chosen(
        [one("a", 0.9, queue=2), one("b", 0.5), one("c", out="is not online (maintenance)")], Best(("ibm",))
    )
    assert (
        choice.why == "best of 3, a shot goes through with 90% (next: ibm:b, 50%), 2 jobs before it, 0.10 USD at most"
    )
    assert choice.ranked[-1].backend == "ibm:c"
    with pytest.raises(InputError, match=r"none of ibm can take the job: ibm:c is not online \(maintenance\)"):
        chosen([one("c", out="is not online (maintenance)")], Best(("ibm",)))


def test_a_provider_that_cannot_be_asked():
    """It is left out and named with the reason; where none is left the error names each."""
    absent = Candidate(backend="braket", out="cannot be asked (no credentials)")
    choice = chosen([one("a"), absent], Best(("ibm", "braket")))
    assert choice.backends == ("ibm:a",)
    assert choice.why.startswith("the only device, a shot goes through with 90%")
    assert choice.why.endswith("; without braket, which cannot be asked (no credentials)")
    offline = Candidate(backend="ibm", out="cannot be asked (no network)")
    with pytest.raises(InputError) as refused:
        chosen([offline, absent], Best(("ibm", "braket")))
    assert str(refused.value) == (
        "none of ibm, braket can take the job: ibm cannot be asked (no network); "
        "braket cannot be asked (no credentials)"
    )
