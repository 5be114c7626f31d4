"""A reply that is lost between service and kernel makes no second job, and no kernel wait forever."""

from __future__ import annotations

import sys
import threading

import msgspec
import pytest
import zmq

from qmagic import client, home
from qmagic.client import connection as connections
from qmagic.client.connection import connection
from qmagic.errors import InputError
from qmagic.protocol import Find, Found, Reply, Request, Submit
from tests.faults.making import bell, counts, final_events, kill, kinds, new_line, scripted, service, status, until


class LossyProxy:
    """Stands between clients and the service, and loses replies to the verbs it is told to, the next `losses`."""

    def __init__(self, folder, verbs):
        self.verbs, self.losses, self.lost, self.seen = verbs, 0, [], []
        self._folder, self._found = folder, home.read_discovery(folder)
        found = self._found
        self._context = zmq.Context()
        self._front, self._backs = self._context.socket(zmq.ROUTER), {}
        self._stop, self._wake = self._context.socket(zmq.PAIR), self._context.socket(zmq.PAIR)
        self._stop.bind("inproc://stop")
        self._wake.connect("inproc://stop")
        address = f"{found.address}-proxy"
        self._front.bind(address)
        home.write_discovery(folder, msgspec.structs.replace(found, address=address))
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def _carry(self):
        poller = zmq.Poller()
        for socket in (self._front, self._stop):
            poller.register(socket, zmq.POLLIN)
        verbs = {}
        while True:
            for socket, _ in poller.poll():
                if socket is self._stop:
                    return
                if socket is self._front:
                    identity, data = self._front.recv_multipart()
                    request = msgspec.msgpack.decode(data, type=Request)
                    verbs[identity, request.number] = request.verb
                    self.seen.append(request.verb)
                    if identity not in self._backs:  # each client has its own numbers
                        self._backs[identity] = self._context.socket(zmq.DEALER)
                        self._backs[identity].connect(self._found.address)
                        poller.register(self._backs[identity], zmq.POLLIN)
                    self._backs[identity].send(data)
                else:
                    data = socket.recv()
                    identity = next(name for name, back in self._backs.items() if back is socket)
                    verb = verbs.get((identity, msgspec.msgpack.decode(data, type=Reply).number))
                    if self.losses and verb in self.verbs:
                        self.losses -= 1
                        self.lost.append(verb)
                        continue
                    self._front.send_multipart([identity, data])

    def close(self):
        self._wake.send(b"")
        self._thread.join()
        for socket in (self._front, *self._backs.values(), self._stop, self._wake):
            socket.close(0)
        self._context.term()
        now = home.read_discovery(self._folder)
        if now is not None and now.pid == self._found.pid:
            home.write_discovery(self._folder, self._found)


@pytest.fixture
def impatient(monkeypatch):
    for module in (connections, sys.modules["qmagic.client.submit"]):
        monkeypatch.setattr(module, "PATIENCE", 0.3)


@pytest.mark.parametrize("spec", [bell, lambda: scripted("sleep=0.5")], ids=["quick", "slow"])
def test_lost_reply_to_submit(home, impatient, spec):
    """When the reply to a submit is lost, the client sends it again: one job, run once, with its result."""
    before = [job.id for job in client.jobs()]
    proxy = LossyProxy(home, ("submit",))
    new_line()
    client.jobs()
    proxy.losses = 2
    job = client.submit(spec())
    assert sum(counts(job).values()) == 100
    assert proxy.lost == ["submit"] * 2
    assert kinds(job.id) == ["created", "started", "done"]
    assert [found.id for found in client.jobs()] == [job.id, *before]
    new_line()
    proxy.close()


def test_lost_result(home, impatient):
    """When a result is lost, it is asked for again."""
    client.jobs()
    proxy = LossyProxy(home, ("submit", "result"))
    new_line()
    job = client.submit(scripted("sleep=0.4"))
    proxy.losses = 2
    assert counts(job) == {"00": 100}
    assert proxy.losses == 0
    new_line()
    proxy.close()


