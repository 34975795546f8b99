#!/bin/sh
# Sets up what the application runs with; each step is skipped while its inputs are unchanged.
#   sh tools/setup.sh run|dev [--no-train] [--force-train]
# Only POSIX shell here: it must start before any Python environment exists, and a no-op call must take milliseconds.
set -eu
cd "$(dirname "$0")/.."

MODE=${1:-run}
TRAIN=yes
for option in "$@"; do
    case $option in
        --no-train) TRAIN=no ;;
        --force-train) TRAIN=force ;;
    esac
done

STAMPS=var/stamps
LOG=var/logs/setup.log
NEED_MB=4000
export PYTHONNOUSERSITE=1 UV_PYTHON_DOWNLOADS=never UV_NO_PROGRESS=1
# Offices often sit behind a proxy with a certificate of its own; the system's list knows it, uv's built-in list does not.
SYSTEM_CERTS=/etc/ssl/certs/ca-certificates.crt
if [ -z "${SSL_CERT_FILE:-}" ] && [ -s "$SYSTEM_CERTS" ]; then export SSL_CERT_FILE="$SYSTEM_CERTS"; fi

fail() {
    echo "Lỗi: $1" >&2
    exit 2
}

# Runs a step, says how long it took; on failure shows the end of the log and one line with the remedy.
# step TITLE REMEDY COMMAND…
step() {
    title=$1
    remedy=$2
    shift 2
    started=$(date +%s)
    printf '  … %s' "$title"
    [ -t 1 ] || echo
    if "$@" >"$LOG" 2>&1; then
        [ -t 1 ] && printf '\r'
        printf '  ✓ %s (%s giây)\n' "$title" "$(($(date +%s) - started))"
    else
        echo
        tail -n 15 "$LOG" | sed 's/^/      /' >&2
        if grep -qi 'no space left' "$LOG"; then remedy="đĩa đầy: hãy giải phóng ít nhất $NEED_MB MB"; fi
        fail "$title không thành công: $remedy (chi tiết: $LOG)"
    fi
}

hash_files() { cat "$@" | sha256sum | cut -c1-16; }

# The hash of every input below the given paths, names included.
hash_trees() {
    find "$@" -type f ! -name '*.pyc' ! -path '*/.venv/*' ! -path '*/__pycache__/*' 2>/dev/null |
        LC_ALL=C sort | xargs -d '\n' sha256sum | sha256sum | cut -c1-16
}

is_done() { [ "$(cat "$STAMPS/$1" 2>/dev/null)" = "$2" ]; }
mark_done() { echo "$2" >"$STAMPS/$1"; }

find_python() {
    for name in python3.11 python3 python; do
        found=$(command -v "$name" 2>/dev/null) || continue
        if "$found" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then
            echo "$found"
            return
        fi
    done
}

need_python() {
    PYTHON=$(find_python)
    [ -n "$PYTHON" ] || fail "không tìm thấy Python 3.11. Hãy cài (Debian/Ubuntu: apt install python3.11 python3.11-venv) rồi chạy lại."
}

need_space() {
    free=$(df -Pm . | awk 'NR == 2 {print $4}')
    [ "$free" -ge "$NEED_MB" ] || fail "đĩa chỉ còn $free MB trống, cần $NEED_MB MB để cài đặt. Hãy giải phóng chỗ rồi chạy lại."
}

make_uv() {
    rm -rf .uv
    "$PYTHON" -m venv .uv && .uv/bin/python -m pip install -q uv
}

find_uv() {
    if [ -x .uv/bin/uv ]; then
        UV=$PWD/.uv/bin/uv
    elif command -v uv >/dev/null 2>&1; then
        UV=$(command -v uv)
    else
        "$PYTHON" -c 'import venv, ensurepip' 2>/dev/null ||
            fail "Python 3.11 thiếu mô-đun venv. Hãy cài (Debian/Ubuntu: apt install python3.11-venv) rồi chạy lại."
        step "Lấy công cụ cài đặt uv" "kiểm tra kết nối mạng rồi chạy lại" make_uv
        UV=$PWD/.uv/bin/uv
    fi
}

