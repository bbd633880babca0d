"""Make .venv when missing and install one locked, hashed list of packages into it.

Run by the Makefile with whatever python3 the machine has, so it begins by saying which it needs, and it manages
without `ensurepip` (Debian keeps that in python3-venv) when pip can be had in another way.
"""

import os
import pathlib
import subprocess
import sys
import venv

OLDEST = (3, 11)
WHEELS = pathlib.Path("/usr/share/python-wheels")  # Debian's python3-pip-whl


def main() -> int:
    """Install the requirements file named; exit 1 with advice when the machine lacks something."""
    if sys.version_info < OLDEST:
        found = ".".join(map(str, sys.version_info[:2]))
        print(
            f"Shouxin needs Python 3.11 or newer; python3 here is {found}. Name another: make PYTHON=/path/to/python3"
        )
        return 1
    place, requirements = sys.argv[1], sys.argv[2]
    python = str(pathlib.Path(place, "bin", "python"))
    if not pathlib.Path(python).exists():
        make(place)
    command, environment = pip(python)
    if not command:
        print(
            f"There is no pip for {python}. On Debian and Ubuntu: apt-get install python3-venv, then make again."
        )
        return 1
    # The list is complete, so nothing is left to resolve; older pips stumble over extras of pinned packages.
    options = ["--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps", "--no-compile"]
    done = subprocess.call(
        [*command, "install", *options, "-r", requirements], env={**os.environ, **environment}
    )
    if done == 0:
        precompile(python)
    return done


def precompile(python: str) -> None:
    """What pip would do with one processor, with all of them."""
    library = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    )
    subprocess.call([python, "-m", "compileall", "-qq", "-j", "0", library.decode().strip()])


def make(place: str) -> None:
    """A virtual environment, with its own pip where the machine can give it one."""
    try:
        import ensurepip  # noqa: F401
    except ImportError:
        venv.create(place, with_pip=False, symlinks=True)
        return
    done = subprocess.run([sys.executable, "-m", "venv", place], capture_output=True, check=False)
    if done.returncode != 0:
        venv.create(place, with_pip=False, symlinks=True, clear=True)


def pip(python: str) -> "tuple[list[str], dict[str, str]]":
    """The command that installs into the environment: its own pip, the machine's, or the one of a wheel at hand."""
    if works([python, "-m", "pip"]):
        return [python, "-m", "pip"], {}
    if works([sys.executable, "-m", "pip", "--python", python]):
        return [sys.executable, "-m", "pip", "--python", python], {}
    for wheel in sorted(WHEELS.glob("pip-*.whl"), reverse=True):
        if works([python, "-m", "pip"], PYTHONPATH=str(wheel)):
            return [python, "-m", "pip"], {"PYTHONPATH": str(wheel)}
    return [], {}


def works(command: "list[str]", **environment: str) -> bool:
    done = subprocess.run(
        [*command, "--version"], capture_output=True, check=False, env={**os.environ, **environment}
    )
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
