"""What the actions need from the application, as protocols: any object with these methods will do."""

from datetime import date
from typing import Any, Protocol


class Texts(Protocol):
    """The responses of ``nlu/domain``."""

    def get(self, key: str, **slots: object) -> str: ...


class Knowledge(Protocol):
    """Procedures."""

    def answer(
        self,
        text: str,
        current_code: str | None,
        off: frozenset[str],
        *,
        today: date,
        title: str,
        code: str | None,
        aspect: Any,
        sure_from: float,
    ) -> Any: ...


class Dossiers(Protocol):
    """Dossiers by code."""

    def normalise(self, text: str) -> str | None: ...

    async def find(self, code: str) -> Any: ...


class Complaints(Protocol):
    """Complaints of citizens."""

    def guess_category(self, text: str) -> str | None: ...

    def normalise(self, text: str) -> str | None: ...

    async def find(self, code: str, conversation_id: str) -> Any: ...

    async def latest(self, conversation_id: str) -> Any: ...


class Handoffs(Protocol):
    """The queue for a person."""

    async def status(self, conversation_id: str) -> Any: ...


class Citizens(Protocol):
    """Consent."""

    async def has_consent(self, conversation_id: str, purpose: str) -> bool: ...


class Switches(Protocol):
    """What is switched off."""

    async def off_topics(self) -> frozenset[str]: ...
