"""``gazette plan``."""

from typing import Annotated

import typer

from qa.cli.asking import AsJson, EncoderOption, IndexOption, ready_service
from qa.cli.output import out
from qa.config import Settings
from qa.errors import InputError
from qa.wire import to_line


def plan(
    passages: Annotated[int, typer.Option("--passages", help="Passages to plan for.", min=1, max=10**15)],
    index: IndexOption = None,
    encoder: EncoderOption = None,
    memory: Annotated[int, typer.Option("--memory", help="Memory of a node, in GB.", min=1, max=10**6)] = 64,
    copies: Annotated[
        int, typer.Option("--copies", help="Nodes that each passage of a cluster is on.", min=1, max=1000)
    ] = 2,
    encoders: Annotated[
        int, typer.Option("--encoders", help="Machines like this one that encode.", min=1, max=10**6)
    ] = 1,
    rate: Annotated[
        float | None, typer.Option("--rate", help="Passages encoded a second, instead of measuring it here.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what an archive of so many passages takes: sizes, machines and time, from what is measured here.

    Example: gazette plan --passages 1000000000 --encoders 50
    """
    if rate is not None and not 1e-6 <= rate <= 1e9:
        raise InputError("--rate is between 0.000001 and 1,000,000,000")
    with ready_service(Settings.from_environment(index=index, encoder=encoder)) as service:
        if not service.opened.state.chunks:
            raise InputError(f"{service.settings.index}: no passage in it to measure with; name another, with --index")
        # Imported here: it brings what ingestion needs.
        from qa.bench import plan as planning

        measured = planning.measure(service, rate)
        found = planning.plan(passages, measured, node_bytes=memory * 1e9, copies=copies, encoders=encoders)
        if as_json:
            print(to_line(planning.to_record(found, measured)))
            return
        for line in planning.lines(found, measured, encoders=encoders):
            out().print(line)
