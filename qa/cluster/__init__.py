"""Ingestion by the workers of a Ray cluster: they read files and encode passages, one process writes the index.

::

    connection    the one door to Ray, which it keeps from the network
    reading       what the workers are asked, file by file, and what is kept of it
    pool          workers that come and go, and tasks that do not
    worker        what runs on the nodes
"""
