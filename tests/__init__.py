"""The tests, each process of them with one thread a library: two of pytest-xdist share two cores.

Where OpenMP has as many threads as there are cores and other work has one of them, each step of a small model waits,
spinning, for a thread that does not run: twenty steps of training took 37 seconds of processor time, and alone 1.4.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
