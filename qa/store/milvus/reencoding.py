"""Another encoder: all documents go into a collection for its vectors, to which the address leads from then on."""

from contextlib import ExitStack

from embeddings.encoder import Encoder
from qa.addresses import MilvusAddress
from qa.errors import InputError
from qa.store.milvus.client import server_at
from qa.store.milvus.collection import Collection
from qa.store.milvus.draft import begin_collection, drafted, require_led_to
from qa.store.milvus.originals import Originals
from qa.store.milvus.rows import DOCUMENT, holding_of
from qa.store.milvus.state import read_current, require_current, writer_lock
from qa.store.update import UpdateReport, updated
from qa.types import Progress


def reencode(address: MilvusAddress, encoder: Encoder, progress: Progress = lambda done, total: None) -> UpdateReport:
    """Give every passage a vector of ``encoder``; see ``qa.store.reencode``.

    Until the last step the address leads to the collection that is there, in which nobody writes meanwhile, and who
    has opened that goes on reading it. If the encoder's own collection is there from before, only what differs is
    written into it.
    """
    server = server_at(address)
    before, _ = require_current(server)
    with ExitStack() as stack:
        stack.enter_context(writer_lock(server, before))
        require_led_to(server, before)
        _, current = require_current(server)
        if current.encoder.fingerprint == encoder.fingerprint:
            raise InputError(f"{address}: its passages are encoded by {encoder.name} already")
        originals = Originals(address.objects or current.objects, address)
        view = Collection(server, before, current.generation, originals, lambda: "Strong")
        documents = sorted(map(holding_of, view.each_record(DOCUMENT)), key=lambda each: (each.source, each.id))
        passages = begin_collection(server, encoder)
        draft = stack.enter_context(drafted(server, passages, encoder, current.chunking, after=current.generation))
        there = set[str]()
        if (earlier := read_current(server, passages)) is not None:
            held = Collection(server, passages, earlier.generation, originals, lambda: "Strong")
            there = {holding_of(row).id for row in held.each_record(DOCUMENT)}
        return updated(
            draft,
            add=(originals.get(each.version) for each in documents),
            remove=sorted(there - {each.id for each in documents}),
            published=lambda: None,
            progress=progress,
        )
