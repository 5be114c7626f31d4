"""``best(ibm,braket; max_price=1)``: which device a job goes to, by calibration, queue and price. Arithmetic on data.

The device on which a shot most probably goes through without an error is the best. Devices that come within
`ALIKE` of it count as equal: then fewer jobs in the queue decide, then the price. What is not online, too small, or
dearer than allowed is out; where a price is asked for, what has no bound on its cost is out too. A provider that could
not be asked is out as a whole, and the reason of the choice names it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

import msgspec

from qmagic.clouds import provider_of
from qmagic.errors import InputError

__all__ = ["ALIKE", "Best", "Candidate", "Choice", "chosen", "is_best", "read_best"]

#: Success probabilities that differ by less count as equal: a calibration is not known better than that.
ALIKE = 0.02
_FORM = re.compile(r"best\(([^;()]*)(?:;([^()]*))?\)")
_USE = "expected best(ibm,braket; max_price=1): providers or devices, and the most that it may cost"


class Best(msgspec.Struct, frozen=True):
    """A wish for the best device: among `places` (providers or devices), for `max_price` at most."""

    places: tuple[str, ...]
    max_price: Decimal | None = None


class Candidate(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A device that a job could go to, or a provider that could not be asked for its devices.

    Attributes:
        backend: Its full name; of a provider that could not be asked that one's, such as ``"braket"``.
        success: The probability that a shot goes through without an error; None where it is not known.
        queue: Jobs that wait there; None where the provider does not say.
        price: The most that the job costs there, None where nothing bounds it.
        currency: Of the price.
        out: Why it is out; "" where it is not.
    """

    backend: str
    success: float | None = None
    queue: int | None = None
    price: Decimal | None = None
    currency: str = "USD"
    out: str = ""


class Choice(msgspec.Struct, frozen=True):
    """What was chosen: all candidates, those that can take the job first, the best of all; and why, in a sentence."""

    ranked: tuple[Candidate, ...]
    why: str

    @property
    def backends(self) -> tuple[str, ...]:
        """The devices that can take the job, the best first."""
        return tuple(one.backend for one in self.ranked if not one.out)


def is_best(backend: str) -> bool:
    """Tells whether a backend is a wish for the best of several."""
    return backend.strip().startswith("best(")


def read_best(text: str) -> Best:
    """Returns the wish in a text.

    Raises:
        InputError: It cannot be read.
    """
    found = _FORM.fullmatch(text.strip())
    places = tuple(word.strip() for word in found[1].split(",")) if found else ()
    if not found or not all(places):
        raise InputError(f"{text!r} cannot be read; {_USE}")
    for place in places:
        if not provider_of(place if ":" in place else f"{place}:x"):
            raise InputError(f"{place!r} in {text!r} is no provider, and no device of one; {_USE}")
    most = None
    for option in filter(None, (word.strip() for word in (found[2] or "").split(","))):
        name, _, value = option.partition("=")
        try:
            most = Decimal(value.strip())
        except InvalidOperation:
            most = None
        if name.strip() != "max_price" or most is None or not most >= 0:
            raise InputError(f"{option!r} in {text!r} cannot be read; {_USE}")
    return Best(places, most)


def chosen(candidates: Sequence[Candidate], wish: Best) -> Choice:
    """Returns the candidates in order, and why the first is first.

    Raises:
        InputError: None can take the job; the message says of each why not.
    """
    judged = [_judged(one, wish) for one in candidates]
    fit = [one for one in judged if not one.out]
    if not fit:
        reasons = "; ".join(f"{one.backend} {one.out}" for one in judged) or "there is no device"
        raise InputError(f"none of {', '.join(wish.places)} can take the job: {reasons}")
    ranked: list[Candidate] = []
    while fit:  # the best of those that are left, and what is as good
        top = max(_success(one) for one in fit)
        alike = [one for one in fit if _success(one) >= top - ALIKE]
        first = min(alike, key=lambda one: (one.queue or 0, one.price or Decimal(0), -_success(one), one.backend))
        ranked.append(first)
        fit.remove(first)
    out = [one for one in judged if one.out]
    unasked = [one for one in out if not provider_of(one.backend)]
    why = _why(ranked, len(judged) - len(unasked))
    return Choice((*ranked, *out), "".join([why, *(f"; without {one.backend}, which {one.out}" for one in unasked)]))


def _judged(one: Candidate, wish: Best) -> Candidate:
    if one.out or wish.max_price is None or (one.price is not None and one.price <= wish.max_price):
        return one
    what = "has no bound on its cost" if one.price is None else f"may cost {one.price:.2f} {one.currency}"
    return msgspec.structs.replace(one, out=f"{what}, and {wish.max_price:f} is allowed")


def _success(one: Candidate) -> float:
    return -1.0 if one.success is None else one.success


def _why(ranked: Sequence[Candidate], number: int) -> str:
    first, *others = ranked
    facts = [f"best of {number}" if number > 1 else "the only device"]
    if first.success is None:
        facts.append("its calibration is not known")
    else:
        facts.append(f"a shot goes through with {first.success:.0%}")
    if others and others[0].success is not None:
        facts[-1] += f" (next: {others[0].backend}, {others[0].success:.0%})"
    if first.queue is not None:
        facts.append(f"{first.queue:,} job{'s' * (first.queue != 1)} before it")
    if first.price is not None:
        facts.append(f"{first.price:.2f} {first.currency} at most")
    return ", ".join(facts)
