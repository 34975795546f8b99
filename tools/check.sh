#!/bin/sh
# Everything `make check` looks at; runs all of it and fails at the end, so that one call shows every problem.
set -u
cd "$(dirname "$0")/.."
failed=""

check() {
    name=$1
    shift
    started=$(date +%s)
    if "$@"; then
        echo "  ✓ $name ($(($(date +%s) - started)) giây)"
    else
        echo "  ✗ $name" >&2
        failed="$failed $name;"
    fi
}

rasa_data() { nlu/.venv/bin/python tools/check_rules.py; }

check "ruff" .venv/bin/ruff check -q .
check "ruff format" .venv/bin/ruff format -q --check .
check "mypy" .venv/bin/mypy
check "import-linter" .venv/bin/lint-imports --no-logo
check "câu mẫu" .venv/bin/python -m nlu.expand --check
check "nội dung thủ tục" .venv/bin/bot knowledge check
check "luật hội thoại của Rasa" rasa_data

[ -z "$failed" ] || {
    echo "Chưa đạt:$failed" >&2
    exit 1
}
