"""The whole application as ``bot/main.py`` ties it together, without Rasa: its degraded mode, over Telegram."""

from pathlib import Path

from bot.child import free_port
from bot.main import create_app
from bot.settings import Settings
from tests.e2e.model import prepare
from tests.support.telegram_fake import TOKEN, TelegramFake


async def test_a_telegram_question_is_answered_while_rasa_is_away(tmp_path: Path) -> None:
    prepare(tmp_path)
    async with TelegramFake() as telegram:
        settings = Settings(
            _env_file=None,
            var_dir=tmp_path,
            rasa_port=free_port(),
            TELEGRAM_BOT_TOKEN=TOKEN,
            telegram_api_url=telegram.url,
        )
        app = create_app(settings)
        # The emulator answers a long poll only at its end.
        app.state.services.telegram_poller._poll_s = 1
        async with app.router.lifespan_context(app):
            await telegram.write(text="đăng ký tạm trú cần giấy tờ gì")
            await telegram.until(lambda: len(telegram.texts()) >= 2)
            answer, notice = telegram.texts()[:2]
            assert "tạm trú" in answer
            assert "dichvucong.gov.vn" in answer
            assert "máy trả lời tự động" in notice
            await telegram.write(text="cháy nhà rồi cứu với")
            await telegram.until(lambda: len(telegram.texts()) >= 3)
            assert telegram.texts()[2].startswith("Gọi ngay 114")
