"""Writes the figures as Markdown."""

from collections.abc import Mapping, Sequence
from typing import Any

from nlu.evaluation.figures import SURE_ENTITIES, Report
from nlu.evaluation.parsing import PER_INTENT
from nlu.evaluation.two_wishes import TwoWishesReport

N_CONFUSIONS = 25


def understanding(
    ours: Report,
    wishes: TwoWishesReport,
    others: Mapping[str, Mapping[str, Any]],
    half: str,
    uses: Sequence[Mapping[str, Any]],
    training: Mapping[str, float],
) -> str:
    """Give the section on understanding."""
    parts = [
        f"## Understanding, {half} half",
        _intro(half),
        _goals(ours, training),
        _pipelines(ours, others, training),
        _kinds(ours),
        _wishes(wishes),
        _entities(ours),
        _confusions(ours),
        _uses(uses),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _intro(half: str) -> str:
    return (
        "`tests/nlu/<skill>.yml`: sentences written one by one by people who had seen neither templates nor model, "
        "committed before any tuning, never in training (a test checks). Intervals are 95 %: Wilson for shares, "
        "bootstrap for F1. "
        + ("This half is for tuning; it flatters." if half == "development" else "This half was not tuned on.")
    )


def _goals(ours: Report, training: Mapping[str, float]) -> str:
    worst = min(ours.kinds.items(), key=lambda pair: pair[1].value)
    drop = (ours.twin_before.value - ours.twin_after.value) * 100
    sure = {name: ours.entities[name][2] for name in SURE_ENTITIES if name in ours.entities}
    rows = [
        ("intent macro-F1, all kinds", "≥ 0.93", str(ours.macro_f1), ours.macro_f1.value >= 0.93),
        ("drop of plain sentences without diacritics", "≤ 2 points", f"{drop:.1f} points", drop <= 2),
        (f"worst kind ({worst[0]}), intents right", "≥ 0.85", str(worst[1]), worst[1].value >= 0.85),
        ("skill accuracy", "≥ 0.97", str(ours.skill), ours.skill.value >= 0.97),
        ("out of scope refused", "≥ 0.95", str(ours.refused_outside), ours.refused_outside.value >= 0.95),
        ("in scope refused", "≤ 0.03", str(ours.refused_inside), ours.refused_inside.value <= 0.03),
        ("emergency recall", "≥ 0.99", str(ours.emergency_recall), ours.emergency_recall.value >= 0.99),
        ("emergency precision", "≥ 0.95", str(ours.emergency_precision), ours.emergency_precision.value >= 0.95),
        ("near-emergencies without alarm", "", str(ours.near_quiet), None),
        ("calibration error", "≤ 0.05", f"{ours.calibration_error:.3f}", ours.calibration_error <= 0.05),
        ("entities, F1 of exact spans", "≥ 0.95", f"{ours.entities['all'][0]:.3f}", ours.entities["all"][0] >= 0.95),
        (f"recall of {', '.join(sure)}", "1.00", f"{min(sure.values()):.3f}", min(sure.values()) == 1),
        ("parse p50", "≤ 20 ms", f"{ours.parse_p50_ms:.1f} ms", ours.parse_p50_ms <= 20),
    ]
    if training:
        seconds = training["s_per_2000"]
        rows.append(("training per 2,000 examples", "≤ 60 s", f"{seconds:.1f} s", seconds <= 60))
    lines = ["| figure | goal | measured | reached |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {a} | {b} | {c} | {_reached(d)} |" for a, b, c, d in rows)])


def _reached(is_reached: bool | None) -> str:
    return {True: "yes", False: "**no**", None: ""}[is_reached]


def _pipelines(ours: Report, others: Mapping[str, Mapping[str, Any]], training: Mapping[str, float]) -> str:
    lines = [
        "### Pipelines beside each other",
        "",
        f"Trained in one go on the same examples, {PER_INTENT} of every intent drawn by a fixed seed: stock DIET would "
        "need ten hours for all of them on two cores. Our encoder is used as it is shipped, trained on all authored "
        "sentences.",
        "",
        "| pipeline | macro-F1 | intents right | parse p50 | training, processor time |",
        "|---|---|---|---|---|",
    ]
    for name, row in sorted(others.items(), key=lambda pair: -pair[1]["macro_f1"]["value"]):
        lines.append(
            f"| {name} | {row['macro_f1']['value']:.3f} | {row['accuracy']['value']:.3f}"
            f" | {row['parse_p50_ms']:.1f} ms | {row['training_cpu_s']:.0f} s |"
        )
    if not others:
        lines.append("| not measured on these examples: `make eval BASELINES=1` | | | | |")
    seconds = f"{training['cpu_seconds']:.0f} s" if training else "not timed"
    lines.append(
        f"| ours, all examples | {ours.macro_f1.value:.3f} | {ours.accuracy.value:.3f}"
        f" | {ours.parse_p50_ms:.1f} ms | {seconds} |"
    )
    if {"ours", "stock_diet"} <= others.keys():
        mine, stock = others["ours"], others["stock_diet"]
        errors = (1 - mine["accuracy"]["value"]) / (1 - stock["accuracy"]["value"])
        faster = stock["training_cpu_s"] / mine["training_cpu_s"]
        lines += [
            "",
            f"Beside stock DIET: {1 - errors:.0%} fewer errors (goal: a third), training {faster:.1f} times faster "
            "(goal: 4 times).",
        ]
    return "\n".join(lines)


def _kinds(ours: Report) -> str:
    lines = [
        "### By kind of writing",
        "",
        "![kinds](images/evaluation-kinds.png)",
        "",
        "| kind | intents right |",
        "|---|---|",
    ]
    return "\n".join([*lines, *(f"| {kind} | {figure} |" for kind, figure in ours.kinds.items())])


def _wishes(wishes: TwoWishesReport) -> str:
    return "\n".join(
        [
            "### Two wishes in one message",
            "",
            "`tests/nlu/two_intents.yml` beside the sentences with one wish, outside of forms.",
            "",
            "| figure | measured |",
            "|---|---|",
            f"| both answered or offered | {wishes.both} |",
            f"| at least the answered one is right | {wishes.first} |",
            f"| one wish, and a second is offered needlessly | {wishes.needless} |",
        ]
    )


def _entities(ours: Report) -> str:
    lines = ["### Entities", "", "| entity | F1 | precision | recall | marked |", "|---|---|---|---|---|"]
    rows = (f"| {name} | {a:.3f} | {b:.3f} | {c:.3f} | {n} |" for name, (a, b, c, n) in ours.entities.items())
    return "\n".join([*lines, *rows])


def _confusions(ours: Report) -> str:
    lines = [
        "### Errors",
        "",
        "![confusion](images/evaluation-confusion.png)",
        "![calibration](images/evaluation-calibration.png)",
        "",
        "| meant | understood as | times |",
        "|---|---|---|",
    ]
    return "\n".join([*lines, *(f"| {a} | {b} | {n} |" for a, b, n in ours.confusions[:N_CONFUSIONS])])


def _uses(uses: Sequence[Mapping[str, Any]]) -> str:
    lines = ["### Uses of the final half", ""]
    if not uses:
        return "\n".join([*lines, "None yet."])
    lines += ["| date | commit | macro-F1 |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {use['date']} | {use['commit']} | {use['macro_f1']} |" for use in uses)])
