"""The flags of the magics, as a table: the parser, ``--help``, ``?`` and completion all read it.

A `Command` is one magic: its flags, what its first words mean, examples and possible errors. `Command.parse` turns a
line into a `Parsed`. What was not given is absent from ``Parsed.given``, so that the defaults of `qmagic.options` can
stand in.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import textwrap
import types
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from qmagic.errors import InputError, NotFoundError, nearest
from qmagic.magics.words import Word, expanded, split

__all__ = ["HELP", "Command", "Flag", "Parsed", "number", "whole"]


@dataclasses.dataclass(frozen=True)
class Flag:
    """One flag.

    Attributes:
        name: Its name, ``"--shots"``.
        help: One sentence on what it does, its default included.
        metavar: What its value is called; "" for a switch, which takes none.
        read: Turns the value's text into the value; raises ValueError with what was expected.
        choices: The only values that it takes.
        values: Which values completion offers (`qmagic.magics.values.offers`), when there are no choices.
        short: A one-letter form, ``"-o"``.
        repeats: Whether it may be given more than once.
        dest: Its name in ``Parsed.given``; made from the name where "".
    """

    name: str
    help: str
    metavar: str = ""
    read: Callable[[str], Any] = str
    choices: tuple[str, ...] = ()
    values: str = ""
    short: str = ""
    repeats: bool = False
    dest: str = ""

    @property
    def key(self) -> str:
        """The flag's name in ``Parsed.given``."""
        return self.dest or self.name.lstrip("-").replace("-", "_")

    @property
    def takes_value(self) -> bool:
        """Whether a value follows."""
        return bool(self.metavar)


HELP = Flag("--help", "Show this text.", short="-h")


@dataclasses.dataclass(frozen=True)
class Parsed:
    """A line, understood: the words before or between the flags as they stand, and the flags that were given."""

    words: str
    given: Mapping[str, Any]
    semicolon: bool = False

    def get(self, key: str, default: Any = None) -> Any:
        """Returns a flag's value, or `default` when it was not given."""
        return self.given.get(key, default)


