"""Where jobs run: engines start worker processes, hand them jobs, and kill them to cancel."""
