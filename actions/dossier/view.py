"""Tells a dossier in plain words: status, dates, days late, what to do next; never a name."""

from typing import Any

from actions.base import Voice
from actions.services import Dossiers, Texts
from actions.turn import Turn
from bot.dossiers.service import DossierUnavailable

# Statuses whose text tells the citizen to wait for the day of the appointment.
WAITING = ("received", "processing")


async def show_dossier(code: str, dossiers: Dossiers, texts: Texts, turn: Turn, voice: Voice) -> None:
    """Look the dossier up and say what is known, that there is none, or that the registry does not answer."""
    try:
        dossier = await dossiers.find(code)
    except DossierUnavailable:
        voice.say("utter_dossier_unavailable", code=code)
        return
    if dossier is None:
        voice.say("utter_dossier_not_found", code=code)
        return
    voice.say("utter_dossier_shown", summary="\n".join(_lines(dossier, texts, turn)))


def _lines(dossier: Any, texts: Texts, turn: Turn) -> list[str]:
    title = turn.slots.get("citizen_title")

    def line(key: str, **values: object) -> str:
        return texts.get(f"utter_dossier_{key}", citizen_title=title, **values)

    lines = [line("line_sample")] if dossier.is_sample else []
    lines.append(line("line_name", code=dossier.code, procedure_name=dossier.procedure_name))
    is_overdue = dossier.days_late and dossier.status_key in WAITING
    lines.append(line("status_overdue" if is_overdue else f"status_{dossier.status_key}"))
    if dossier.missing_documents:
        lines.append(line("line_documents", documents="; ".join(dossier.missing_documents)))
    if dossier.fee_due:
        lines.append(line("line_fee", amount=f"{dossier.fee_due:,}".replace(",", ".")))
    if dossier.received_on:
        lines.append(line("line_received", date=dossier.received_on))
    if dossier.appointment_on:
        lines.append(line("line_appointment", date=dossier.appointment_on))
    if dossier.returned_on:
        lines.append(line("line_returned", date=dossier.returned_on))
    if dossier.days_late:
        key = "line_returned_late" if dossier.returned_on else "line_late"
        lines.append(line(key, days=dossier.days_late))
    if dossier.agency:
        lines.append(line("line_place", agency=dossier.agency))
    return lines
