"""The closing line of `make test`: sums both runs, and never takes a broken run for a good one."""

from pathlib import Path

import pytest

from tools.sum_tests import main


def _report(folder: Path, name: str, tests: int, failures: int = 0, errors: int = 0, skipped: int = 0) -> Path:
    path = folder / name
    counts = f'tests="{tests}" failures="{failures}" errors="{errors}" skipped="{skipped}"'
    path.write_text(f'<testsuites><testsuite name="pytest" {counts}/></testsuites>')
    return path


def test_two_good_runs_are_summed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = _report(tmp_path, "a.xml", 10, skipped=2), _report(tmp_path, "b.xml", 5)
    assert main([f"{first}:0", f"{second}:0"]) == 0
    assert capsys.readouterr().out == "13 passed, 0 failed, 2 skipped\n"


def test_failures_and_errors_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = _report(tmp_path, "a.xml", 10, failures=1, errors=1), _report(tmp_path, "b.xml", 5)
    assert main([f"{first}:1", f"{second}:0"]) == 1
    assert capsys.readouterr().out == "13 passed, 2 failed, 0 skipped\n"


@pytest.mark.parametrize("code", [1, 2, 3, 4, 5, 139])
def test_exit_code_that_the_report_does_not_explain_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: int
) -> None:
    assert main([f"{_report(tmp_path, 'a.xml', 3)}:{code}"]) == 1
    assert capsys.readouterr().out == "3 passed, 1 failed, 0 skipped\n"


def test_missing_or_broken_report_is_a_failure(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    broken = tmp_path / "broken.xml"
    broken.write_text("<testsuites>")
    good = _report(tmp_path, "a.xml", 3)
    assert main([f"{good}:0", f"{broken}:0", f"{tmp_path / 'none.xml'}:0"]) == 1
    assert capsys.readouterr().out == "3 passed, 2 failed, 0 skipped\n"


def test_no_test_at_all_is_not_success(tmp_path: Path) -> None:
    assert main([f"{_report(tmp_path, 'a.xml', 2, skipped=2)}:0"]) == 1
