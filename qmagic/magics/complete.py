"""Tab on a magic's line: flags, and values that fit the flag before the cursor.

An IPython v2 matcher. Everything comes from memory (`qmagic.magics.values`): a Tab never waits. The body of a cell is
not our business here: a Python body gets IPython's own completion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from IPython.core.completer import CompletionContext, SimpleCompletion, SimpleMatcherResult, context_matcher

from qmagic.magics import values
from qmagic.magics.flags import HELP, Command
from qmagic.magics.words import split

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["install", "remove"]

_IDENTIFIER = "qmagic"
# A magic's line: alone, or assigned (``job = %qrun ...``); what follows the name is the third group.
_LINE = re.compile(r"\s*(?:[\w\s,.]+=\s*)?(%%?)(\w+)\s(.*)", re.DOTALL)


def install(shell: InteractiveShell, commands: Iterable[Command]) -> None:
    """Puts the matcher before IPython's own; one that is there already is replaced."""
    remove(shell)
    by_name = {command.name: command for command in commands}

    @context_matcher(identifier=_IDENTIFIER, priority=1000)
    def match(context: CompletionContext) -> SimpleMatcherResult:
        found = _LINE.fullmatch(context.text_until_cursor)
        command = by_name.get(found[2]) if found else None
        if found is None or command is None or (found[1] == "%%" and context.cursor_line > 0):
            return {"completions": []}
        fragment, offers, kind = candidates(command, found[3], shell.user_ns)
        return {
            "completions": [SimpleCompletion(text, type=kind) for text in offers if text.startswith(fragment)],
            "matched_fragment": fragment,
            # A word of an expression may be anything that Python knows, too.
            "suppress": kind != "circuit" or not fragment,
            "ordered": True,
        }

    shell.Completer.custom_matchers.append(match)


def remove(shell: InteractiveShell) -> None:
    """Takes the matcher out."""
    matchers = shell.Completer.custom_matchers
    matchers[:] = [matcher for matcher in matchers if getattr(matcher, "matcher_identifier", "") != _IDENTIFIER]


def candidates(command: Command, typed: str, namespace: Mapping[str, Any]) -> tuple[str, list[str], str]:
    """Returns the fragment being typed, what could stand in its place, and of what kind that is.

    Args:
        command: The magic.
        typed: What stands between the magic's name and the cursor.
        namespace: The user's variables.
    """
    words = split(typed, unfinished=True)
    fragment = words.pop().raw if words and words[-1].end == len(typed) else ""
    before = command.by_name.get(words[-1].raw) if words else None
    name, equals, value = fragment.partition("=")
    if before is not None and before.takes_value:
        flag = before
    elif equals and name in command.by_name:
        flag, fragment = command.by_name[name], value
    else:
        given = {word.raw.partition("=")[0] for word in words}
        flags = [flag.name for flag in (*command.flags, HELP) if flag.repeats or flag.name not in given]
        if fragment.startswith("-"):
            return fragment, flags, "param"
        offers = values.offers(command.words, namespace) if command.words else []
        return fragment, offers if fragment else [*offers, *flags], command.words or "param"
    offers = list(flag.choices) or values.offers(flag.values, namespace)
    if "," in fragment:  # a list of parameters: the last one is being typed
        fragment, offers = fragment.rpartition(",")[2], [offer for offer in offers if offer.endswith("=")]
    return fragment, offers, "value"