def test_late_reply_to_submit(own_home, monkeypatch):
    """A reply that was given up for lost and comes late, good or bad, is taken for nothing else."""
    monkeypatch.setattr(sys.modules["qmagic.client.submit"], "PATIENCE", 0.0)
    jobs = [client.submit(bell()) for _ in range(20)]
    assert all(sum(counts(job).values()) == 100 for job in jobs)
    for _ in range(5):
        with pytest.raises(InputError):
            client.submit(bell("OPENQASM 3.0; nonsense;"))
        assert len(client.jobs(limit=100)) == 20


def test_killed_between_commit_and_reply(own_home, impatient):
    """A service that dies after a commit and before its reply has made the job: the next one makes no second."""
    client.jobs()
    proxy = LossyProxy(own_home, ("submit",))
    new_line()
    client.jobs()
    proxy.losses = 10
    spec = bell()
    answers = []
    thread = threading.Thread(target=lambda: answers.append(client.submit(spec)))
    thread.start()
    until(lambda: proxy.lost, what="the job is on disk, and the client does not know")
    kill(service().pid)
    thread.join(60)
    assert answers[0].id == spec.id
    assert sum(counts(client.Job(spec.id)).values()) == 100
    assert final_events(spec.id) == ["DONE"]
    assert len(client.jobs()) == 1
    new_line()
    proxy.close()


def test_submit_is_idempotent(home):
    """The same job sent again, before or after its end, said or not, is one job with one end."""
    there = len(client.jobs())
    spec = bell()
    data = [msgspec.Raw(msgspec.msgpack.encode(spec))]
    job = client.submit(spec)
    before = counts(job)
    for again in (True, False, True, False):
        connection().ask("submit", Submit(data, again=again), None)
    slow = scripted("sleep=0.3")
    data = [msgspec.Raw(msgspec.msgpack.encode(slow))]
    for again in (False, True, False, True):
        connection().ask("submit", Submit(data, again=again), None)
    assert counts(client.Job(slow.id)) == {"00": 100}
    assert counts(client.Job(spec.id)) == before
    for id in (spec.id, slow.id):
        assert kinds(id) == ["created", "started", "done"]
    assert len(client.jobs()) == there + 2


def test_waiting_does_not_pile_up(home):
    """A client that asks for a result again and again is answered once, not once for each time it asked."""
    job = client.submit(scripted("sleep=0.5"))
    line = connection()
    line.ends.forget([job.id])
    numbers = [line.send("result", Find(id=job.id)) for _ in range(50)]
    assert line.wait(numbers[-1]) is not None
    with pytest.raises(TimeoutError):
        line.wait(numbers[0], _soon())


def _soon():
    import time

    return time.monotonic() + 0.3


def test_too_large_a_request(home, monkeypatch):
    """What is too large to be sent is refused at once, and the line stays good."""
    monkeypatch.setattr(connections, "MAX_REQUEST", 100_000)
    with pytest.raises(InputError, match="too large"):
        client.submit(bell(cell="x" * 200_000))
    assert sum(counts(client.submit(bell())).values()) == 100


def test_nonsense_is_answered(own_home):
    """Requests that nobody understands are answered with an error, and hurt nobody."""
    from qmagic.errors import ServiceError

    line = connection()
    for verb, body in [
        ("dance", None),
        ("submit", {"specs": 3}),
        ("submit", Submit([msgspec.Raw(b"\x80")])),
        ("find", 7),
    ]:
        with pytest.raises(ServiceError):
            line.ask(verb, body, None)
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.connect(service().address)
    for frames in ([b""], [b"\xc1"], [b"a", b"b"], [b"", b"", b"\x93"]):
        socket.send_multipart(frames)
        assert socket.poll(5000)
        socket.recv()
    socket.close(0)
    zmq.Context.instance().term()
    found: list[Found] = line.ask("find", Find(), list[Found])
    assert found == []
    assert status().jobs == {}
