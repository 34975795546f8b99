"""All settings, from ``BOT_…`` environment variables and ``.env``. The only reader of the environment."""

import secrets
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """One value per setting; ``.env.example`` explains each to an administrator (a test compares the two)."""

    model_config = SettingsConfigDict(env_prefix="BOT_", env_file=ROOT / ".env", env_ignore_empty=True, extra="ignore")

    environment: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    public_url: str = ""
    var_dir: Path = ROOT / "var"
    data_dir: Path = ROOT / "data"
    database_url: str = ""
    redis_url: str = ""
    secret_key: SecretStr = SecretStr("")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_json: bool = False

    rasa_url: str = ""
    rasa_port: int = Field(default=5005, ge=1, le=65535)
    rasa_timeout_s: float = Field(default=20.0, gt=0)

    telegram_bot_token: SecretStr = Field(
        default=SecretStr(""), validation_alias=AliasChoices("TELEGRAM_BOT_TOKEN", "BOT_TELEGRAM_BOT_TOKEN")
    )
    telegram_api_url: str = "https://api.telegram.org"
    dossier_api_url: str = ""
    dossier_api_key: SecretStr = SecretStr("")
    dossier_api_timeout_s: float = Field(default=5.0, gt=0)

    embedder: str = "civic"

    transcript_days: int = Field(default=30, ge=1)
    messages_per_minute: int = Field(default=30, ge=1)
    max_upload_mb: int = Field(default=10, ge=1, le=50)

    @property
    def db_url(self) -> str:
        """Address of the database; SQLite under ``var/`` unless set."""
        return self.database_url or f"sqlite+aiosqlite:///{self.var_dir / 'app.db'}"

    @property
    def rasa_base_url(self) -> str:
        """Address of Rasa's server, on loopback unless set."""
        return self.rasa_url or f"http://127.0.0.1:{self.rasa_port}"

    def secret(self) -> str:
        """Give the key that signs cookies, seals personal data and guards the door to Rasa.

        In development one is made under ``var/`` on first use.

        Raises:
            ConfigError: In production, when none or a placeholder is set.
        """
        value = self.secret_key.get_secret_value()
        if len(value) >= 32 and "change" not in value.lower():
            return value
        if self.environment == "production" or value:
            raise ConfigError("BOT_SECRET_KEY thiếu hoặc quá ngắn (cần từ 32 ký tự). Tạo bằng: openssl rand -hex 32")
        path = self.var_dir / "secret.key"
        if not path.exists():
            self.var_dir.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32))
        return path.read_text().strip()


def load_settings(**overrides: object) -> Settings:
    """Read the settings.

    Raises:
        ConfigError: Naming each wrong setting and what it must be.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = [f"BOT_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise ConfigError("Cấu hình sai (tệp .env hoặc biến môi trường): " + "; ".join(lines)) from error
