"""Requests made up from the OpenAPI document, right and wrong: every reply is one that the document describes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings

from api.keys import Keys
from api.settings import ServerSettings
from tests.api_service import archive_service
from tests.servers import listening

EXAMPLES = 15
"""Cases for each operation and phase."""


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    file = tmp_path_factory.mktemp("keys") / "keys.json"
    return file, Keys(file).create("tests", "write")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory, key: tuple[Path, str]) -> Iterator[schemathesis.BaseSchema]:
    folder = tmp_path_factory.mktemp("schema")
    service = archive_service(folder)
    with listening(
        service, ServerSettings(index=service.settings.index, keys=key[0], anonymous="none", key_rate="off")
    ) as address:
        yield schemathesis.openapi.from_url(f"{address}/openapi.json")


schema = schemathesis.pytest.from_fixture("document")


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    deadline=None,
)
def test_every_reply_is_as_described(case: schemathesis.Case, key: tuple[Path, str]) -> None:
    case.call_and_validate(headers={"authorization": f"Bearer {key[1]}"})
