"""A variable of the environment that is misspelt is told of, once, and whatever is read is known."""

import pytest

from api.settings import ServerSettings
from qa.cli import run
from qa.cli.completing import COMPLETING
from qa.cli.settings_page import variables
from qa.cli.variables import OTHERS, PREFIX, SERVICE, unknown_variables


def test_every_variable_that_is_read_is_known() -> None:
    assert {name.upper() for name in ServerSettings.model_fields} == SERVICE
    assert ServerSettings.model_config["env_prefix"] == PREFIX
    assert unknown_variables(dict.fromkeys((*variables(), *OTHERS, COMPLETING), "1")) == []
    assert unknown_variables({"gazette_port": "1"}) == []  # the service reads small letters too


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("GAZETTE_PROT", "did you mean GAZETTE_PORT?"),
        ("GAZETTE_ANSWER_TIMOUT", "did you mean GAZETTE_ANSWER_TIMEOUT?"),
        ("GAZETTE_HOEM", "did you mean GAZETTE_HOME?"),
        ("gazette_indx", "did you mean GAZETTE_INDEX?"),
        ("GAZETTE_ZZYZX", "gazette reads those of .github/SETTINGS.md"),
    ],
)
def test_a_misspelt_name_is_told_with_the_nearest(name: str, meant: str) -> None:
    assert unknown_variables({name: ""}) == [f"{name} is not read: no setting is called so; {meant}"]


def test_the_command_says_it_once_on_standard_error(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAZETTE_PROT", "8080")
    assert run(["--version"]) == 0
    shown = capfd.readouterr()
    assert shown.err == ("warning: GAZETTE_PROT is not read: no setting is called so; did you mean GAZETTE_PORT?\n")
    assert shown.out.startswith("gazette ")
