"""What a journal has said it keeps is on the disk, whatever happens to the process."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from takeoff.analysis.app.journal import Journal
from takeoff.models.errors import InputError

WRITER = """
import sys
from pathlib import Path
from takeoff.analysis.app.journal import Journal
journal = Journal(Path(sys.argv[1]))
number = len(journal.entries)
while True:
    journal.append({"number": number, "given": "x" * 3000})
    print(number, flush=True)
    number += 1
"""

ON_A_FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from takeoff.analysis.app.journal import Journal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
journal = Journal(Path(sys.argv[1]))
journal.append({"number": 0})
resource.setrlimit(resource.RLIMIT_FSIZE, (200, resource.RLIM_INFINITY))
try:
    journal.append({"number": 1, "given": "x" * 3000})
except OSError:
    print(len(journal.entries))
"""


def test_entries_come_back_in_the_order_in_which_they_were_given(tmp_path: Path) -> None:
    path = tmp_path / "1.jsonl"
    journal = Journal(path)
    for number in range(3):
        journal.append({"number": number, "given": "line\nbreak – ünicode"})
    assert Journal(path).entries == journal.entries
    assert [each["number"] for each in journal.entries] == [0, 1, 2]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_killed_process_loses_nothing_that_it_said_it_keeps(tmp_path: Path) -> None:
    path = tmp_path / "1.jsonl"
    told = -1
    for _ in range(2):
        command = [sys.executable, "-c", WRITER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            told = int(process.stdout.readline())
            time.sleep(0.2)
            os.kill(process.pid, signal.SIGKILL)
            rest = process.stdout.read().splitlines()
        told = max([told, *(int(line) for line in rest if line.strip())])
        numbers = [each["number"] for each in Journal(path).entries]
        assert numbers == list(range(len(numbers)))
        assert len(numbers) > told


def test_a_torn_last_line_is_put_aside_and_the_next_entry_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "1.jsonl"
    Journal(path).append({"number": 0})
    with path.open("ab") as file:
        file.write(b'{"number": 1, "given": "half a ')
    journal = Journal(path)
    journal.append({"number": 2})
    assert [each["number"] for each in Journal(path).entries] == [0, 2]
    assert path.with_suffix(".torn").read_bytes() == b'{"number": 1, "given": "half a \n'


def test_a_damaged_line_is_named_and_nothing_is_thrown_away(tmp_path: Path) -> None:
    path = tmp_path / "1.jsonl"
    path.write_bytes(b'{"number": 0}\nrubbish\n{"number": 2}\n')
    with pytest.raises(InputError, match=r"1\.jsonl:2: not an entry"):
        Journal(path)
    assert path.read_bytes().count(b"\n") == 3


def test_a_full_disk_leaves_no_half_entry(tmp_path: Path) -> None:
    path = tmp_path / "1.jsonl"
    command = [sys.executable, "-c", ON_A_FULL_DISK, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
    assert path.read_text(encoding="utf-8") == '{"number": 0}\n'
    assert [each["number"] for each in Journal(path).entries] == [0]


def test_nothing_is_left_of_what_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "1.jsonl"
    Journal(path).append({"given": "secret"})
    with path.open("ab") as file:
        file.write(b"half a secret")
    journal = Journal(path)
    journal.remove()
    assert list(tmp_path.iterdir()) == []
    assert journal.entries == ()
