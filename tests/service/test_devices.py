"""What is known of devices: told at once with its age, asked for anew behind it, kept on disk and through failures."""

from __future__ import annotations

import pytest

from qmagic.clouds import Device
from qmagic.engines.host_messages import Told
from qmagic.quotes import AskDevices
from qmagic.service import devices as module
from qmagic.service.devices import Devices
from tests.service.playing import HERE


class PlayedHosts:
    """Hosts that answer when a test says so."""

    def __init__(self):
        self.asked = []

    def ask(self, provider, environment, verb, key, remote, data, then, seconds=None):
        assert verb == "devices"
        self.asked.append((provider, then))

    def answer(self, **told):
        _, then = self.asked.pop(0)
        then(Told(0, **told))


@pytest.fixture
def clock(monkeypatch):
    """The time of day, which a test moves on."""
    now = [1e9]
    monkeypatch.setattr(module.time, "time", lambda: now[0])
    return now


def asked(devices, provider="ibm", **how):
    told = []
    devices.ask(AskDevices((provider,), HERE, **how), told.append)
    return told


def test_a_cloud_that_was_never_asked_is_not_waited_for(tmp_path, clock):
    """The first answer is empty and says that the cloud is being asked; the next has what it told, and its age."""
    hosts = PlayedHosts()
    devices = Devices(tmp_path, hosts)
    [[first]] = asked(devices)
    assert (first.devices, first.asking) == ((), True)
    hosts.answer(devices=[Device(name="ibm_b", qubits=5), Device(name="ibm_a", qubits=7)])
    clock[0] += 30
    [[second]] = asked(devices)
    assert [one.name for one in second.devices] == ["ibm_a", "ibm_b"]
    assert (clock[0] - second.read, second.asking, hosts.asked) == (30, False, [])


def test_who_wants_new_ones_waits_for_them(tmp_path, clock):
    """A refresh is answered by what the cloud says then; one that somebody means, and a stub, is waited for too."""
    for provider, how in (("ibm", {"refresh": True}), ("ibm", {"wait": True}), ("ibm-stub", {})):
        hosts = PlayedHosts()
        told = asked(Devices(tmp_path / provider / next(iter(how), ""), hosts), provider, **how)
        assert told == []
        hosts.answer(devices=[Device(name="x", qubits=1)])
        assert told[0][0].devices[0].name == "x"


def test_old_ones_are_told_while_new_ones_are_asked_for(tmp_path, clock):
    """After a minute a question is answered at once, and asks behind it; two questions ask once."""
    hosts = PlayedHosts()
    devices = Devices(tmp_path, hosts)
    asked(devices)
    hosts.answer(devices=[Device(name="x", qubits=1)])
    clock[0] += 61
    [[old]] = asked(devices)
    asked(devices)
    assert (old.devices[0].name, old.asking, len(hosts.asked)) == ("x", True, 1)


def test_what_was_told_outlives_the_service_and_failures(tmp_path, clock):
    """The next service has the devices from disk; one that cannot be reached keeps them, and says why it is silent."""
    hosts = PlayedHosts()
    asked(Devices(tmp_path, hosts))
    hosts.answer(devices=[Device(name="x", qubits=1)])
    clock[0] += 100
    devices = Devices(tmp_path, hosts)
    [[found]] = asked(devices)
    assert found.devices[0].name == "x"
    hosts.answer(trouble="later", reason="no route")
    [[found]] = asked(devices)
    assert (found.devices[0].name, found.reason) == ("x", "no route")


def test_without_an_account_nobody_is_asked_all_the_time(tmp_path, clock):
    """A cloud that does not know us is asked again after an hour, or when somebody asks for it."""
    hosts = PlayedHosts()
    devices = Devices(tmp_path, hosts)
    asked(devices)
    hosts.answer(trouble="auth", reason="no account")
    clock[0] += 600
    asked(devices)
    assert hosts.asked == []
    asked(devices, refresh=True)
    hosts.answer(trouble="auth", reason="no account")
    clock[0] += 3601
    asked(devices)
    assert len(hosts.asked) == 1


def test_a_damaged_file_is_no_harm(tmp_path, clock):
    """What cannot be read counts as never asked."""
    (tmp_path / "devices").mkdir()
    (tmp_path / "devices" / "ibm.json").write_bytes(b"{")
    [[found]] = asked(Devices(tmp_path, PlayedHosts()))
    assert found.devices == ()
