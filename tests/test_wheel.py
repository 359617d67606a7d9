"""The wheel: what is installed runs from an empty folder, with the personas and texts that it brings."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from coach import personas, prompts

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent


def ran(*command: str | Path, cwd: Path, typed: str = "", **more: str) -> str:
    """What a command printed. Fails with all of it when the command failed."""
    kept = {k: v for k, v in os.environ.items() if not k.upper().startswith(("COACH_", "PYTHON", "PIP_"))}
    done = subprocess.run(
        [str(c) for c in command],
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env={**kept, "PIP_NO_INDEX": "1", "PYTHONIOENCODING": "utf-8", "COLUMNS": "160", **more},
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the sources as they are."""
    folder = tmp_path_factory.mktemp("wheel")
    ran(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `bin` of a new environment with the wheel; other packages are seen in the environment that runs the tests."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    ran(sys.executable, "-m", "venv", home, cwd=home.parent)
    ran(home / "bin" / "python", "-m", "pip", "install", "-q", "--no-deps", "--no-index", wheel, cwd=home.parent)
    (site,) = home.glob("lib/python*/site-packages")
    # A folder that a .pth file names is searched, but its own .pth files are not read: the checkout stays unseen.
    (site / "others.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home / "bin"


def test_the_wheel_holds_every_persona_and_text(wheel: Path) -> None:
    """What the checkout loads, the wheel brings, byte for byte."""
    with zipfile.ZipFile(wheel) as archive:
        inside = {name: archive.read(name) for name in archive.namelist() if name.endswith(".yaml")}
    outside = {
        **{
            f"coach/_personas/{p.relative_to(personas.packaged_folder()).as_posix()}": p.read_bytes()
            for p in personas.packaged_folder().rglob("*.yaml")
        },
        **{f"coach/_prompts/{p.name}": p.read_bytes() for p in prompts.folder().glob("*.yaml")},
    }

    assert inside == outside


def test_the_wheel_holds_nothing_of_the_workshop(wheel: Path) -> None:
    """No test, eval, environment or data of anybody's is in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}

    assert {top.split("-")[0] for top in tops} == {"coach", "interview_coach"}


def test_the_installed_package_is_the_one_that_runs(installed: Path, tmp_path: Path) -> None:
    """The new environment imports its own package, not the checkout."""
    where = ran(installed / "python", "-c", "import coach; print(coach.__file__)", cwd=tmp_path).strip()

    assert Path(where).is_relative_to(installed.parent)
    assert not Path(where).is_relative_to(ROOT)


def test_the_installed_personas_pass_the_check(installed: Path, tmp_path: Path) -> None:
    """Run from an empty folder, the command finds the customers that the wheel brought."""
    out = ran(installed / "coach", "personas", "check", cwd=tmp_path, COACH_DATA=str(tmp_path / "data"))

    assert [line.split(":")[0] for line in out.splitlines()] == sorted(
        p.name for p in personas.packaged_folder().glob("*.yaml")
    )


def test_an_installed_customer_answers(installed: Path, tmp_path: Path) -> None:
    """Run from an empty folder, an interview goes from the first question to the scorecard."""
    typed = "Tell me about the last time a delivery did not go as planned.\nWhat happened next?\n/end\n"
    data = tmp_path / "data"
    out = ran(installed / "coach", "practice", "henrik-solberg", cwd=tmp_path, typed=typed, COACH_DATA=str(data))
    script = (
        "import sys; from pathlib import Path; from coach.record import Record\n"
        "r = Record(f'sqlite:///{sys.argv[1]}'); (row,) = r.interviews('you')\n"
        "print(*[t.answer for t in r.interview('you', row.id).turns], sep='\\n'); r.close()"
    )
    answers = ran(installed / "python", "-c", script, data / "record.db", cwd=tmp_path).splitlines()

    assert len(answers) == 2
    assert all(answer and answer in " ".join(out.split()) for answer in answers)
    assert "Scorecard" in out
    assert sorted(p.name for p in tmp_path.iterdir()) == ["data"]


def test_an_installed_memory_works(installed: Path, tmp_path: Path) -> None:
    """The doctor of the installed package finds all well, twice: the second time it looks at the memory it made."""
    data = str(tmp_path / "data")
    ran(installed / "coach", "doctor", cwd=tmp_path, COACH_DATA=data)
    out = ran(installed / "coach", "doctor", cwd=tmp_path, COACH_DATA=data)

    assert "FAIL" not in out
    assert f"memory: {data}" in out
