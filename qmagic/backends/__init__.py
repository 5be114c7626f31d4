"""Simulators behind one protocol: circuits in, counts and expectation values out.

`base` has the protocol, `registry` finds a backend by name, and each simulator lives in one file.
Importing this package imports no simulator.
"""
