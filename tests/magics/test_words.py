"""A magic's line as words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmagic.errors import InputError
from qmagic.magics.words import Word, expanded, split


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", []),
        ("  a   b ", ["a", "b"]),
        ('--observables "ZZ; XX" qc', ["--observables", '"ZZ; XX"', "qc"]),
        ("ansatz(4, 'a b')[0] --x", ["ansatz(4, 'a b')[0]", "--x"]),
        ("--layout [0, 1] --n {a + b}", ["--layout", "[0, 1]", "--n", "{a + b}"]),
        ("a) b", ["a)", "b"]),
    ],
)
def test_words_end_at_blanks_outside_quotes_and_brackets(line, words):
    """Quotes and brackets hold a word together; a bracket that was not opened is a letter like any other."""
    assert [word.raw for word in split(line)] == words


@pytest.mark.parametrize("line", ['a "b', "f(1", "it's", "[0, (1]"])
def test_an_open_quote_or_bracket_is_an_error_but_not_while_typing(line):
    """What is not closed is refused with one line, and taken as it is when the user is still typing."""
    with pytest.raises(InputError, match="ends inside an open"):
        split(line)
    assert split(line, unfinished=True)


@given(st.text(alphabet="ab -='\"([{}])$;", max_size=30))
def test_words_are_where_they_say_and_lose_nothing(line):
    """Every word stands in the line at its place, and what lies between words is blank."""
    words, end = split(line, unfinished=True), 0
    for word in words:
        assert line[word.start : word.end] == word.raw
        assert not line[end : word.start].strip()
        end = word.end
    assert not line[end:].strip()


@pytest.mark.parametrize(
    ("raw", "text"),
    [('"a b"', "a b"), ("'a'", "a"), ("a'b'", "a'b'"), ('"', '"'), ("--n='a b'", "--n=a b"), ('"a=b"', "a=b")],
)
def test_quotes_around_a_word_are_removed(raw, text):
    """As in a shell: around a word, or around the value after ``=``."""
    assert Word(raw, 0).text == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("{n}", "5"),
        ("$n", "5"),
        ('"{n + 1} and {n}"', "6 and 5"),
        ("'{n}'", "{n}"),
        ("{missing}", "{missing}"),
        ("{1/0}", "{1/0}"),
        ("{", "{"),
        ("0.5*XX", "0.5*XX"),
    ],
)
def test_variables_are_replaced_as_in_any_ipython_line(raw, text):
    """``{expression}`` and ``$name`` are replaced; between single quotes, or where it fails, the text stays."""
    assert expanded(Word(raw, 0), {"n": 5}) == text


def test_replacing_leaves_the_namespace_alone():
    """Evaluating an expression adds nothing to the user's variables."""
    namespace = {"n": 5}
    expanded(Word("{n}", 0), namespace)
    assert namespace == {"n": 5}
