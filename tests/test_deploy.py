"""What deploy/ brings: units that systemd takes, a container that is made by the same steps as every other installation."""

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from linli.command import commands

CHECKOUT = Path(__file__).resolve().parent.parent
UNITS = sorted((CHECKOUT / "deploy" / "systemd").glob("*.service"))
CONTAINER = CHECKOUT / "deploy" / "Containerfile"
PROGRAM = "/opt/linli/.venv/bin/linli"
#: Of systemd's own scale from 0 (nothing to attack) to 100.
MOST_EXPOSED = 20


def _unit(path: Path) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path, encoding="utf-8")
    return parser


def test_there_is_a_unit_for_each_process() -> None:
    assert [path.stem for path in UNITS] == ["linli-serve", "linli-work"]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_starts_a_command_of_ours_as_nobody_special(path: Path) -> None:
    service = _unit(path)["Service"]
    program, command = shlex.split(service["ExecStart"])
    assert program == PROGRAM
    assert command in commands()
    assert path.stem == f"linli-{command}"
    assert (service["User"], service["EnvironmentFile"]) == ("linli", "/etc/linli/linli.env")
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "yes"
    assert service["CapabilityBoundingSet"] == ""


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_systemd_takes_the_unit_and_finds_it_little_exposed(path: Path, tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("There is no systemd-analyze here.")
    # It asks whether the program is there.
    copy = tmp_path / path.name
    copy.write_text(path.read_text(encoding="utf-8").replace(PROGRAM, "/bin/true"), encoding="utf-8")
    verified = subprocess.run(["systemd-analyze", "verify", "--man=no", copy], capture_output=True, text=True)
    assert (verified.returncode, verified.stderr) == (0, "")
    words = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", copy]
    exposed = subprocess.run(words, capture_output=True, text=True)
    assert exposed.returncode == 0, exposed.stdout


def test_the_environment_of_the_units_holds_settings_that_there_are() -> None:
    text = (CHECKOUT / "deploy" / "systemd" / "linli.env").read_text(encoding="utf-8")
    named = re.findall(r"^(LINLI_[A-Z_]+)=", text, re.M)
    documented = (CHECKOUT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert named
    assert [name for name in named if f"| `{name}` |" not in documented] == []


def _steps(*words: str) -> list[str]:
    """What make would do, one command a line."""
    said = subprocess.run(["make", "-n", "-B", *words], cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout
    lines = said.replace("\\\n", " ").splitlines()
    return [" ".join(line.split()) for line in lines if " pip install " in line]


def test_the_container_is_made_by_the_steps_of_every_installation() -> None:
    if not shutil.which("make"):
        pytest.skip("There is no make here.")
    made = re.search(r"^RUN make (.+)$", CONTAINER.read_text(encoding="utf-8"), re.M)
    assert made
    assert sorted(_steps(*made.group(1).split())) == sorted(_steps("run", "EXTRAS=media blur s3 parquet papers"))


def test_the_container_runs_as_nobody_special_and_fetches_nothing_when_it_runs() -> None:
    text = CONTAINER.read_text(encoding="utf-8")
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER [1-9]\d*$", last, re.M)
    assert last.index("\nUSER ") > last.rindex("\nRUN ")
    assert "VOLUME /var/lib/linli" in last
    assert "HEALTHCHECK" in last
    assert f'ENTRYPOINT ["{PROGRAM}"]' in last
    assert not re.search(r"\b(curl|wget|ADD)\b", text)
    # The folders of one machine stay there.
    assert {".venv", "var", ".git"} <= set((CHECKOUT / ".dockerignore").read_text(encoding="utf-8").split())


def test_the_cluster_keeps_on_two_disks_what_it_acknowledges_and_its_lock_by_comparing() -> None:
    folder = CHECKOUT / "deploy" / "ha"
    patroni = (folder / "patroni.yml").read_text(encoding="utf-8")
    settings = [line.strip() for line in patroni.splitlines() if not line.lstrip().startswith("#")]
    assert "synchronous_mode: true" in settings
    assert 'synchronous_commit: "on"' in settings
    # docs/availability.md says what the newer interface of etcd has cost.
    assert "etcd:" in settings and "etcd3:" not in settings
    assert subprocess.run(["bash", "-n", folder / "cluster.sh"]).returncode == 0
    if shutil.which("haproxy"):
        written = (folder / "haproxy.cfg").read_text(encoding="utf-8").replace("@NET@", "127.0.0")
        ran = subprocess.run(["haproxy", "-c", "-f", "/dev/stdin"], input=written, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
