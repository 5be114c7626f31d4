"""What will run, decided before anything runs: the route to a backend, and circuits brought onto a device."""
