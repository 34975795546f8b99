#!/bin/sh
# All tests of both environments, then one closing line that sums them. Installs the browser and servers that are missing
# when it may (root, Debian); says what is skipped and why when it may not. `make setup-dev` must have run.
set -u
cd "$(dirname "$0")/.."
OUT=var/test
rm -rf "$OUT"
mkdir -p "$OUT"
SERVERS=""

cleanup() {
    [ -z "${PG_DIR:-}" ] || as_postgres "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -m immediate stop >/dev/null 2>&1
    [ -z "${PG_DIR:-}" ] || rm -rf "$PG_DIR"
    # shellcheck disable=SC2086
    [ -z "$SERVERS" ] || kill $SERVERS 2>/dev/null
}
trap cleanup EXIT
trap 'exit 130' INT TERM

say() { echo "  $*"; }

answers() { .venv/bin/python -c "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), 2)" "$1" 2>/dev/null; }
free_port() { .venv/bin/python -c 'from bot.child import free_port; print(free_port())'; }
pg_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1; }
as_postgres() {
    # PostgreSQL refuses to run as root.
    if [ "$(id -u)" = 0 ]; then (cd / && setpriv --reuid postgres --regid postgres --init-groups "$@"); else "$@"; fi
}

# The Debian packages that the tests use and that are not there; the application itself needs none of them.
install_missing() {
    wanted=""
    command -v chromium >/dev/null 2>&1 || wanted="$wanted chromium fonts-noto-core"
    answers 5432 || [ -n "$(pg_bin)" ] || [ -n "${TEST_DATABASE_URL:-}" ] || wanted="$wanted postgresql"
    answers 6379 || command -v redis-server >/dev/null 2>&1 || wanted="$wanted redis-server"
    [ -n "$wanted" ] || return 0
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        say "Thiếu:$wanted; không tự cài được (cần quyền root và apt): các kiểm thử liên quan sẽ bị bỏ qua."
        return 0
    fi
    say "Cài$wanted …"
    export DEBIAN_FRONTEND=noninteractive
    {
        apt-get update -q
        # shellcheck disable=SC2086
        apt-get install -qy --no-install-recommends $wanted
    } >"$OUT/apt.log" 2>&1 || say "Không cài được:$wanted (xem $OUT/apt.log): các kiểm thử liên quan sẽ bị bỏ qua."
}

# A PostgreSQL of our own for this run, unless one is reachable already.
start_postgres() {
    [ -z "${TEST_DATABASE_URL:-}" ] || return 0
    if .venv/bin/python - 2>/dev/null <<'PY'
import psycopg
psycopg.connect("host=127.0.0.1 user=postgres dbname=postgres connect_timeout=2").close()
PY
    then return 0; fi
    PG_BIN=$(pg_bin)
    [ -n "$PG_BIN" ] || return 0
    PG_DIR=$(mktemp -d)
    port=$(free_port)
    [ "$(id -u)" != 0 ] || chown postgres: "$PG_DIR"
    if as_postgres "$PG_BIN/initdb" -D "$PG_DIR/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 >"$OUT/postgres.log" 2>&1 &&
        as_postgres "$PG_BIN/pg_ctl" -D "$PG_DIR/data" -w -l "$PG_DIR/log" \
            -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$PG_DIR -c fsync=off" start >>"$OUT/postgres.log" 2>&1
    then
        export TEST_DATABASE_URL="postgresql+psycopg://postgres@127.0.0.1:$port/postgres"
        export TEST_TRACKER_ADMIN_URL="postgresql+psycopg2://postgres@127.0.0.1:$port/postgres"
    else
        say "Không khởi động được PostgreSQL (xem $OUT/postgres.log): chỉ kiểm thử với SQLite."
    fi
}

start_redis() {
    [ -z "${TEST_REDIS_URL:-}" ] || return 0
    if answers 6379; then return 0; fi
    command -v redis-server >/dev/null 2>&1 || return 0
    redis-server --port 6379 --bind 127.0.0.1 --save '' --appendonly no >"$OUT/redis.log" 2>&1 &
    SERVERS="$SERVERS $!"
}

install_missing
start_postgres
start_redis

echo "── Kiểm thử của ứng dụng ──"
.venv/bin/pytest -q -rs --ignore=tests/browser --junitxml="$OUT/app.xml" "$@"
app_code=$?

echo "── Kiểm thử trang trong trình duyệt ──"
# A process of its own: Playwright keeps an event loop running, which asynchronous tests cannot share.
.venv/bin/pytest -q -rs --junitxml="$OUT/browser.xml" tests/browser
browser_code=$?

echo "── Kiểm thử trong môi trường của Rasa ──"
nlu/.venv/bin/python -m pytest -c nlu/pytest.ini --rootdir=. --confcutdir=tests/components -q -rs --junitxml="$OUT/rasa.xml" tests/components tests/nlu
rasa_code=$?

.venv/bin/python tools/sum_tests.py "$OUT/app.xml:$app_code" "$OUT/browser.xml:$browser_code" "$OUT/rasa.xml:$rasa_code"
