"""Seals personal values, so that a copy of the database says nothing about anybody."""

import base64
import hashlib
import hmac
import re

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import ConfigError

TAG_LENGTH = 6


class Vault:
    """Encrypts and tags with keys made from the application's secret.

    Args:
        secret: ``Settings.secret()``, at least 32 characters. Whoever loses it loses what is sealed.
    """

    def __init__(self, secret: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(_derive(secret, b"bot/seal")))
        self._tag_key = _derive(secret, b"bot/tag")

    def seal(self, value: str) -> str:
        """Encrypt ``value``; sealing it again gives another ciphertext."""
        return self._fernet.encrypt(value.encode()).decode()

    def open(self, ciphertext: str) -> str:
        """Return what was sealed.

        Raises:
            ConfigError: If it was sealed with another secret, or is damaged.
        """
        try:
            return self._fernet.decrypt(ciphertext.encode()).decode()
        except InvalidToken:
            raise ConfigError("Không mở được dữ liệu đã mã hóa: BOT_SECRET_KEY có bị đổi không?") from None

    def tag(self, kind: str, value: str) -> str:
        """Return 6 lower-case base32 characters that stand for ``value``, the same however it is written.

        They cannot be turned back without the secret.
        """
        digest = hmac.new(self._tag_key, f"{kind}:{_canonical(kind, value)}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest).decode().lower()[:TAG_LENGTH]


def _canonical(kind: str, value: str) -> str:
    if kind == "email":
        return value.strip().lower()
    digits = re.sub(r"\D", "", value)
    return "0" + digits[2:] if kind == "phone" and digits.startswith("84") else digits or value


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
