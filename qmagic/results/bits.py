"""Registers, marginals and post-selection of counts: a `SampledPub` in, a `SampledPub` out.

Outcomes are integers here; bit 0 is the least significant and the rightmost character. The *joined* bits of a PUB
are its registers' bits in circuit order, the first register lowest (so it stands on the right), as Qiskit's
``join_data`` has them. Classical bits outside every register are left out, as Qiskit does; a circuit with such bits
only counts as one register ``c``. Pure Python: a histogram is shown without NumPy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from qmagic.errors import InputError, NotFoundError, nearest
from qmagic.outcomes import CountsTable, Register, SampledPub

__all__ = ["Point", "flat_index", "joined", "layout", "marginal", "postselect", "register", "rows", "table", "total"]

#: An index into the points of a PUB: an integer where there is one axis, else one integer for each axis.
Point = int | Sequence[int] | None


def layout(pub: SampledPub) -> tuple[Register, ...]:
    """Returns the registers of `pub`, lowest first."""
    return pub.registers or (Register("c", tuple(range(pub.num_bits))),)


def joined(pub: SampledPub) -> tuple[int, ...]:
    """Returns, for each joined bit, lowest first, which bit of the table it is."""
    return tuple(bit for one in layout(pub) for bit in one.bits)


def rows(pub: SampledPub, point: Point = None) -> list[tuple[int, int]]:
    """Returns ``(value, count)`` over the joined bits, ascending by value.

    `point` picks one point; None takes all points together.
    """
    tables = pub.tables if point is None else (pub.tables[flat_index(point, pub.shape)],)
    move = _move(joined(pub), pub.num_bits)
    if len(tables) == 1 and move is None:
        return tables[0].rows()
    return _gathered((row for one in tables for row in one.rows()), move)


def table(pairs: Iterable[tuple[int, int]], num_bits: int, order_seed: int) -> CountsTable:
    """Returns the counts table of ``(value, count)`` pairs that ascend by value."""
    width = max(1, -(-num_bits // 8))
    kept = [pair for pair in pairs if pair[1]]
    return CountsTable(
        b"".join(value.to_bytes(width, "big") for value, _ in kept),
        b"".join(count.to_bytes(8, "little") for _, count in kept),
        order_seed,
    )


def total(one: CountsTable) -> int:
    """Returns the number of shots in a table."""
    read = int.from_bytes
    return sum(read(one.counts[at : at + 8], "little") for at in range(0, len(one.counts), 8))


def flat_index(point: Point, shape: tuple[int, ...]) -> int:
    """Returns the place in C order of `point` in an array of `shape`; negative indices count from the end."""
    index = (point,) if isinstance(point, int) else tuple(point or ())
    inside = len(index) == len(shape) and all(-size <= i < size for i, size in zip(index, shape, strict=True))
    if not inside:
        raise InputError(f"point {_shown(index)} is not one of this PUB's points, whose shape is {shape}")
    flat = 0
    for i, size in zip(index, shape, strict=True):
        flat = flat * size + i % size
    return flat


def register(pub: SampledPub, name: str) -> SampledPub:
    """Returns the counts of one register, over all else summed."""
    for one in layout(pub):
        if one.name == name:
            return _select(pub, one.bits, (Register(name, tuple(range(len(one.bits)))),))
    names = [one.name for one in layout(pub)]
    raise NotFoundError(f"no register {name!r}; there are {', '.join(names)}{nearest(name, names)}")


def marginal(pub: SampledPub, bits: Sequence[int]) -> SampledPub:
    """Returns the counts of some joined bits, over all else summed: ``bits[0]`` becomes bit 0.

    The registers become one, called ``marginal``.
    """
    places = joined(pub)
    if not bits:
        raise InputError("a marginal needs at least one bit")
    if len(set(bits)) != len(bits):
        raise InputError(f"a marginal takes each bit once, got {list(bits)}")
    _check_bits(bits, len(places))
    taken = tuple(places[bit] for bit in bits)
    return _select(pub, taken, (Register("marginal", tuple(range(len(bits)))),))


def postselect(pub: SampledPub, selection: Mapping[str | int, str | int]) -> SampledPub:
    """Returns only the shots in which chosen bits have chosen values; the bits stay.

    A key of `selection` is a register's name, with a bitstring (``{"flag": "01"}``), or the index of a joined bit,
    with 0 or 1 (``{0: 1}``). Points may keep different numbers of shots; `shots` is then 0.
    """
    mask = wanted = 0
    places = joined(pub)
    for bit, value in _conditions(pub, selection, len(places)):
        if mask >> places[bit] & 1 and (wanted >> places[bit] & 1) != value:
            raise InputError(f"bit {bit} cannot be 0 and 1; give it one value")
        mask |= 1 << places[bit]
        wanted |= value << places[bit]
    tables = tuple(
        table((row for row in one.rows() if row[0] & mask == wanted), pub.num_bits, one.order_seed)
        for one in pub.tables
    )
    kept = {total(one) for one in tables}
    shots = kept.pop() if len(kept) == 1 else 0
    return SampledPub(pub.num_bits, pub.registers, shots, tables, pub.shape, dict(pub.metadata))


def _conditions(pub: SampledPub, selection: Mapping[str | int, str | int], width: int) -> Iterable[tuple[int, int]]:
    """Yields ``(joined bit, 0 or 1)`` for each condition."""
    if not selection:
        raise InputError("post-selection needs a condition, such as {'flag': '0'} or {0: 1}")
    start: dict[str, tuple[int, int]] = {}
    for one in layout(pub):
        start[one.name] = (sum(size for _, size in start.values()), len(one.bits))
    for key, value in selection.items():
        if isinstance(key, str):
            if key not in start:
                raise NotFoundError(f"no register {key!r}; there are {', '.join(start)}{nearest(key, start)}")
            first, size = start[key]
            text = str(value)
            if len(text) != size or set(text) - {"0", "1"}:
                raise InputError(f"register {key!r} has {size} bits: expected as many 0 and 1, got {text!r}")
            for offset, character in enumerate(reversed(text)):
                yield first + offset, int(character)
        else:
            _check_bits((key,), width)
            if str(value) not in {"0", "1", "False", "True"}:
                raise InputError(f"bit {key} can be 0 or 1, got {value!r}")
            yield key, int(value)


def _select(pub: SampledPub, bits: tuple[int, ...], registers: tuple[Register, ...]) -> SampledPub:
    move = _move(bits, pub.num_bits)
    tables = tuple(table(_gathered(one.rows(), move), len(bits), one.order_seed) for one in pub.tables)
    return SampledPub(len(bits), registers, pub.shots, tables, pub.shape, dict(pub.metadata))


def _gathered(pairs: Iterable[tuple[int, int]], move: Callable[[int], int] | None) -> list[tuple[int, int]]:
    counts: dict[int, int] = {}
    for value, count in pairs:
        key = value if move is None else move(value)
        counts[key] = counts.get(key, 0) + count
    return sorted(counts.items())


def _move(bits: tuple[int, ...], num_bits: int) -> Callable[[int], int] | None:
    """Returns the function that makes bit ``bits[i]`` bit i and drops the others; None when nothing changes.

    Neighbours move together: a register is one shift and one mask, however many bits it has.
    """
    if bits == tuple(range(num_bits)):
        return None
    runs: list[list[int]] = []  # [first bit there, first bit here, length]
    for here, there in enumerate(bits):
        if runs and runs[-1][0] + runs[-1][2] == there:
            runs[-1][2] += 1
        else:
            runs.append([there, here, 1])
    parts = [(there, (1 << length) - 1, here) for there, here, length in runs]
    if len(parts) == 1:
        ((shift, mask, _),) = parts
        return lambda value: value >> shift & mask
    return lambda value: sum((value >> there & mask) << here for there, mask, here in parts)


def _check_bits(bits: Iterable[int], width: int) -> None:
    for bit in bits:
        if not 0 <= bit < width:
            raise InputError(f"there is no bit {bit}: the joined registers have bits 0 to {width - 1}")


def _shown(index: tuple[int, ...]) -> str:
    return str(index[0]) if len(index) == 1 else str(index)
