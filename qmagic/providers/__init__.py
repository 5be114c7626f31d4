"""The clouds, each by its official client: one file per cloud behind one seam (`base`).

An adapter runs in a provider host (`engines/host.py`), a process of its own: imports of seconds and 100 MB stay out of
kernel and service, and a client that hangs is replaced. The service decides what happens to a job.
"""
