"""Writes the units of a host with everything below the folder that is given, and prints what their timers mean."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

from single_host.machine import timers

folder = Path(sys.argv[1])
machine = SimpleNamespace(backup_schedule="02:40", drill_schedule="Sat 06:30", expires_versions=True, backup_cpu_percent=25)
for name, text in timers.texts(machine).items():
    (folder / name).write_text(text)
Path("/usr/local/bin/single-host").symlink_to("/bin/true")  # systemd looks whether it can be run
print(json.dumps(sorted(timers.texts(machine))))
