"""The environment variables that gazette reads, by name: one that is misspelt would have no effect, in silence."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from embeddings.home import HOME_VARIABLE
from qa.addresses import OBJECTS_VARIABLE

PREFIX: Final = "GAZETTE_"
OTHERS: Final = {
    HOME_VARIABLE: "The folder of the models, and of the index and the keys unless these are set. Unless it is set, "
    "the models are in the user's cache folder, the index and the keys in the user's data folder.",
    "GAZETTE_CONFIG": "The file of settings, as `gazette serve --config`.",
    OBJECTS_VARIABLE: "Where a store in Milvus keeps original documents, a folder or a bucket such as "
    "`s3://bucket/news`, the same for all who use the store; unless set, in the user's data folder.",
    "GAZETTE_MILVUS_TOKEN": "The API key of a Milvus server, or `USER:PASSWORD`.",
    "GAZETTE_DATA": "The folder of training sets, as `--data` of `gazette train`.",
    "GAZETTE_TRACEBACK": "Anything in it: an unexpected error is shown with where it arose, for a report.",
    "GAZETTE_IN_PROCESS": "`1`: `gazette ask` loads the models, as with `--in-process`, though `gazette serve` runs.",
    "GAZETTE_TEST_STORE": "For the tests of stores: the address of one more, on any server; see `.github/MILVUS.md`.",
    "GAZETTE_TEST_MILVUS_SERVER": "For the same tests: the command of the Milvus server of 2.3.5.",
    "NO_COLOR": "Anything in it: no colours in the terminal.",
}
"""Those that are no setting of the service, with what they mean."""
SERVICE: Final = frozenset(
    (
        *("ADDRESS_RATE", "ALLOWED_HOSTS", "ANONYMOUS", "ANSWER_TIMEOUT", "BODY_TIMEOUT"),
        *("CONCURRENCY", "CONNECTIONS", "CORS_ORIGINS", "DOCUMENTS", "DRAIN"),
        *("ENCODER", "HEAD_TIMEOUT", "HOST", "INDEX", "KEYS"),
        *("KEY_RATE", "LOG_QUESTIONS", "MAX_BODIES", "MAX_BODY", "MAX_DOCUMENT"),
        *("PORT", "PUBLIC_URL", "QUEUE", "RATE_STORAGE", "SESSIONS"),
        *("SESSION_LIFETIME", "SHARED", "TOP_K", "TRUSTED_PROXIES", "WORKERS"),
    )
)
"""The settings of the service, in capitals. They stand in ``ServerSettings``, and a test holds these to it: its imports
take a third of a second, for which no question is to wait."""


def unknown_variables(environment: Mapping[str, str]) -> list[str]:
    """Return what is wrong with each variable that is named as ours are and is none of them.

    >>> unknown_variables({"GAZETTE_PROT": "80", "GAZETTE_TOP_K": "3", "HOME": "/"})
    ['GAZETTE_PROT is not read: no setting is called so; did you mean GAZETTE_PORT?']
    """
    known = [name for name in OTHERS if name.startswith(PREFIX)] + [PREFIX + name for name in sorted(SERVICE)]
    said = []
    for name in sorted(environment):
        spelled = name.upper()  # settings of the service are read in small letters too
        if spelled.startswith(PREFIX) and name not in OTHERS and spelled.removeprefix(PREFIX) not in SERVICE:
            near = get_close_matches(spelled, known, n=1, cutoff=0.75)
            meant = f"did you mean {near[0]}?" if near else "gazette reads those of .github/SETTINGS.md"
            said.append(f"{name} is not read: no setting is called so; {meant}")
    return said
