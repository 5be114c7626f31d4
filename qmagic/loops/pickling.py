"""User functions on their way to the loop's process, by cloudpickle, and their errors on the way back.

A pickle is loaded only in a loop's process of the same user, after its Python's minor version was compared: a function
of another one can crash the interpreter.
"""

from __future__ import annotations

import inspect
import linecache
import os
import pickle
import platform
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from qmagic.errors import InputError, QmagicError
from qmagic.tapes import Function

__all__ = ["UserError", "loaded", "loaded_callback", "pickled", "user_error"]

#: Bytes that a pickled function may have: more is data, which belongs into a file.
_MOST_BYTES = 200 << 20


class UserError(QmagicError):
    """What a user's function did; the message has its traceback."""


def minor() -> str:
    """Returns this Python's minor version, ``"3.11"``."""
    return ".".join(platform.python_version_tuple()[:2])


def pickled(functions: Mapping[str, Callable[..., Any]]) -> bytes:
    """Returns functions as bytes, with the text that their tracebacks show.

    Raises:
        InputError: One cannot be pickled; the message names what in it.
    """
    try:
        import cloudpickle
    except ImportError as error:
        raise InputError("functions need cloudpickle, which is not installed: pip install cloudpickle") from error
    texts = {name: _text(function) for name, function in functions.items()}
    try:
        data: bytes = cloudpickle.dumps((dict(functions), {key: text for key, text in texts.values() if text}))
    except Exception as error:
        name, what = _culprit(functions, cloudpickle.dumps)
        raise InputError(
            f"{name} cannot be sent to the loop's process: {what or f'{type(error).__name__}: {error}'}; "
            "make it inside the function, or pass plain data"
        ) from None
    if len(data) > _MOST_BYTES:
        raise InputError(
            f"the function brings {len(data) >> 20} MB of data along, at most {_MOST_BYTES >> 20} MB can be sent; "
            "read them from a file inside it"
        )
    return data


def loaded(function: Function) -> dict[str, Callable[..., Any]]:
    """Returns the functions again.

    Raises:
        InputError: They were pickled by another Python, or cannot be loaded here.
    """
    if function.python != minor():
        raise InputError(
            f"the function was made by Python {function.python}, and this is {minor()}: it cannot be loaded safely"
        )
    return _loaded(function.pickle)


def loaded_callback(data: bytes) -> Callable[..., Any]:
    """Returns a callback again; see `loaded`."""
    return _loaded(data)["callback"]


def _loaded(data: bytes) -> dict[str, Callable[..., Any]]:
    try:
        functions, texts = pickle.loads(data)
    except Exception as error:
        raise InputError(
            f"the function cannot be loaded in the loop's process: {type(error).__name__}: {error}"
        ) from None
    for name, text in texts.items():  # so that tracebacks show the lines of a notebook's cell
        linecache.cache.setdefault(name, (len(text), None, text.splitlines(keepends=True), name))
    found: dict[str, Callable[..., Any]] = functions
    return found


def user_error(error: BaseException) -> UserError:
    """Returns an error of a user's function with its own traceback, from the function on."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = os.path.dirname(__file__)
    while len(frames) > 1 and frames[0].filename.startswith(ours):
        del frames[0]
    lines = traceback.format_list(frames[-12:])
    what = "".join(traceback.format_exception_only(error)).strip()
    return UserError(f"{what}\n{''.join(lines)}".rstrip())


def _text(function: Callable[..., Any]) -> tuple[str, str]:
    """Returns the file of a function and its text, where it is no file that the other process can read itself."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    if code is None:
        return "", ""
    return code.co_filename, "".join(linecache.getlines(code.co_filename))


def _culprit(functions: Mapping[str, Any], dumps: Callable[[Any], bytes]) -> tuple[str, str]:
    """Returns which function cannot be pickled, and which variable in it is to blame, "" where that is not found."""
    for kind, function in functions.items():
        try:
            dumps(function)
        except Exception:
            name = f"{kind} function {getattr(function, '__name__', '')!r}"
            for variable, value in _variables(function).items():
                try:
                    dumps(value)
                except Exception as error:
                    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
                    return name, f"its variable {variable!r} ({type(value).__name__}) cannot be pickled: {reason}"
            return name, ""
    return "the function", ""


def _variables(function: Any) -> dict[str, Any]:
    """Returns what a function reaches from outside: closure, globals, defaults, the object it is bound to."""
    inner = getattr(function, "__func__", function)
    found: dict[str, Any] = {}
    if hasattr(function, "__self__"):
        found["self"] = function.__self__
    code = getattr(inner, "__code__", None)
    if code is None:
        return found | dict(getattr(inner, "__dict__", {}))
    for name, cell in zip(code.co_freevars, inner.__closure__ or (), strict=False):
        found[name] = cell.cell_contents
    for name in code.co_names:
        if name in inner.__globals__:
            found[name] = inner.__globals__[name]
    return found