@dataclasses.dataclass(frozen=True)
class Command:
    """One magic.

    Attributes:
        name: Its name without percent signs.
        usage: The forms in which it is written, one per line.
        about: What it does.
        flags: Its flags, in the order in which help shows them.
        words: What words that are no flags mean, for completion (`qmagic.magics.values.offers`); "": there are none.
        examples: Lines that run.
        errors: Messages that it may give, and what to do then.
    """

    name: str
    usage: str
    about: str
    flags: tuple[Flag, ...]
    words: str = ""
    examples: str = ""
    errors: str = ""

    @functools.cached_property
    def by_name(self) -> dict[str, Flag]:
        """The flags by each of their names."""
        every = (*self.flags, HELP)
        return {flag.name: flag for flag in every} | {flag.short: flag for flag in every if flag.short}

    @functools.cached_property
    def _parser(self) -> _Parser:
        parser = _Parser(prog=f"%{self.name}", add_help=False, allow_abbrev=False, argument_default=argparse.SUPPRESS)
        for flag in (*self.flags, HELP):
            if not flag.takes_value:
                parser.add_argument(flag.name, dest=flag.key, action="store_true")
            else:
                action = "append" if flag.repeats else "store"
                parser.add_argument(flag.name, dest=flag.key, action=action, type=_reader(flag))
        return parser

    @functools.cached_property
    def _given(self) -> Callable[[tuple[str, ...]], Mapping[str, Any]]:
        """Reads flags with argparse; kept, since a notebook's cells mostly have the flags of the cell before."""

        @functools.lru_cache(maxsize=64)
        def read(arguments: tuple[str, ...]) -> Mapping[str, Any]:
            return types.MappingProxyType(vars(self._parser.parse_args(arguments)))

        return read

    def parse(self, line: str, namespace: Mapping[str, Any]) -> Parsed:
        """Returns what a line says.

        Args:
            line: What follows the magic's name.
            namespace: The user's variables, for ``{name}`` in a flag's value.

        Raises:
            NotFoundError: There is no such flag; the message names the nearest.
            InputError: A value is missing or of the wrong kind, or words stand where none belong.
        """
        bare = line.rstrip()
        semicolon = bare.endswith(";")
        line = bare[:-1] if semicolon else bare
        arguments: list[str] = []
        rest: list[Word] = []
        words = iter(split(line))
        for word in words:
            if not word.is_flag:
                if rest and line[rest[-1].end : word.start].strip():
                    raise InputError(f"unexpected {word.raw!r} after the flags: quote a value that has blanks")
                rest.append(word)
                continue
            name, equals, _ = word.raw.partition("=")
            flag = self.by_name.get(name)
            if flag is None:
                raise NotFoundError(f"%{self.name} has no flag {name}{nearest(name, self.by_name)} (--help lists them)")
            if not flag.takes_value:
                if equals:
                    raise InputError(f"{flag.name} takes no value")
                arguments.append(flag.name)
                continue
            # One argument each, joined by "=": a value such as "-ZZ" is then no flag to argparse.
            value = Word(word.raw[len(name) + 1 :], word.start) if equals else next(words, None)
            if value is None or (not equals and value.raw.partition("=")[0] in self.by_name):
                raise InputError(f"{flag.name} needs a value: {flag.name} {flag.metavar}")
            arguments.append(f"{flag.name}={expanded(value, namespace)}")
        if rest and not self.words:
            raise InputError(f"unexpected {line[rest[0].start : rest[-1].end]!r}: %{self.name} takes flags only")
        return Parsed(line[rest[0].start : rest[-1].end] if rest else "", self._given(tuple(arguments)), semicolon)

    @functools.cached_property
    def text(self) -> str:
        """What ``--help`` and ``?`` show."""
        parts = [self.usage, textwrap.fill(self.about, 100), "Parameters\n" + "\n".join(map(_described, self.flags))]
        if self.examples:
            parts.append("Examples\n" + textwrap.indent(textwrap.dedent(self.examples).strip("\n"), "  "))
        if self.errors:
            parts.append("Possible errors\n" + textwrap.indent(textwrap.dedent(self.errors).strip("\n"), "  "))
        return "\n\n".join(parts) + "\n"


class _Parser(argparse.ArgumentParser):
    """argparse, which raises one line instead of ending the process."""

    def error(self, message: str) -> NoReturn:
        raise InputError(message.removeprefix("argument "))


def _reader(flag: Flag) -> Callable[[str], Any]:
    """Returns argparse's reader of a flag's value: what went wrong becomes a line about what was expected."""

    def read(text: str) -> Any:
        if flag.choices and text not in flag.choices:
            raise argparse.ArgumentTypeError(
                f"expected {_listed(flag.choices)}, got {text!r}{nearest(text, flag.choices)}"
            )
        try:
            return flag.read(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"expected {error}, got {text!r}") from None

    return read


def _listed(choices: tuple[str, ...]) -> str:
    return ", ".join(choices[:-1]) + f" or {choices[-1]}" if len(choices) > 1 else choices[0]


def _described(flag: Flag) -> str:
    names = ", ".join(name for name in (flag.short, flag.name) if name)
    head = f"  {names} {flag.metavar}".rstrip()
    lines = textwrap.wrap(flag.help, 72)
    if len(head) > 27:
        return "\n".join([head, *(" " * 28 + line for line in lines)])
    return "\n".join([head.ljust(28) + lines[0], *(" " * 28 + line for line in lines[1:])])


def whole(text: str) -> int:
    """Reads a whole number; ``4_096`` and ``1e6`` will do."""
    try:
        return int(text)
    except ValueError:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if value.is_integer():
            return int(value)
        raise ValueError("a whole number, such as 4096") from None


def number(text: str) -> float:
    """Reads a finite number."""
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if value - value != 0:
        raise ValueError("a number, such as 0.01")
    return value
