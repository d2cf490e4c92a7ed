"""The examples of ``.deploy/``, as far as they can be tried without a registry of images."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from api.app import create_app
from api.settings import ServerSettings
from qa.cli.settings_page import variables
from qa.config import local_folder
from tests.api_service import PlainService

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


COMPOSE: dict[str, Any] = yaml.safe_load(FILES["compose.yaml"])
KUBERNETES: dict[tuple[str, str], dict[str, Any]] = {
    (each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(FILES["kubernetes.yaml"])
}


def set_in(environment: dict[str, str]) -> ServerSettings:
    """Return the settings of a service with an environment, as the image has them beside it."""
    image = {"GAZETTE_INDEX": "/archive/index", "GAZETTE_KEYS": "/archive/keys.json", "GAZETTE_HOST": "0.0.0.0"}
    given = {**image, **environment}
    return ServerSettings.model_validate({name.removeprefix("GAZETTE_").lower(): each for name, each in given.items()})


def routes() -> set[str]:
    return set(create_app(PlainService).openapi()["paths"])


def test_replicas_of_one_machine_share_a_volume_and_the_file_in_it() -> None:
    replica, balancer = COMPOSE["services"]["replica"], COMPOSE["services"]["balancer"]
    assert replica["deploy"]["replicas"] == 3
    settings = set_in(replica["environment"])
    (volume,) = replica["volumes"]
    assert volume == "archive:/archive"
    assert list(COMPOSE["volumes"]) == ["archive"]
    assert all(
        path.is_relative_to("/archive")
        for path in (settings.shared, settings.keys, local_folder(settings.index))
        if path
    )
    assert settings.shared is not None
    assert "ports" not in replica  # whoever reaches it can say what address they like
    assert re.findall(r"http://127.0.0.1:8000(/\w+)", replica["healthcheck"]["test"][-1]) == ["/readyz"]
    assert int(replica["stop_grace_period"].removesuffix("s")) > settings.drain
    assert COMPOSE["services"]["writer"]["volumes"] == replica["volumes"]
    assert (ROOT / replica["build"]["context"] / replica["build"]["dockerfile"]).name == "Dockerfile"
    (mounted,) = balancer["volumes"]
    assert mounted.split(":")[0].removeprefix("./") in FILES
    assert "server replica:8000 resolve;" in FILES["balancer.conf"]
    assert f"client_max_body_size {settings.max_document >> 20}m;" in FILES["balancer.conf"]


def test_replicas_of_several_machines_count_at_one_place_and_are_asked_when_ready() -> None:
    pod = KUBERNETES["Deployment", "gazette"]["spec"]["template"]
    (container,) = pod["spec"]["containers"]
    assert pod["spec"]["enableServiceLinks"] is False  # GAZETTE_PORT would be the address of the service "gazette"
    settings = set_in({each["name"]: each["value"] for each in container["env"]})
    server, port = str(settings.rate_storage).removeprefix("redis://").split(":")
    assert [each["port"] for each in KUBERNETES["Service", server]["spec"]["ports"]] == [int(port)]
    assert settings.shared is None  # SQLite's locks do not reach over a network
    service = KUBERNETES["Service", "gazette"]["spec"]
    assert service["sessionAffinity"] == "ClientIP"
    assert service["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"] == settings.session_lifetime
    probes = {name: probe["httpGet"] for name, probe in container.items() if name.endswith("Probe")}
    assert {name: probe["path"] for name, probe in probes.items()} == {
        "startupProbe": "/healthz",
        "readinessProbe": "/readyz",
        "livenessProbe": "/healthz",
    }
    assert {probe["path"] for probe in probes.values()} <= routes()
    (named,) = container["ports"]
    assert (named["containerPort"], {probe["port"] for probe in probes.values()}) == (settings.port, {named["name"]})
    mounted = {each["name"]: Path(each["mountPath"]) for each in container["volumeMounts"]}
    assert set(mounted) == {each["name"] for each in pod["spec"]["volumes"]}
    assert settings.keys.parent == mounted["keys"]
    assert all(
        path.is_relative_to(mounted["archive"]) for path in (local_folder(settings.index), settings.documents_folder)
    )
    claims = [
        each["persistentVolumeClaim"]["claimName"] for each in pod["spec"]["volumes"] if "persistentVolumeClaim" in each
    ]
    assert [KUBERNETES["PersistentVolumeClaim", claim]["spec"]["accessModes"] for claim in claims] == [
        ["ReadWriteMany"]
    ]
    assert pod["spec"]["terminationGracePeriodSeconds"] > settings.drain
    assert pod["spec"]["securityContext"]["runAsUser"] == int(dict(instructions())["USER"].split(":")[0])
    for (kind, name), each in KUBERNETES.items():
        if kind in ("Deployment", "Service", "PodDisruptionBudget"):
            selector = each["spec"]["selector"]
            assert selector.get("matchLabels", selector) == {"app": name}
            assert kind != "Deployment" or each["spec"]["template"]["metadata"]["labels"] == {"app": name}


def test_nginx_takes_the_balancer(tmp_path: Path) -> None:
    if shutil.which("nginx") is None:
        pytest.skip("no nginx")
    # An older nginx does not know `resolve`, and there is no Docker here to ask for a name.
    site = FILES["balancer.conf"].replace("server replica:8000 resolve;", "server 127.0.0.1:1; server 127.0.0.1:2;")
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        f"pid {tmp_path}/pid;\nevents {{}}\nhttp {{\n{site.replace('resolver 127', '# 127')}\n}}\n", "utf-8"
    )
    done = subprocess.run(["nginx", "-t", "-c", whole], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
