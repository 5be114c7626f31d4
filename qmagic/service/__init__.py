"""The manager's process: one for each home, the only one that writes its store. It imports neither Qiskit nor a simulator."""
