"""Vectors of eight doubles for Numba: what the kernels are written in.

Numba leaves it to LLVM to find vectors in loops, and LLVM does not find them where strides are only known at run time.
Here they are a type of their own, lowered to ``<8 x double>``, which LLVM cuts to what the machine has (AVX-512, AVX2,
SSE2, NEON). An index is where the first of eight neighbours lies; nothing checks that they are inside the array.
"""

from __future__ import annotations

from typing import Any

import numba
import numba.extending
import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import models, register_model

__all__ = [
    "LANES", "SIGNS", "add", "filled", "fma", "kernel", "load", "mul", "odd", "splat", "store", "sub", "swap_1",
    "swap_2", "swap_4", "total",
]  # fmt: skip

#: mypy knows neither all their options nor what they make.
intrinsic: Any = numba.extending.intrinsic
_njit: Any = numba.njit

#: Compiles what only compiled code calls: nothing of Python is checked or wrapped.
kernel = _njit(nogil=True, error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True)
#: Doubles in a vector.
LANES = 8
#: ``SIGNS[8 k + l]`` is -1 where k and l share an odd number of bits, else 1.
SIGNS = np.array([(-1.0) ** (k & lane).bit_count() for k in range(LANES) for lane in range(LANES)])

_DOUBLE, _INT = ir.DoubleType(), ir.IntType(32)
_VECTOR = ir.VectorType(_DOUBLE, LANES)


class _Vector(types.Type):
    """Numba's type of a vector."""

    def __init__(self) -> None:
        super().__init__(name="Vector8")


@register_model(_Vector)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _VECTOR)


_vector = _Vector()


def _place(context: Any, builder: Any, kind: Any, array: Any, index: Any) -> Any:
    """Returns the address of eight neighbours."""
    start = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(start, [index]), _VECTOR.as_pointer())


@intrinsic
def load(typing: Any, array: Any, index: Any) -> Any:
    """``load(array, index)``: eight neighbours."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        loaded = builder.load(_place(context, builder, signature.args[0], *args))
        loaded.align = 8
        return loaded

    return _vector(array, types.intp), lower


@intrinsic
def store(typing: Any, array: Any, index: Any, vector: Any) -> Any:
    """``store(array, index, vector)``: eight neighbours."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        builder.store(args[2], _place(context, builder, signature.args[0], *args[:2])).align = 8
        return context.get_dummy_value()

    return types.void(array, types.intp, _vector), lower


@intrinsic
def splat(typing: Any, number: Any) -> Any:
    """``splat(number)``: the same number eight times."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        first = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), args[0], ir.Constant(_INT, 0))
        return _shuffled(builder, first, [0] * LANES)

    return _vector(types.float64), lower


@intrinsic
def total(typing: Any, vector: Any) -> Any:
    """``total(vector)``: the sum of the eight."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(_DOUBLE, [_DOUBLE, _VECTOR])
        reduce = cgutils.get_or_insert_function(builder.module, kind, "llvm.vector.reduce.fadd.v8f64")
        return builder.call(reduce, [ir.Constant(_DOUBLE, 0.0), args[0]], fastmath=("reassoc",))

    return types.float64(_vector), lower


@intrinsic
def fma(typing: Any, a: Any, b: Any, c: Any) -> Any:
    """``fma(a, b, c)``: a b + c."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.FunctionType(_VECTOR, [_VECTOR] * 3)
        return builder.call(cgutils.get_or_insert_function(builder.module, kind, "llvm.fmuladd.v8f64"), args)

    return _vector(_vector, _vector, _vector), lower


def _binary(operation: str) -> Any:
    def typed(typing: Any, a: Any, b: Any) -> Any:
        return _vector(_vector, _vector), lambda context, builder, signature, args: getattr(builder, operation)(*args)

    return intrinsic(typed)


add, sub, mul = _binary("fadd"), _binary("fsub"), _binary("fmul")


def _swap(distance: int) -> Any:
    """Makes an intrinsic that changes each lane's number by XOR with `distance`."""

    def typed(typing: Any, a: Any) -> Any:
        order = [lane ^ distance for lane in range(LANES)]
        return _vector(_vector), lambda context, builder, signature, args: _shuffled(builder, args[0], order)

    return intrinsic(typed)


swap_1, swap_2, swap_4 = _swap(1), _swap(2), _swap(4)


def _shuffled(builder: Any, vector: Any, order: list[int]) -> Any:
    return builder.shuffle_vector(vector, vector, ir.Constant(ir.VectorType(_INT, LANES), order))


@intrinsic
def odd(typing: Any, bits: Any) -> Any:
    """``odd(bits)``: 1 where an odd number of bits is set, else 0."""

    def lower(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.and_(builder.ctpop(args[0]), ir.Constant(ir.IntType(64), 1))

    return types.int64(types.int64), lower


@kernel
def filled(array: Any, first: int, last: int, number: float) -> None:
    """Fills a stretch with a number; a slice that is assigned to would take a second to compile."""
    for i in range(first, last):
        array[i] = number
