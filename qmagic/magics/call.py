"""One call of a magic: parse the line, answer ``--help``, run the command, make errors short.

A command is a function of a `Call`; what it returns is the value of the cell. It never prints an error: it raises.
"""

from __future__ import annotations

import dataclasses
import keyword
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from qmagic import options
from qmagic.errors import InputError, QmagicError
from qmagic.magics.failures import interrupted, is_rendered, shortened
from qmagic.magics.flags import Command, Parsed
from qmagic.magics.show import value_is_shown

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["Call", "run"]


@dataclasses.dataclass
class Call:
    """What a command gets.

    Attributes:
        shell: IPython.
        line: What follows the magic's name, as typed.
        body: The cell below that line; None for a line magic.
        namespace: The user's variables (inside a function: its own come first).
        parsed: The line, understood.
        defaults: The user's options, which stand in for flags that were not given.
        silent: Nothing is to be shown.
    """

    shell: InteractiveShell
    line: str
    body: str | None
    namespace: dict[str, Any]
    parsed: Parsed
    defaults: options.RunOptions
    silent: bool = False


def run(
    command: Command,
    action: Callable[[Call], Any],
    shell: InteractiveShell,
    line: str,
    body: str | None = None,
    local: Mapping[str, Any] | None = None,
) -> Any:
    """Runs one call of a magic and returns the value of the cell."""
    debug = "--debug" in line.split()
    namespace = shell.user_ns if local is None or local is shell.user_ns else {**shell.user_ns, **local}
    try:
        parsed = command.parse(line, namespace)
        if parsed.get("help"):
            print(command.text, end="")
            return None
        defaults = options.defaults()
        debug = debug or defaults.debug
        name = _checked_name(parsed.get("output"))
        silent = parsed.semicolon or parsed.get("quiet", defaults.quiet)
        call = Call(shell, line, body, namespace, parsed, defaults, silent)
        value = action(call)
    except KeyboardInterrupt as error:
        raise (error if debug or is_rendered(error) else interrupted(f"%{command.name} had not finished")) from None
    except QmagicError as error:
        raise (error if debug else shortened(error))  # noqa: B904 - the same error
    if name:
        shell.user_ns[name] = value
    return None if call.silent and value_is_shown() else value


def _checked_name(name: str | None) -> str | None:
    if name is not None and (not name.isidentifier() or keyword.iskeyword(name)):
        raise InputError(f"--output {name}: expected the name of a variable")
    return name
