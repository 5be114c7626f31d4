"""A small table as a cell's value: plain text in a terminal, script-free HTML in a notebook, a sequence in Python."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from typing import Any

__all__ = ["Table"]


class Table(Sequence[Any]):
    """Rows of text with a heading each; as a sequence it holds the things that the rows describe.

    Args:
        headings: One for each column.
        rows: The cells, as text.
        items: What each row stands for, in the same order; the rows themselves when not given.
        empty: What is shown in place of a table without rows.
        note: A line under the table.
    """

    def __init__(
        self,
        headings: Sequence[str],
        rows: Sequence[Sequence[str]],
        items: Sequence[Any] | None = None,
        empty: str = "",
        note: str = "",
    ) -> None:
        self.headings, self.rows, self.empty, self.note = tuple(headings), [tuple(row) for row in rows], empty, note
        self.items = list(self.rows if items is None else items)

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: Any) -> Any:
        return self.items[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)

    def __repr__(self) -> str:
        lines = [self.empty] if not self.rows else list(self._lines())
        return "\n".join([*lines, self.note] if self.note else lines)

    def _lines(self) -> Iterator[str]:
        widths = [max(map(len, column)) for column in zip(self.headings, *self.rows, strict=True)]
        for row in (self.headings, *self.rows):
            yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()

    def _repr_html_(self) -> str:
        lines = "<br>".join(map(html.escape, self.note.splitlines()))
        note = f"<p>{lines}</p>" if self.note else ""
        if not self.rows:
            return f"<p>{html.escape(self.empty)}</p>{note}"
        head, body = _row("th", self.headings), "".join(_row("td", row) for row in self.rows)
        return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>{note}"


def _row(tag: str, cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f'<{tag} style="text-align:left">{html.escape(cell)}</{tag}>' for cell in cells) + "</tr>"
