"""Make the `shouxin` and `shouxin-verify` commands of this clone available in its environment.

A plain .pth file and two small scripts do what an editable install would, without fetching a build
back end outside the hashed lock.
"""

import pathlib
import stat
import sys
import sysconfig

ROOT = pathlib.Path(__file__).resolve().parent.parent
COMMANDS = {"shouxin": "shouxin.cli", "shouxin-verify": "shouxin.core.ledger.standalone"}


def main() -> None:
    """Write the path file and the scripts of the running environment."""
    pathlib.Path(sysconfig.get_path("purelib"), "shouxin.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    for name, module in COMMANDS.items():
        script = pathlib.Path(sysconfig.get_path("scripts"), name)
        script.write_text(
            f"#!{sys.executable}\nimport sys\nfrom {module} import main\nsys.exit(main())\n", encoding="utf-8"
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    main()
