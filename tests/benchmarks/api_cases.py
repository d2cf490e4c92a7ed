"""Requests made up from the OpenAPI document, in every phase: ``python -m tests.benchmarks.api_cases [--cases 600]``.

Starts the service over a small real index and has schemathesis put ``--cases`` requests a phase to each of its
operations, ``/v1/chat/completions`` among them: its examples, values at the edges of every schema and at random,
right and wrong, and sequences in which one reply's ids go into the next request. Ends as schemathesis does, with 1 if a
reply was a failure of the server or none that the document describes. 600 cases make more than 10,000 in all.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from api.app import create_app
from api.keys import Keys
from api.settings import ServerSettings
from tests.api_service import REFUSED, archive_service
from tests.servers import listening

PHASES: Final = "examples,coverage,fuzzing,stateful"
NOT_PROMISED: Final = "positive_data_acceptance"
"""Not every string is a question, nor every name a file's: a schema cannot say which are."""
PATIENCE: Final = 300
"""Seconds for what the service sets a time for: on a busy machine, being late is no failure."""
SETTINGS: Final = f"[checks.negative_data_rejection]\nexpected-statuses = {REFUSED}\n"
"""schemathesis reads them from a file of the folder that it is started in."""


def main() -> None:
    """Make the requests."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=600, help="requests at random for each operation and phase")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--phases", default=PHASES)
    parser.add_argument("--report", type=Path, help="folder for every request and reply, as they are made")
    chosen = parser.parse_args()
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, archive_service(Path(folder)) as service:
        Path(folder, "schemathesis.toml").write_text(SETTINGS, "utf-8")
        keys = Path(folder) / "keys.json"
        key = Keys(keys).create("cases", "write")
        settings = ServerSettings(
            index=service.settings.index,
            keys=keys,
            anonymous="none",
            key_rate="off",
            answer_timeout=PATIENCE,
            body_timeout=PATIENCE,
            head_timeout=PATIENCE,
        )
        app = create_app(lambda: service, settings)
        app.openapi()  # made once, and schemathesis waits ten seconds for it
        with listening(app) as address:
            program = [sys.executable, "-c", "from schemathesis.cli import schemathesis; schemathesis()"]
            asked = [f"--max-examples={chosen.cases}", f"--seed={chosen.seed}", f"--phases={chosen.phases}"]
            checked = [f"--exclude-checks={NOT_PROMISED}", "--continue-on-failure", f"--request-timeout={2 * PATIENCE}"]
            sent = ["--header", f"Authorization: Bearer {key}"]
            kept = ["--report=ndjson", f"--report-dir={chosen.report.absolute()}"] if chosen.report else []
            command = [*program, "run", f"{address}/openapi.json", *asked, *checked, *sent, *kept]
            done = subprocess.run(command, cwd=folder)
    sys.stdout.write(f"{time.monotonic() - begun:.0f} s\n")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
