"""What of the knowledge is switched off: a record, one aspect of it, a field (folder), a source, or everything."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from knowledge.types import ASPECTS, Aspect, CityRule, ProcedureRecord

EVERYTHING = "procedure"
_ASPECT = "|".join(ASPECTS)
# Topics as the switches keep them: procedure:1.001193, procedure:1.001193:fee, procedure:ho_tich, source:plo.vn
TOPIC = re.compile(
    rf"procedure:(?:\d+\.\d+(?::(?:{_ASPECT}))?|[a-z][a-z_]*[a-z])|source:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]+"
)


@dataclass(frozen=True, slots=True)
class Off:
    """The topics that are off; those of other skills do not matter here."""

    topics: frozenset[str] = frozenset()

    @property
    def everything(self) -> bool:
        """True if no procedure may be answered."""
        return EVERYTHING in self.topics

    def hides(self, record: ProcedureRecord, aspect: Aspect) -> bool:
        """Say whether people must answer this."""
        names = (record.code, record.field, f"{record.code}:{aspect}")
        return any(f"procedure:{name}" in self.topics for name in names) or self._has_source(record.source.url)

    def aspects(self, record: ProcedureRecord) -> frozenset[Aspect]:
        """Give the aspects of a record that are off by themselves."""
        return frozenset(aspect for aspect in ASPECTS if f"procedure:{record.code}:{aspect}" in self.topics)

    def rules(self, rules: Mapping[str, CityRule]) -> dict[str, CityRule]:
        """Leave out the city rules whose source is off."""
        return {key: rule for key, rule in rules.items() if not self._has_source(rule.source.url)}

    def _has_source(self, url: str) -> bool:
        host = urlsplit(url).hostname or ""
        return any(f"source:{name}" in self.topics for name in (host, host.removeprefix("www.")))
