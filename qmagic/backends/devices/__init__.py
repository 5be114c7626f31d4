"""Snapshots of real devices: what their gates are, how they connect, and how well they worked on one day.

A few ship as JSON in this folder (`snapshots.names`); other ``fake_*`` names come from qiskit-ibm-runtime where it is
installed. ``python -m qmagic.backends.devices.regenerate`` writes the shipped ones anew.
"""
