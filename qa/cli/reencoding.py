"""``gazette reencode``."""

from qa.cli.asking import AsJson, EncoderOption, IndexOption
from qa.cli.output import counted, err, out, stages
from qa.config import Settings
from qa.wire import to_line


def reencode(index: IndexOption = None, encoder: EncoderOption = None, as_json: AsJson = False) -> None:
    """Change the encoder of an index on a server, from the documents that it holds; others read on meanwhile.

    All passages are encoded into a collection beside the one that is there, and the address then leads to that. After
    an interruption the next run continues from there.

    Example: gazette reencode --index milvus://db.example/news --encoder my-model
    """
    from qa.service import load_only_encoder
    from qa.store import reencode as change_encoder

    settings = Settings.from_environment(index=index, encoder=encoder)
    with stages("passages") as progress:
        loaded = load_only_encoder(settings.encoder)
        report = change_encoder(settings.index, loaded, progress=lambda done, total: progress("passages", done, total))
    if as_json:
        print(to_line({"revision": report.revision, "encoded": report.encoded, "encoder": loaded.name}))
        return
    out().print(
        f"revision {report.revision} in {settings.index}: {counted(report.encoded, 'passage')} encoded by {loaded.name}"
    )
    err().print("services with the encoder before answer from what was there before, until they are started again")
