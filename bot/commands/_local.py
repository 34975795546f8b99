"""The application inside a command's own process, with a Rasa of its own: for `bot ask`, `bot parse` and `bot chat`."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from bot.child import free_port
from bot.dialogue.process import RasaProcess
from bot.errors import BotError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.main import Services


@contextlib.contextmanager
def isolated(settings: Settings) -> Iterator[Settings]:
    """Give settings that touch nothing of the live system: temporary folder and database, free ports, sample dossiers.

    Model and index are read from where they are.
    """
    with tempfile.TemporaryDirectory(prefix="bot-") as folder:
        var_dir = Path(folder)
        for name in ("models", "index"):
            source = settings.var_dir.resolve() / name
            source.mkdir(parents=True, exist_ok=True)
            (var_dir / name).symlink_to(source)
        nothing = {"database_url": "", "redis_url": "", "rasa_url": "", "dossier_api_url": "", "public_url": ""}
        own = {"var_dir": var_dir, "telegram_bot_token": SecretStr(""), "environment": "development"}
        yield on_free_ports(settings.model_copy(update={**nothing, **own, "secret_key": SecretStr("")}))


def on_free_ports(settings: Settings) -> Settings:
    """Give settings whose servers listen on free loopback ports."""
    return settings.model_copy(update={"host": "127.0.0.1", "port": free_port(), "rasa_port": free_port()})


@contextlib.asynccontextmanager
async def rasa_alone(settings: Settings) -> AsyncIterator[RasaProcess]:
    """Run Rasa for understanding only: no application answers its actions."""
    async with RasaProcess(settings, settings.rasa_port, f"http://127.0.0.1:{settings.port}") as rasa:
        yield rasa


@contextlib.asynccontextmanager
async def local_app(settings: Settings) -> AsyncIterator["Services"]:
    """Run the application in this process and Rasa beside it, until the end of the block.

    Raises:
        DialogueError: If Rasa does not start.
        BotError: If the application does not.
    """
    rasa = RasaProcess(settings, settings.rasa_port, f"http://127.0.0.1:{settings.port}")
    await rasa.start()
    try:
        # Imported while Rasa loads; both take seconds.
        import uvicorn

        from bot.main import create_app

        class Server(uvicorn.Server):
            @contextlib.contextmanager
            def capture_signals(self) -> Iterator[None]:
                """Leave Ctrl-C to the command."""
                yield

        app = create_app(settings)
        server = Server(
            uvicorn.Config(app, host=settings.host, port=settings.port, log_config=None, timeout_graceful_shutdown=1)
        )
        serving = asyncio.create_task(server.serve())
        try:
            while not server.started:
                if serving.done():
                    raise BotError("ứng dụng không khởi động được; xem lỗi ở trên")
                await asyncio.sleep(0.05)
            await rasa.wait_ready()
            yield app.state.services
        finally:
            server.should_exit = True
            await asyncio.gather(serving, return_exceptions=True)
    finally:
        await rasa.stop()
