"""What a loop's process says to the service, in which order."""

from __future__ import annotations

from multiprocessing import Pipe

import msgspec
import pytest

from qmagic.engines.base import Failed
from qmagic.engines.loop_messages import FromLoop, Over, Pulsed, Recorded
from qmagic.errors import ErrorInfo
from qmagic.loops.inbox import Orders
from qmagic.loops.line import BATCH, Line
from qmagic.tapes import LoopState, Stood, Told, unpack

END = Failed("job", 1, ErrorInfo("InputError", "an end"))


@pytest.fixture
def ends():
    """Both ends of a connection."""
    mine, theirs = Pipe()
    yield mine, theirs
    mine.close()
    theirs.close()


def said(connection):
    return msgspec.msgpack.decode(connection.recv_bytes(), type=FromLoop)


def entries(index):
    return Told(index, 1, bytes(8), 0.5), Stood(index + 1, index + 1, 0, 0.0, bytes(8), 0.5)


def test_a_loop_that_is_over_at_once_says_one_thing(ends):
    """Its tape, how it stands and its end are one message; nothing follows."""
    mine, theirs = ends
    line = Line(mine, "job", 1, Orders([]), 0, 0)
    line.start()
    line.record(*entries(0), *entries(1))
    line.state = lambda: LoopState(phase="ended", iteration=2)
    line.end(END, True)
    over = said(theirs)
    assert isinstance(over, Over)
    assert (over.end, over.lasts) == (END, True)
    assert unpack(over.recorded.chunk) == [*entries(0), *entries(1)]
    assert (over.recorded.evaluations, over.recorded.iterations) == (2, 2)
    assert over.pulsed.pulse.state.phase == "ended"
    assert not theirs.poll(2 * BATCH)


def test_a_longer_loop_tells_as_it_goes_each_entry_once(ends):
    """Chunks come in order, and what is left comes with the end; so for one loop after the other in a process."""
    mine, theirs = ends
    for attempt in (1, 2, 3):
        line = Line(mine, "job", attempt, Orders([]), 0, 0)
        line.start()
        told = []
        for index in range(3):
            line.record(*entries(index))
            while not isinstance(message := said(theirs), Recorded):
                assert isinstance(message, Pulsed)
            assert message.attempt == attempt
            told += unpack(message.chunk)
        line.record(*entries(3))
        line.end(END, True)
        while not isinstance(message := said(theirs), Over):
            told += unpack(message.chunk) if isinstance(message, Recorded) else []
        told += unpack(message.recorded.chunk) if message.recorded else []
        assert told == [entry for index in range(4) for entry in entries(index)]
