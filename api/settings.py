"""What a running service is set to: flags before environment (``GAZETTE_*``) before a TOML file before defaults."""

from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from limits import parse
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, WithJsonSchema
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

from embeddings.home import DEFAULT_ENCODER
from qa.addresses import Address, MilvusAddress
from qa.config import MAX_TOP_K, Settings, chosen_address, default_index, local_folder
from qa.errors import InputError

Permission = Literal["none", "read", "write"]
A_YEAR: Final = 365 * 24 * 3600
"""Seconds; what waits for longer, or without end, the system's clocks do not take."""
LOCAL_NAMES: Final = ("localhost", "127.0.0.1", "[::1]")


def _listed(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _rate(value: str) -> str:
    if value != "off":
        parse(value)
    return value


def _address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise ValueError("an address begins with http:// or https:// and has no query")
    return value


Names = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_listed)]
"""Several names; in the environment with commas between them."""
Rate = Annotated[str, AfterValidator(_rate)]


class ServerSettings(BaseSettings):
    """Immutable. Sizes are in bytes, times in seconds, rates as in ``300/minute`` (``off``: no limit).

    Unless they are set, ``anonymous`` and ``address_rate`` follow the address: whoever can reach a loopback address may
    read and write, without a limit; on any other, a key is needed, and 300 requests a minute are the limit.

    The words below each field are its entry in ``.github/SETTINGS.md``: ``python -m qa.cli.settings_page`` writes it.
    """

    model_config = SettingsConfigDict(
        env_prefix="GAZETTE_", env_ignore_empty=True, frozen=True, extra="forbid", use_attribute_docstrings=True
    )

    index: Annotated[Address, BeforeValidator(chosen_address), WithJsonSchema({"type": "string", "format": "path"})] = (
        Field(default_factory=default_index)
    )
    """The index directory, or the address of a store: ``milvus://HOST:PORT/COLLECTION``."""
    encoder: str = DEFAULT_ENCODER
    """The encoder: the default one, or any sentence-transformers model by name or folder. An index refuses another."""
    top_k: int = Field(default=5, ge=1, le=MAX_TOP_K)
    """Passages that are read for a question, and listed by a search."""
    documents: Path | None = None
    """Where documents that are added over HTTP are kept; unless set, beside the index, as ``INDEX-documents``."""

    host: str = "127.0.0.1"
    """The address to listen on; the default is reached from this machine only."""
    port: int = Field(default=8000, ge=0, le=65535)
    """The port to listen on; 0 takes a free one."""
    allowed_hosts: Names = ()
    """Names by which the service is reached, where keys are not required; the machine's own are always among them."""
    public_url: Annotated[str, AfterValidator(_address)] | None = None
    """What permanent links begin with, such as ``https://example.org/gazette``; unless set, the request's address."""
    trusted_proxies: str = "127.0.0.1"
    """Addresses, with commas between them, whose ``X-Forwarded-For`` is believed."""
    cors_origins: Names = ()
    """Origins of other sites whose pages may call the API, such as ``https://example.org``."""

    anonymous: Permission | None = None
    """What may be done without a key; unless set, ``write`` on a loopback address and ``none`` on any other."""
    keys: Path = Field(default_factory=lambda: default_index().with_name("keys.json"))
    """The file of API keys, which are kept as hashes; ``--keys`` of ``gazette keys``."""
    key_rate: Rate = "600/minute"
    """Requests that one key may make."""
    address_rate: Rate | None = None
    """Requests from one address; unless set, ``off`` on a loopback address and ``300/minute`` on any other."""

    workers: int = Field(default=1, ge=1, le=64)
    """Processes that answer on the one port; each loads the models, and has ``concurrency``, ``queue``,
    ``connections`` and ``max_bodies`` for itself."""
    shared: Path | None = None
    """The file in which processes of one machine keep conversations and count requests together; unless set, each does
    so in its memory, and several ``workers`` in a file that is removed when they stop."""
    rate_storage: str | None = None
    """Where requests are counted for several machines, as the limits library names it, such as ``redis://HOST:6379``;
    unless set, where conversations are kept."""

    max_body: int = Field(default=256 << 10, ge=1 << 10)
    """The largest body of a request."""
    max_document: int = Field(default=32 << 20, ge=1 << 10)
    """The largest document that can be added over HTTP."""
    max_bodies: int = Field(default=128 << 20, ge=1 << 10)
    """Of all documents that are being received or added, together, and of all other bodies together; half for each
    caller."""
    body_timeout: float = Field(default=20, gt=0, le=A_YEAR)
    """For a request's body to arrive."""
    answer_timeout: float = Field(default=30, gt=0, le=A_YEAR)
    """For an answer, waiting included."""
    concurrency: int = Field(default=2, ge=1, le=64)
    """Questions read at a time: reading takes a whole core."""
    queue: int = Field(default=64, ge=0)
    """Questions that may wait beyond those, a share for each caller, and fewer where answers take so long that the last
    would come after ``answer_timeout``; more are answered with 503."""
    connections: int = Field(default=1024, ge=8)
    """Connections at a time; one more takes the place of the one that has sent no request for longest."""
    head_timeout: float = Field(default=10, gt=0, le=A_YEAR)
    """For the head of a request to arrive."""
    drain: int = Field(default=30, ge=0, le=A_YEAR)
    """For accepted requests to be answered after SIGTERM."""
    sessions: int = Field(default=1000, ge=1)
    """Conversations that are remembered at a time; the least recently used are dropped first."""
    session_lifetime: float = Field(default=4 * 3600, gt=0, le=A_YEAR)
    """How long a conversation is remembered, from its last turn on."""
    log_questions: bool = False
    """Whether the log has the words of questions."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read flags, environment and file; no ``.env`` of whichever folder the service is started in."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the service."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def permission(self) -> Permission:
        """What may be done without a key."""
        return self.anonymous or ("write" if self.is_local else "none")

    @property
    def address_limit(self) -> str:
        """The limit on requests from one address."""
        return self.address_rate or ("off" if self.is_local else "300/minute")

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names that ``Host`` may have, in lower case; none: any.

        A page of another site that its owner resolves to this machine sends that site's name.
        """
        if not (self.is_local or self.allowed_hosts):
            return ()
        return tuple(name.lower() for name in (*LOCAL_NAMES, *self.allowed_hosts))

    @property
    def documents_folder(self) -> Path:
        """Where documents that are added over HTTP are kept."""
        if isinstance(self.index, MilvusAddress):
            return self.documents or local_folder(self.index) / "documents"
        return self.documents or self.index.absolute().with_name(f"{self.index.absolute().name}-documents")

    @property
    def archive(self) -> Settings:
        """The part that says what is asked."""
        return Settings(self.index, self.encoder, self.top_k)


def read_settings(file: Path | None = None, **flags: Any) -> ServerSettings:
    """Return the settings, flags that are ``None`` left out; ``InputError`` names the setting that is wrong."""
    given = {name: value for name, value in flags.items() if value is not None}
    if file is not None and not file.is_file():
        raise InputError(f"{file}: no such file of settings")

    class WithFile(ServerSettings):
        model_config = SettingsConfigDict(toml_file=file)

    try:
        return WithFile(**given)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":  # only a file has names that are no setting's
            near = get_close_matches(name, ServerSettings.model_fields, n=1)
            meant = f"did you mean {near[0]}?" if near else "gazette serve reads those of .github/SETTINGS.md"
            raise InputError(f"{file}: no setting is called {name}; {meant}") from error
        raise InputError(f"setting {name} (GAZETTE_{name.upper()}): {first['msg']}") from error
    except (SettingsError, ValueError, RecursionError) as error:  # a file that is no TOML
        raise InputError(f"{file or 'settings'}: {error}") from error
