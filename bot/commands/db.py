"""``bot db upgrade``: bring the database to the newest tables."""

import asyncio

import typer

from bot.errors import ConfigError
from bot.settings import Settings, load_settings

commands = typer.Typer(help="Cơ sở dữ liệu.", no_args_is_help=True)


async def _upgrade(settings: Settings) -> None:
    # Imported here: other commands need not wait for alembic and SQLAlchemy to load.
    from bot.db.engine import Database
    from bot.db.migrate import upgrade as migrate

    db = None
    try:
        if settings.db_url.startswith("sqlite"):
            settings.var_dir.mkdir(parents=True, exist_ok=True)
        db = Database(settings.db_url)
        await migrate(db)
    except Exception as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise ConfigError(f"không mở hoặc nâng cấp được cơ sở dữ liệu (BOT_DATABASE_URL): {first}") from error
    finally:
        if db is not None:
            await db.close()


@commands.command()
def upgrade() -> None:
    """Nâng cấp các bảng lên phiên bản mới nhất; không làm gì nếu đã mới nhất."""
    asyncio.run(_upgrade(load_settings()))
    typer.echo("Cơ sở dữ liệu đã ở phiên bản mới nhất.")


@commands.callback()
def _group() -> None:
    """Cơ sở dữ liệu."""


def register(app: typer.Typer) -> None:
    """Mount ``bot db``."""
    app.add_typer(commands, name="db")
