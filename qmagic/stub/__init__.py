"""The clouds, played locally: IBM Quantum, Amazon Braket, Azure Quantum and IonQ, as far as their clients can tell.

One process, one port on the loopback, four faces over one job engine:

    client ── HTTP ── app ─ door (token, faults, transcript) ─ ibm | braket | azure | ionq ─ engine ─ workers ─ programs
                                                                                            store

* The *unmodified* official clients work against it: what they send is read, and what they are sent is written, with the
  vendors' own codecs wherever these ship with the clients.
* Jobs are really simulated, with noise from devices' published calibrations; nothing is billed, nothing leaves the
  machine.
* What a cloud does badly is data: queue time, rates, faults, maintenance, drift (`settings`, `faults`).
* State lies on disk: a stub that was killed goes on where it was.
* What it does not play it refuses with 501 and remembers; it never guesses.

No real cloud was ever asked: what servers check, their error codes and their timing are inferred from the clients.
"""
