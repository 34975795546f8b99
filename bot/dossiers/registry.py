"""A city's dossier service over HTTP."""

import asyncio
from types import TracebackType
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from bot.dossiers.repository import EmbeddedRegistry
from bot.dossiers.schemas import DossierRead
from bot.dossiers.types import Dossier, DossierUnavailable

__all__ = ["EmbeddedRegistry", "HttpRegistry"]

# A dossier is about 1 KB of JSON; anything larger is not an answer to our question.
MAX_ANSWER_BYTES = 64 * 1024


class HttpRegistry:
    """A city's dossier service; docs/dossier-api.md is the contract.

    Args:
        base_url: Without the path, "https://…".
        api_key: Sent as ``X-API-Key``.
        timeout_s: Seconds for the whole call.
        client: Only for tests that need another transport.
    """

    def __init__(
        self, base_url: str, api_key: str, timeout_s: float = 5.0, client: httpx.AsyncClient | None = None
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._headers = {"Accept": "application/json", "X-API-Key": api_key}
        self._timeout_s = timeout_s
        self._client = client or httpx.AsyncClient(timeout=timeout_s, follow_redirects=False)

    async def find(self, code: str) -> Dossier | None:
        """Ask the service for one dossier; None if it says 404.

        Raises:
            DossierUnavailable: On time-out, refused connection, another status, or an answer against the contract.
        """
        url = f"{self._base_url}/v1/dossiers/{quote(code, safe='')}"
        try:
            async with asyncio.timeout(self._timeout_s):
                body = await self._get(url)
        except TimeoutError as error:
            raise DossierUnavailable(f"no answer in {self._timeout_s:g} s") from error
        except httpx.HTTPError as error:
            raise DossierUnavailable(f"{type(error).__name__}: {error}") from error
        if body is None:
            return None
        try:
            dossier = DossierRead.model_validate_json(body).to_dossier(is_sample=False)
        except ValidationError as error:
            # The message would carry the answer's values: they may be somebody's data.
            raise DossierUnavailable(f"answer is not the contract's: {error.error_count()} errors") from None
        if dossier.code.upper() != code.upper():
            raise DossierUnavailable("answer is about another dossier")
        return dossier

    async def _get(self, url: str) -> bytes | None:
        async with self._client.stream("GET", url, headers=self._headers) as response:
            if response.status_code == httpx.codes.NOT_FOUND:
                return None
            if response.status_code != httpx.codes.OK:
                raise DossierUnavailable(f"status {response.status_code}")
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_ANSWER_BYTES:
                    raise DossierUnavailable(f"answer over {MAX_ANSWER_BYTES} bytes")
            return body

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def __aenter__(self) -> "HttpRegistry":
        """Use it in ``async with``, which closes it."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.close()
