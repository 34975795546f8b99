"""The command line: every command is mounted, and whatever goes wrong is one clear line with the right exit code."""

import errno
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import build_app, describe
from bot.commands._jsonl import questions
from bot.errors import ConfigError, ConflictError, InputError

ROOT = Path(__file__).resolve().parents[2]


def _bot(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_every_command_of_the_contract_is_mounted() -> None:
    app = build_app()
    names = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
    groups = {group.name for group in app.registered_groups}
    assert {"up", "serve", "chat", "ask", "parse", "doctor"} <= names
    assert {"db", "knowledge"} <= groups


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ConfigError("BOT_PORT sai"), 2),
        (InputError("tệp x, dòng 3: thiếu id"), 2),
        (ConflictError("đã có người nhận"), 1),
        (OSError(errno.ENOSPC, "No space left on device"), 2),
        (RuntimeError("hai\ndòng"), 1),
    ],
)
def test_errors_become_one_line_and_a_code(error: Exception, code: int) -> None:
    line, found = describe(error)
    assert found == code
    assert line.startswith("Lỗi")
    assert "\n" not in line


def test_full_disk_names_the_remedy() -> None:
    assert "Hãy giải phóng chỗ" in describe(OSError(errno.ENOSPC, "x"))[0]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"id": 1, "text": "a"}\nkhông phải JSON\n', "dòng 2"),
        ('{"text": "thiếu id"}\n', 'thiếu "id"'),
        ('{"id": 1}\n', 'thiếu "text"'),
        ('{"id": 1, "text": "  "}\n', 'thiếu "text"'),
        ("[1]\n", 'thiếu "id"'),
        ("\n\n", "không có dòng nào"),
    ],
)
def test_bad_lines_of_a_file_are_named(tmp_path: Path, content: str, expected: str) -> None:
    file = tmp_path / "in.jsonl"
    file.write_text(content)
    with pytest.raises(InputError) as caught:
        questions(None, file)
    assert expected in str(caught.value)
    assert "in.jsonl" in str(caught.value)


def test_file_keeps_ids_and_order_and_becomes_nfc(tmp_path: Path) -> None:
    file = tmp_path / "in.jsonl"
    decomposed = "ho" + "\u0302\u0300" + " so\u031b"
    file.write_text("".join(json.dumps({"id": i, "text": decomposed}) + "\n" for i in ("b", 7, "a")))
    found = questions(None, file)
    assert [question.id for question in found] == ["b", 7, "a"]
    assert {question.text for question in found} == {"h\u1ed3 s\u01a1"}


@pytest.mark.parametrize("command", ["ask", "parse"])
def test_missing_file_ends_with_code_2_and_no_traceback(command: str) -> None:
    result = _bot(command, "--file", "khong-co.jsonl")
    assert result.returncode == 2
    assert len(result.stderr.splitlines()) == 1, result.stderr
    assert "khong-co.jsonl" in result.stderr


def test_question_and_file_together_are_refused() -> None:
    result = _bot("ask", "câu hỏi", "--file", "x.jsonl")
    assert result.returncode == 2
    assert "không phải cả hai" in result.stderr


def test_debug_shows_the_traceback() -> None:
    result = _bot("--debug", "ask", "--file", "khong-co.jsonl")
    assert "Traceback" in result.stderr
