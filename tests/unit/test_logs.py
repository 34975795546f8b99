"""What reaches the log, through both logging systems, never holds personal data or secrets."""

import io
import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from bot.logs import configure
from bot.settings import Settings

PHONE, CCCD, EMAIL, TOKEN = "0901234567", "079123456789", "nguoi.dan@example.com", "123456:AAbbCCddEEff-gg_hh"
Lines = Callable[[], list[dict[str, object]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Configure logging into memory; gives a function that returns the lines written so far."""
    root = logging.getLogger()
    before = root.handlers, root.level
    stream = io.StringIO()
    configure(Settings(log_json=True, log_level="DEBUG"), stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers, root.level = before
    logging.captureWarnings(False)
    structlog.reset_defaults()


def _assert_masked(written: list[dict[str, object]]) -> None:
    text = json.dumps(written, ensure_ascii=False)
    assert written, "nothing was logged"
    for value in (PHONE, CCCD, EMAIL, TOKEN):
        assert value not in text


def test_values_in_event_text_and_fields_are_masked(lines: Lines) -> None:
    log = structlog.get_logger("bot.test")
    log.info(f"gọi {PHONE}", contact=EMAIL, papers=[CCCD, {"phone": PHONE}], number=901234567)
    _assert_masked(lines())
    assert "901234567" not in json.dumps(lines())


def test_standard_library_lines_and_arguments_are_masked(lines: Lines) -> None:
    logging.getLogger("somewhere").warning("người gọi %s, thư %s", PHONE, EMAIL)
    _assert_masked(lines())
    assert lines()[0]["level"] == "warning"


def test_bound_context_is_masked(lines: Lines) -> None:
    with structlog.contextvars.bound_contextvars(user=CCCD):
        structlog.get_logger().info("vào lượt")
    _assert_masked(lines())


def test_tracebacks_are_masked(lines: Lines) -> None:
    try:
        raise ValueError(f"sai số {CCCD}")
    except ValueError:
        logging.getLogger("somewhere").exception("hỏng với %s", PHONE)
        structlog.get_logger().exception("hỏng")
    _assert_masked(lines())
    assert all("ValueError" in str(line["exception"]) for line in lines())


@pytest.mark.parametrize(
    "text",
    [
        f'HTTP Request: POST https://api.telegram.org/bot{TOKEN}/getUpdates "HTTP/1.1 200 OK"',
        f'127.0.0.1 - "POST /rasa/actions?token={TOKEN} HTTP/1.1" 200',
        f"Authorization: Bearer {TOKEN}",
        f"postgresql+psycopg://bot:{TOKEN}@127.0.0.1/bot",
    ],
)
def test_tokens_in_addresses_are_hidden(lines: Lines, text: str) -> None:
    logging.getLogger("httpx").warning(text)
    _assert_masked(lines())
    assert "***" in str(lines()[0]["event"])


def test_useful_numbers_stay_readable(lines: Lines) -> None:
    structlog.get_logger().info("tra cứu H29.12-251120-0001", hotline="1022", fee_vnd=100000, ms=12.5)
    assert lines()[0]["event"] == "tra cứu H29.12-251120-0001"
    assert lines()[0]["hotline"] == "1022"
    assert lines()[0]["fee_vnd"] == 100000


def test_lines_below_the_level_are_dropped() -> None:
    stream = io.StringIO()
    root = logging.getLogger()
    before = root.handlers, root.level
    try:
        configure(Settings(log_json=False, log_level="WARNING"), stream)
        structlog.get_logger("bot").info("không ghi")
        structlog.get_logger("bot").warning("có ghi")
    finally:
        root.handlers, root.level = before
        logging.captureWarnings(False)
        structlog.reset_defaults()
    assert "có ghi" in stream.getvalue()
    assert "không ghi" not in stream.getvalue()
