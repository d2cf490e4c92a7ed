"""The first runs of a process may be in several threads at once."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import os, sys, threading
import numpy as np
from embeddings.inference import ops, ov

sys.setswitchinterval(1e-6)
given = ops.parameter([-1, 4], np.float32)
compiled = ov.Core().compile_model(ov.Model([ops.relu(given)], [given], "m"), "CPU", {"NUM_STREAMS": "2"})
meeting, found = threading.Barrier(2), []

def run():
    request = compiled.create_infer_request()
    meeting.wait()
    found.append(request.infer([np.ones((2, 4), np.float32)])[0].sum())

threads = [threading.Thread(target=run) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(found)
"""


def test_two_first_runs_at_once_do_not_wait_for_each_other() -> None:
    """Without care they did in three processes of three: they held Python's lock, so that nothing could end them."""
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], cwd=Path(__file__).parents[1], capture_output=True, text=True, timeout=60
        )
        assert (done.returncode, done.stdout.strip()) == (0, "[np.float32(8.0), np.float32(8.0)]"), done.stderr
