"""Provider hosts from the service's side: one that hangs is replaced, and what it was asked counts as lost."""

from __future__ import annotations

import select
import time

from qmagic import client
from qmagic.engines.hosts import Hosts

SECONDS = 60


def test_a_client_that_hangs_is_replaced(stub, home):
    """A question without an answer in time ends the host, is told as lost, and the next one has a new host."""
    stub.fresh()
    hosts, told = Hosts(str(home), hang=1.0), []

    def ask(verb):
        hosts.ask("ionq-stub", client.environment(), verb, "qmagic-x", "", b"", told.append)

    def until(number, *, looking):
        deadline = time.monotonic() + SECONDS
        while len(told) < number:
            assert time.monotonic() < deadline
            for descriptor in select.select(hosts.descriptors, [], [], 0.05)[0]:
                hosts.read(descriptor)
            if looking:
                hosts.look(idle=SECONDS)

    try:
        ask("find")
        until(1, looking=False)  # its start may take longer than a second
        (first,) = hosts.pids
        stub.ask("POST", "/faults", [{"stage": "poll", "kind": "slow", "seconds": 20, "cloud": "ionq"}])
        ask("find")
        until(2, looking=True)
        ask("find")
        until(3, looking=False)
        (second,) = hosts.pids
    finally:
        hosts.close()
    assert [one.trouble for one in told] == ["", "lost", ""]
    assert "did not answer within 1 s" in told[1].reason
    assert first != second
