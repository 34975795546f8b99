"""``bot serve``: the application alone, in this process; what ``bot up`` keeps running beside Rasa."""

import gc

import typer

from bot.settings import load_settings

# Open event streams of web pages would keep a stopping server alive for ever.
SHUTDOWN_S = 4


def serve() -> None:
    """Chạy riêng ứng dụng (không có Rasa), ví dụ khi Rasa ở máy khác."""
    # Imported here, so that the other commands do not wait for the whole application to load. Nothing of it dies while
    # it loads: collecting garbage then costs a tenth of the start.
    gc.disable()
    import uvicorn

    from bot import logs
    from bot.main import create_app

    settings = load_settings()
    logs.configure(settings)
    app = create_app(settings)
    gc.enable()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )


def register(app: typer.Typer) -> None:
    """Mount ``bot serve``."""
    app.command()(serve)
