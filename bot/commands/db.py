"""``bot db upgrade``: bring the database to the newest tables."""

import typer

from bot.errors import ConfigError
from bot.settings import ROOT, Settings, load_settings

commands = typer.Typer(help="Cơ sở dữ liệu.", no_args_is_help=True)


def upgrade_database(settings: Settings) -> None:
    """Run the migrations that are missing; does nothing when there are none.

    Raises:
        ConfigError: If the database cannot be opened or changed.
    """
    # Imported here: alembic takes a third of a second that other commands need not wait for.
    from alembic import command
    from alembic.config import Config

    if settings.db_url.startswith("sqlite"):
        settings.var_dir.mkdir(parents=True, exist_ok=True)
    config = Config()
    config.set_main_option("script_location", str(ROOT / "bot" / "db" / "migrations"))
    config.set_main_option("sqlalchemy.url", settings.db_url.replace("%", "%%"))
    try:
        command.upgrade(config, "head")
    except Exception as error:
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise ConfigError(f"không mở hoặc nâng cấp được cơ sở dữ liệu (BOT_DATABASE_URL): {first}") from error


@commands.command()
def upgrade() -> None:
    """Nâng cấp các bảng lên phiên bản mới nhất; không làm gì nếu đã mới nhất."""
    upgrade_database(load_settings())
    typer.echo("Cơ sở dữ liệu đã ở phiên bản mới nhất.")


def register(app: typer.Typer) -> None:
    """Mount ``bot db``."""
    app.add_typer(commands, name="db")
