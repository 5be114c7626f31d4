"""Runs the Python of ``%%qrun`` (its body) and ``%qrun`` (its expression) in the user's namespace, like any cell.

The body passes IPython's own steps (input transformers, so its magics work; AST transformers; the shell's compiler),
and the value of its last expression is handed back instead of being shown. It is compiled under the name of the
running cell and at its own lines, so that tracebacks say ``Cell In[3], line 5`` and mean the line that the user sees.
Neither ``In`` nor the history learns of it: they hold the whole cell already.
"""

from __future__ import annotations

import ast
from types import TracebackType
from typing import TYPE_CHECKING, Any

from qmagic.errors import SourceError
from qmagic.magics.failures import trimmed

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

__all__ = ["PythonBody"]


class PythonBody:
    """The Python of one call: call it with the text to run it.

    Args:
        shell: Where to run.
        namespace: The user's variables: the shell's own, or (inside a function) a copy with the function's in front.
        first_line: The line of the cell on which the text starts.
        head: The magic's own line, shown in tracebacks above the body.
        debug: Leave tracebacks whole.
    """

    def __init__(
        self, shell: InteractiveShell, namespace: dict[str, Any], first_line: int, head: str = "", debug: bool = False
    ) -> None:
        self.shell, self.namespace, self.first_line, self.head, self.debug = shell, namespace, first_line, head, debug
        #: Whether the text ended with a semicolon, which asks that nothing be shown.
        self.semicolon = False

    def __call__(self, text: str) -> Any:
        """Runs the text and returns the value of its last expression, None where it ends with a statement.

        Raises:
            SourceError: It is not Python, or awaits at its top level.
        """
        shell = self.shell
        source = self._source(text)
        compiled: Any = shell.compile  # takes syntax trees, too, which its signature does not say
        name = shell.compile.cache(source, shell.displayhook.prompt_count, raw_code=source)
        try:
            statements = shell.transform_ast(shell.compile.ast_parse(source, filename=name)).body
            last = statements.pop() if statements and isinstance(statements[-1], ast.Expr) else None
            run = compiled(ast.Module(statements, []), name, "exec")
            value = None if last is None else compiled(ast.Expression(last.value), name, "eval")
        except SyntaxError as error:
            raise _source_error(error, source) from None
        own = self.namespace is shell.user_ns
        scope = (shell.user_global_ns if own else self.namespace), self.namespace
        self.semicolon = last is not None and shell.displayhook.semicolon_at_end_of_expression(source)
        try:
            exec(run, *scope)
            return None if value is None else eval(value, *scope)
        except BaseException as error:
            raise (error if self.debug else trimmed(error, _below(error), shell))  # noqa: B904 - the same error

    def _source(self, text: str) -> str:
        """Returns what is compiled: the text as Python, on the lines on which the cell has it."""
        # IPython's transformers drop blank lines at the top.
        blank = next((i for i, line in enumerate(text.splitlines()) if line.strip()), 0)
        above = [""] * (self.first_line + blank - 1)
        above[:1] = [f"# {self.head}"] if self.head else above[:1]
        return "".join(f"{line}\n" for line in above) + str(self.shell.transform_cell(text))


def _source_error(error: SyntaxError, source: str) -> SourceError:
    if error.msg == "incomplete input":  # IPython's compiler waits for more; Python's says what is open, and where
        try:
            ast.parse(source)
        except SyntaxError as clearer:
            error = clearer
    message, line = error.msg, error.lineno
    if "await" in message or "asynchronous" in message:
        message = "the body of %%qrun cannot await: await in a cell above and use the value here"
    lines = source.splitlines()
    return SourceError(message, line, error.offset, lines[line - 1] if line and line <= len(lines) else None)


def _below(error: BaseException) -> TracebackType | None:
    """Returns the traceback without this file's own frame at its top."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next and traceback.tb_frame.f_code.co_filename == __file__:
        traceback = traceback.tb_next
    return traceback
