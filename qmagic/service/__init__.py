"""The manager's process: one for each home, the only writer of its store. It imports neither Qiskit nor a simulator."""
