"""Prints the one closing line over several pytest runs: ``N passed, N failed, N skipped``; exit code 1 if any failed.

Arguments are ``REPORT.xml:EXIT_CODE`` pairs. A run that broke off (no report, or an exit code that its report does not
explain) counts as one failure, so that a crash can never look like success.
"""

import sys
from pathlib import Path
from xml.etree import ElementTree

TESTS_FAILED = 1


def count(report: Path, code: int) -> tuple[int, int, int]:
    """Give (passed, failed, skipped) of one run."""
    try:
        suites = list(ElementTree.parse(report).getroot().iter("testsuite"))  # noqa: S314 (pytest wrote it just now)
    except (OSError, ElementTree.ParseError):
        return 0, 1, 0
    total, failures, errors, skipped = (
        sum(int(suite.get(name, 0)) for suite in suites) for name in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    if code not in (0, TESTS_FAILED) or (code == TESTS_FAILED and not failed):
        failed += 1
    return max(total - failures - errors - skipped, 0), failed, skipped


def main(arguments: list[str]) -> int:
    """Sum the runs and print the line."""
    runs = [argument.rpartition(":") for argument in arguments]
    passed, failed, skipped = map(sum, zip(*(count(Path(report), int(code)) for report, _, code in runs), strict=True))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
