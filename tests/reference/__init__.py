"""Independent, slow, exact simulators: what the backends are measured against."""
