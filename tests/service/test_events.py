"""Events: a snapshot or exactly what was missed, in order, without gaps; and a slow reader holds up nobody."""

from __future__ import annotations

import functools
import threading
import time

import msgspec
import pytest
import zmq

from qmagic import client, home
from qmagic.client.connection import Connection
from qmagic.engines.hosts import Hosts
from qmagic.engines.loops import LoopEngine
from qmagic.engines.readers import Readers
from qmagic.events import Event
from qmagic.home import Discovery, ServiceOptions
from qmagic.jobs import JobInfo
from qmagic.protocol import Heard, Listen, Push, Reply, Request
from qmagic.service.budget import Budget
from qmagic.service.experience import Experience
from qmagic.service.housekeeping import Housekeeping
from qmagic.service.ledger import Ledger
from qmagic.service.loops import Loops
from qmagic.service.manager import Manager
from qmagic.service.reading import Reading
from qmagic.service.remote_door import RemoteDoor
from qmagic.service.server import Server
from qmagic.service.session_billing import SessionBilling
from qmagic.service.sessions import Sessions
from qmagic.service.slots import Slots
from tests.faults.making import bell, until
from tests.service.playing import PlayedEngine, SteppedStore


class Listener:
    """A reader of events with a line of its own."""

    def __init__(self, since=-1):
        self.line = Connection(home.home_folder())
        self.snapshot: Heard = self.line.ask("listen", Listen(since), Heard)
        self.events = list(self.snapshot.events)
        self.jobs: list[JobInfo] = self.snapshot.snapshot.jobs if self.snapshot.snapshot else []

    def read(self, last):
        """Reads until the event with this number has come."""
        deadline = time.monotonic() + 60
        while self.snapshot.seq < last and (not self.events or self.events[-1].seq < last):
            reply = self.line.wait(0, deadline)
            self.events += self.line.open(reply, Push).events
        return self.events


@pytest.fixture(scope="module", autouse=True)
def folder(home):
    return home


def _stored() -> list[Event]:
    found = Listener(0)
    return found.events


def test_no_gap_and_nothing_twice_while_others_write():
    """Listeners that come at any moment while others write get every event after their snapshot, once, in order."""

    def write():
        for _ in range(10):
            client.submit(bell())

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    listeners = []
    while any(writer.is_alive() for writer in writers):
        if len(listeners) < 30:
            listeners.append(Listener())
    for writer in writers:
        writer.join()
    for job in client.jobs(limit=100):
        job.result(60)
    events = _stored()
    last = events[-1].seq
    assert len(events) == 40 * 3
    assert len(listeners) > 3
    numbers = [event.seq for event in events]
    for listener in listeners:
        assert [event.seq for event in listener.read(last)] == [n for n in numbers if n > listener.snapshot.seq]
        # the snapshot is what the events up to its number have made
        for info in listener.jobs:
            assert info.status == [e.status for e in events if e.job == info.id and e.seq <= listener.snapshot.seq][-1]


def test_since():
    """Who was away gets exactly what was missed; who is from another world gets a snapshot."""
    client.submit(bell()).result(60)
    events = _stored()
    for since in (0, events[2].seq, events[-1].seq):
        back = Listener(since)
        assert back.jobs == []
        assert back.events == [event for event in events if event.seq > since]
    for since in (-1, events[-1].seq + 1000):
        fresh = Listener(since)
        assert fresh.events == []
        assert fresh.snapshot.seq == events[-1].seq
        assert fresh.jobs


def test_deletions_are_told():
    """Who was away while jobs were deleted hears of it, and numbers never start again."""
    jobs = [client.submit(bell()) for _ in range(3)]
    for job in jobs:
        job.result(60)
    before = _stored()[-1].seq
    away = Listener()
    client.purge(ids=[job.id for job in jobs])
    back = Listener(before)
    assert [(event.kind, event.job) for event in back.events] == [("job.deleted", job.id) for job in jobs]
    assert away.read(back.snapshot.seq) == back.events
    client.purge()
    last = Listener().snapshot.seq
    client.stop_service()
    assert Listener().snapshot.seq == last
    client.submit(bell()).result(60)
    assert [event.seq for event in Listener(last).events] == [last + 1, last + 2, last + 3]


def test_slow_reader(tmp_path):
    """A reader that does not read is left behind at once, told to listen again when it reads, and forgotten if gone."""
    store = SteppedStore(tmp_path / "store.sqlite")
    ledger, slots, engine = Ledger(store), Slots(1, 1), PlayedEngine(1, 1)
    manager = Manager(ledger, engine, slots)
    nobody = Discovery(host="", boot="", pid=0, start="", protocol=1, version="", address="ipc:///nowhere")
    housekeeping = Housekeeping(tmp_path, nobody, store, ledger, ServiceOptions())
    context = zmq.Context()
    door, *readers = (context.socket(kind) for kind in (zmq.ROUTER, zmq.DEALER, zmq.DEALER))
    try:
        door.setsockopt(zmq.ROUTER_MANDATORY, 1)
        door.setsockopt(zmq.SNDHWM, 10)
        door.bind("inproc://door")
        reading = Reading(Readers(), store, tmp_path)
        loops = Loops(ledger, store, LoopEngine(tmp_path, lambda processes: None), 1)
        money = Budget(store)
        hosts = Hosts(str(tmp_path))
        remote = functools.partial(
            RemoteDoor, hosts, Sessions(store, hosts, time.monotonic, ledger, SessionBilling(money))
        )
        server = Server(
            tmp_path, door, store, manager, engine, slots, reading, housekeeping, Experience(store), loops, money,
            hosts, remote,
        )  # fmt: skip
        for reader in readers:
            reader.setsockopt(zmq.RCVHWM, 10)
            reader.connect("inproc://door")
            body = msgspec.Raw(msgspec.msgpack.encode(Listen(0)))
            reader.send(msgspec.msgpack.encode(Request(1, "listen", body)))
        slow, quick = readers
        until(lambda: (server.read_requests(), store.step(), len(server._listeners) == 2)[-1])
        for reader in readers:
            reader.recv()
        got = []
        for seq in range(1000):
            server.publish(Event(seq, "job", "job.created", 0.0, "READY"))
            server.flush()
            got += _pushed(quick)
            door.poll(0)  # as the service's loop does: it hears that there is room again
        assert [event.seq for event in got] == list(range(1000)), "the slow one holds up the quick one"
        server.look_after_clients()
        while slow.poll(0):
            slow.recv()
        # the socket hears that there is room again when it is looked at
        until(lambda: (door.poll(0), server.look_after_clients(), slow.poll(0))[-1])
        told = msgspec.msgpack.decode(slow.recv(), type=Reply)
        assert "listen again" in told.error.message
        assert len(server._listeners) == 1
        for reader in readers:
            reader.close(0)
        event = Event(1, "job", "job.created", 0.0, "READY")
        until(lambda: (server.publish(event), server.flush(), not server._listeners)[-1])
    finally:
        for socket in (door, *readers):
            socket.close(0)
        context.term()
        store.die()


def _pushed(reader) -> list[Event]:
    events = []
    while reader.poll(0):
        reply = msgspec.msgpack.decode(reader.recv(), type=Reply)
        events += msgspec.msgpack.decode(reply.body, type=Push).events
    return events
