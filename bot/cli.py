"""The ``bot`` command: mounts every ``bot/commands/<name>.py`` and turns our errors into one line each.

A command that fails says one Vietnamese line on stderr: exit code 2 for bad settings or input, 1 for the rest.
``--debug`` shows the traceback as well.
"""

import errno
import importlib
import pkgutil
import sys
from typing import Annotated

import typer

from bot import commands
from bot.errors import BotError, ConfigError, InputError


def build_app(names: list[str] | None = None) -> typer.Typer:
    """Mount the commands.

    Args:
        names: Modules of ``bot.commands`` to mount; None mounts all of them.
    """
    app = typer.Typer(
        help="Trợ lý Công dân số Thành phố Hồ Chí Minh.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
    )

    @app.callback()
    def options(
        debug: Annotated[bool, typer.Option("--debug", help="Hiện đầy đủ vết lỗi khi có lỗi.")] = False,
    ) -> None:
        """Trợ lý Công dân số Thành phố Hồ Chí Minh."""

    for name in names or _all_commands():
        importlib.import_module(f"{commands.__name__}.{name}").register(app)
    return app


def main() -> None:
    """Run the command line; the console script ``bot``."""
    arguments = sys.argv[1:]
    # Mounting only the command that was asked for keeps `bot up` and `bot ask` from importing all the others.
    asked = next((a for a in arguments if not a.startswith("-")), "")
    app = build_app([asked] if asked in _all_commands() else None)
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if "--debug" in arguments:
            raise
        line, code = describe(error)
        sys.stderr.write(line + "\n")
        sys.exit(code)


def describe(error: Exception) -> tuple[str, int]:
    """Give the one line that the user sees and the exit code."""
    message = " ".join(str(error).split())
    if isinstance(error, ConfigError | InputError):
        return f"Lỗi: {message}", 2
    if isinstance(error, BotError):
        return f"Lỗi: {message}", 1
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "Lỗi: đĩa đầy. Hãy giải phóng chỗ trống rồi chạy lại.", 2
    if isinstance(error, PermissionError):
        return f"Lỗi: không có quyền truy cập {error.filename}. Hãy kiểm tra quyền của tệp này.", 2
    return f"Lỗi ngoài dự kiến ({type(error).__name__}): {message}. Thêm --debug ngay sau 'bot' để xem chi tiết.", 1


def _all_commands() -> list[str]:
    names = (module.name for module in pkgutil.iter_modules(commands.__path__))
    return sorted(name for name in names if not name.startswith("_"))


if __name__ == "__main__":
    main()
