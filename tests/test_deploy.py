"""The examples of ``.deploy/``, as far as they can be tried without a registry of images."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from api.settings import ServerSettings
from qa.cli.settings_page import variables

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / ".deploy"
FILES = {file.name: file.read_text("utf-8") for file in DEPLOY.iterdir()}
INSTRUCTION = re.compile(r"^([A-Z]+) (.+?)(?<!\\)$", re.MULTILINE | re.DOTALL)


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile, those on several lines whole."""
    text = "\n".join(line for line in FILES["Dockerfile"].splitlines() if not line.startswith("#"))
    return [(name, words.replace("\\\n", " ")) for name, words in INSTRUCTION.findall(text)]


def test_the_image_runs_without_rights_and_has_its_models() -> None:
    found = instructions()
    names = [name for name, _ in found]
    assert names[0] == "FROM"
    known = "FROM ARG RUN WORKDIR COPY USER ENV VOLUME EXPOSE HEALTHCHECK STOPSIGNAL ENTRYPOINT CMD"
    assert [name for name in names if f" {name} " not in f" {known} "] == []
    user = names.index("USER")
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", found[user][1])
    assert "gazette doctor" in " ".join(words for name, words in found[user:] if name == "RUN")
    assert [words for name, words in found if name in ("ENTRYPOINT", "CMD")] == ['["gazette"]', '["serve"]']
    assert "latest" not in found[0][1]


def test_the_image_has_what_the_wheel_is_made_of() -> None:
    copied = {word for name, words in instructions() if name == "COPY" for word in words.split()[:-1]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    build = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*build["packages"], *build["force-include"], "pyproject.toml", "README.md", "LICENSE"}
    assert copied == needed
    assert {line[1:] for line in FILES["Dockerfile.dockerignore"].splitlines() if line[0] == "!"} == needed


@pytest.mark.parametrize("name", FILES)
def test_every_setting_exists(name: str) -> None:
    known = variables() | {f"GAZETTE_{field.upper()}" for field in ServerSettings.model_fields} | {"GAZETTE_HOME"}
    assert set(re.findall(r"GAZETTE_[A-Z_]+", FILES[name])) - {"GAZETTE_NAME"} <= known


def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze")
    unit = tmp_path / "gazette.service"
    unit.write_text(FILES["gazette.service"].replace("/opt/gazette/bin/gazette", sys.executable), "utf-8")
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "gazette" in line]
    assert (done.returncode, said) == (0, [])
    unit.write_text(unit.read_text("utf-8").replace("Type=exec", "Tpye=exec"), "utf-8")
    wrong = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True, check=False)
    assert "Tpye" in wrong.stderr


def test_the_unit_waits_for_accepted_questions() -> None:
    (seconds,) = re.findall(r"TimeoutStopSec=(\d+)", FILES["gazette.service"])
    assert int(seconds) > ServerSettings.model_fields["drain"].default


def test_nginx_takes_the_example(tmp_path: Path) -> None:
    if shutil.which("nginx") is None or shutil.which("openssl") is None:
        pytest.skip("no nginx")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-nodes", "-subj", "/CN=archive.example"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], capture_output=True, check=True)
    site = FILES["nginx.conf"].replace("/etc/ssl/archive.example.pem", str(certificate))
    site = site.replace("/etc/ssl/archive.example.key", str(key))
    whole = tmp_path / "nginx.conf"
    whole.write_text(f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{site}\n}}\n", "utf-8")
    done = subprocess.run(["nginx", "-t", "-c", whole], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_example_for_nginx_is_balanced_and_takes_the_prefix_off() -> None:
    text = re.sub(r"#.*", "", FILES["nginx.conf"])
    assert text.count("{") == text.count("}") == 4
    assert [line for line in map(str.strip, text.splitlines()) if line and line[-1] not in "{};"] == []
    assert "location /gazette/ {" in text
    assert "proxy_pass http://127.0.0.1:8000/;" in text
    most = ServerSettings.model_fields["max_document"].default
    assert f"client_max_body_size {most >> 20}m;" in text
