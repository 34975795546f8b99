"""Computes every figure of the report from test cases and what a pipeline made of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nlu.evaluation.cases import KINDS, Case
from nlu.evaluation.metrics import Figure, bootstrapped, calibration, f1, macro_f1, share

OUT_OF_SCOPE = "out_of_scope"
FALLBACK = "nlu_fallback"
SURE_ENTITIES = ("dossier_code", "complaint_code", "phone", "cccd")


@dataclass(frozen=True)
class Understood:
    """What a pipeline made of one sentence; ``intent`` is the best before the fallback took its place."""

    intent: str
    confidence: float
    accepted: bool
    spans: frozenset[tuple[int, int, str]]
    ms: float

    @classmethod
    def read(cls, parsed: Mapping[str, Any]) -> "Understood":
        """Read Rasa's parse (with ``ms``)."""
        ranking = [entry for entry in parsed.get("intent_ranking") or [] if entry["name"] != FALLBACK]
        best = ranking[0] if ranking else parsed["intent"]
        spans = frozenset((e["start"], e["end"], e["entity"]) for e in parsed.get("entities") or [])
        accepted = parsed["intent"].get("name") not in (None, FALLBACK)
        return cls(best.get("name") or "", float(best.get("confidence") or 0.0), accepted, spans, parsed["ms"])


@dataclass
class Report:
    """All figures of one pipeline on one half."""

    macro_f1: Figure
    accuracy: Figure
    skill: Figure
    twin_before: Figure
    twin_after: Figure
    kinds: dict[str, Figure]
    refused_outside: Figure
    refused_inside: Figure
    emergency_recall: Figure
    emergency_precision: Figure
    near_quiet: Figure
    calibration_error: float
    bins: NDArray[np.float64]
    entities: dict[str, tuple[float, float, float, int]] = field(default_factory=dict)
    parse_p50_ms: float = 0.0
    confusions: list[tuple[str, str, int]] = field(default_factory=list)


def report(
    cases: Sequence[Case],
    found: Sequence[Understood],
    twins: Sequence[Understood],
    skills: Mapping[str, str],
) -> Report:
    """Compute all figures.

    Args:
        cases: The test sentences.
        found: What was understood of each.
        twins: What was understood of each sentence of kind "plain" with all diacritics removed, in order.
        skills: Intent → skill.
    """
    expected = [case.intent for case in cases]
    named = [result.intent for result in found]
    hits = [e == f for e, f in zip(expected, named, strict=True)]
    plain = [hit for hit, case in zip(hits, cases, strict=True) if case.kind == "plain"]
    plain_intents = [case.intent for case in cases if case.kind == "plain"]
    recall, precision, near_quiet = emergencies(cases, found)
    error, bins = calibration([result.confidence for result in found], hits)
    return Report(
        macro_f1=bootstrapped(expected, named, macro_f1),
        accuracy=share(hits),
        skill=share([skills.get(e) == skills.get(f) for e, f in zip(expected, named, strict=True)]),
        twin_before=share(plain),
        twin_after=share([e == twin.intent for e, twin in zip(plain_intents, twins, strict=True)]),
        kinds={kind: share([h for h, case in zip(hits, cases, strict=True) if case.kind == kind]) for kind in KINDS},
        refused_outside=share([refused(r) for r, case in zip(found, cases, strict=True) if _is_outside(case)]),
        refused_inside=share([refused(r) for r, case in zip(found, cases, strict=True) if not _is_outside(case)]),
        emergency_recall=recall,
        emergency_precision=precision,
        near_quiet=near_quiet,
        calibration_error=error,
        bins=bins,
        entities=entities(cases, found),
        parse_p50_ms=float(np.median([result.ms for result in found])),
        confusions=[
            (*pair, n)
            for pair, n in Counter(
                (e, f) for e, f, hit in zip(expected, named, hits, strict=True) if not hit
            ).most_common()
        ],
    )


def refused(result: Understood) -> bool:
    """Tell whether nothing was done: called out of scope, or not sure enough."""
    return not result.accepted or result.intent == OUT_OF_SCOPE


def _is_outside(case: Case) -> bool:
    return case.intent == OUT_OF_SCOPE


def emergencies(cases: Sequence[Case], found: Sequence[Understood]) -> tuple[Figure, Figure, Figure]:
    """Judge "this is an emergency", whatever kind; a number is given when it is accepted.

    Returns:
        Recall, precision, and the share of near-emergencies that raise no alarm.
    """
    is_meant = [case.intent.startswith("emergency_") for case in cases]
    is_found = [result.accepted and result.intent.startswith("emergency_") for result in found]
    recall = share([f for m, f in zip(is_meant, is_found, strict=True) if m])
    precision = share([m for m, f in zip(is_meant, is_found, strict=True) if f])
    near_quiet = share([not f for case, f in zip(cases, is_found, strict=True) if case.is_near])
    return recall, precision, near_quiet


def entities(cases: Sequence[Case], found: Sequence[Understood]) -> dict[str, tuple[float, float, float, int]]:
    """Give F1, precision and recall of exact spans and how many are marked, per entity and for "all"."""
    marked = [{(span.start, span.end, span.entity) for span in case.spans} for case in cases]
    names = sorted({span[2] for spans in marked for span in spans})
    result = {}
    for name in ["all", *names]:
        n_hits = n_marked = n_found = 0
        for wanted, understood in zip(marked, found, strict=True):
            own = {span for span in wanted if name in ("all", span[2])}
            got = {span for span in understood.spans if name in ("all", span[2])}
            n_hits, n_marked, n_found = n_hits + len(own & got), n_marked + len(own), n_found + len(got)
        result[name] = (f1(n_hits, n_marked, n_found), n_hits / max(n_found, 1), n_hits / max(n_marked, 1), n_marked)
    return result
