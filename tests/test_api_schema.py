"""Requests made up from the OpenAPI document, right and wrong: every reply is one that the document describes.

``pytest tests/test_api_schema.py --hypothesis-show-statistics`` tells the number of cases.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.app import create_app
from api.keys import Keys
from api.settings import ServerSettings
from tests.api_service import REFUSED, PlainService, archive_service
from tests.servers import listening

CASES = 20
"""Made up for each operation."""

schema = schemathesis.openapi.from_dict(
    create_app(PlainService, ServerSettings(index=Path("index"))).openapi(),
    config=SchemathesisConfig.from_dict({"checks": {"negative_data_rejection": {"expected-statuses": REFUSED}}}),
)


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "keys.json"


@pytest.fixture(scope="module")
def authorization(key_file: Path) -> dict[str, str]:
    return {"authorization": f"Bearer {Keys(key_file).create('tests', 'write')}"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> Iterator[str]:
    with archive_service(tmp_path_factory.mktemp("schema")) as service:
        settings = ServerSettings(
            index=service.settings.index, keys=key_file, anonymous="none", key_rate="off", body_timeout=60
        )
        with listening(create_app(lambda: service, settings)) as address:
            yield address


@schema.parametrize()
@settings(
    max_examples=CASES,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    deadline=None,
)
def test_every_reply_is_as_described(case: schemathesis.Case[Any], address: str, authorization: dict[str, str]) -> None:
    # Not every string is a question, nor every name a file's: a schema cannot say which are.
    case.call_and_validate(base_url=address, headers=authorization, excluded_checks=[positive_data_acceptance])