# sync FOLDER: make FOLDER/.venv hold exactly what the requirements file says (uv reads FOLDER/pyproject.toml).
sync() (
    cd "$1"
    [ -x .venv/bin/python ] || "$UV" venv -q --python "$PYTHON" .venv
    "$UV" pip sync -q --python .venv/bin/python "$2"
)

# Our own packages, as an editable install; setuptools is among the pins, so nothing is downloaded to build it.
install_app() {
    sync . "$1" && "$UV" pip install -q --python .venv/bin/python --no-deps --no-build-isolation -e .
}

install_rasa() {
    sync nlu requirements.txt
}

train() {
    # Niced: training must not freeze the machine of somebody who works on it.
    nice -n 5 nlu/.venv/bin/python nlu/train.py
}

index() {
    .venv/bin/bot knowledge build
}

[ "$(uname -sm)" = "Linux x86_64" ] ||
    fail "chỉ chạy trực tiếp trên Linux x86-64; máy này là $(uname -sm). Hãy dùng compose.yml (docs/guide/administrators.md)."
mkdir -p "$STAMPS" var/logs 2>/dev/null || fail "không ghi được vào thư mục var/. Hãy kiểm tra quyền của thư mục này."
PYTHON=
UV=

app_hash=$(hash_files requirements.txt requirements-dev.txt)
rasa_hash=$(hash_files nlu/requirements.txt)
[ -x .venv/bin/bot ] || rm -f "$STAMPS/app-run" "$STAMPS/app-dev"
[ -x nlu/.venv/bin/rasa ] || rm -f "$STAMPS/rasa"

if ! is_done "app-$MODE" "$app_hash" || ! is_done rasa "$rasa_hash"; then
    need_python
    need_space
    find_uv
fi
if ! is_done "app-$MODE" "$app_hash"; then
    file=requirements.txt
    [ "$MODE" = run ] || file=requirements-dev.txt
    rm -f "$STAMPS/app-run" "$STAMPS/app-dev"
    step "Cài thư viện của ứng dụng" "kiểm tra kết nối mạng rồi chạy lại" install_app "$file"
    # The developer set contains everything that running needs.
    mark_done app-run "$app_hash"
    [ "$MODE" = run ] || mark_done app-dev "$app_hash"
fi
if ! is_done rasa "$rasa_hash"; then
    step "Cài thư viện của Rasa (khoảng 1,9 GB)" "kiểm tra kết nối mạng rồi chạy lại" install_rasa
    mark_done rasa "$rasa_hash"
fi

if [ "$TRAIN" != no ] && [ -f nlu/train.py ]; then
    model_hash=$(hash_trees config.yml domain.yml data/nlu data/rules data/stories nlu/domain nlu/components \
        nlu/vietnamese nlu/encoder nlu/entity_rules nlu/lists nlu/entities.yml nlu/intents.yml nlu/rasa_importer.py \
        nlu/train.py nlu/train_restorer.py nlu/requirements.txt)
    if [ "$TRAIN" = force ] || [ ! -f var/models/model.tar.gz ] || ! is_done model "$model_hash"; then
        step "Huấn luyện Rasa" "xem nhật ký ở trên; 'make check' chỉ ra dòng sai" train
        mark_done model "$model_hash"
    fi
fi
if [ "$TRAIN" != no ] && [ -d data/procedures ]; then
    index_hash=$(hash_trees data/procedures knowledge nlu/encoder nlu/vietnamese)
    if [ ! -d var/index ] || ! is_done index "$index_hash"; then
        step "Lập chỉ mục thủ tục" "xem nhật ký ở trên; 'bot knowledge check' chỉ ra tệp sai" index
        mark_done index "$index_hash"
    fi
fi
