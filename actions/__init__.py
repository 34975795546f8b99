"""Rasa's custom actions. They read slots, ask services, choose responses and return commands; they write nothing."""

from collections.abc import Mapping

from actions.account.delete_data import AccountDeleteData
from actions.account.set_title import AccountSetTitle
from actions.account.withdraw_consent import AccountWithdrawConsent
from actions.base import CitizenAction
from actions.complaint.form import ValidateComplaintForm
from actions.complaint.readback import ComplaintReadback
from actions.complaint.start import ComplaintStart
from actions.complaint.status import ComplaintStatus
from actions.complaint.submit import ComplaintSubmit
from actions.control.back import ControlBack
from actions.control.choose import ControlChoose
from actions.control.edit import ControlEdit
from actions.control.fallback import ControlFallback
from actions.control.location import ControlLocation
from actions.control.offer_second import ControlOfferSecond
from actions.control.out_of_scope import ControlOutOfScope
from actions.control.photo import ControlPhoto
from actions.control.repeat import ControlRepeat
from actions.control.restart import ControlRestart
from actions.control.skip import ControlSkip
from actions.control.stop import ControlStop
from actions.dossier.check import DossierCheck
from actions.dossier.form import ValidateDossierForm
from actions.dossier.show import DossierShow
from actions.emergency.answer import EmergencyAnswer
from actions.human.ask import HumanAsk
from actions.human.leave import HumanLeave
from actions.procedure.answer import ProcedureAnswer
from actions.services import Citizens, Complaints, Dossiers, Handoffs, Knowledge, Switches, Texts

__all__ = ["build_actions"]


def build_actions(
    *,
    knowledge: Knowledge,
    dossiers: Dossiers,
    complaints: Complaints,
    handoff: Handoffs,
    citizens: Citizens,
    switches: Switches,
    texts: Texts,
    labels: Mapping[str, str],
) -> list[CitizenAction]:
    """Build every action with its services, for ``ActionExecutor.register_action``."""
    return [
        ProcedureAnswer(knowledge, switches),
        DossierCheck(dossiers, switches, texts),
        DossierShow(dossiers, texts),
        ValidateDossierForm(dossiers),
        ComplaintStart(switches),
        ValidateComplaintForm(texts),
        ComplaintReadback(texts),
        ComplaintSubmit(complaints),
        ComplaintStatus(complaints, texts),
        HumanAsk(handoff),
        HumanLeave(handoff),
        AccountDeleteData(),
        AccountWithdrawConsent(citizens),
        AccountSetTitle(),
        EmergencyAnswer(),
        ControlBack(),
        ControlChoose(dossiers),
        ControlEdit(),
        ControlFallback(knowledge, dossiers, switches, labels),
        ControlLocation(),
        ControlOfferSecond(labels),
        ControlOutOfScope(knowledge, switches),
        ControlPhoto(),
        ControlRepeat(),
        ControlRestart(),
        ControlSkip(),
        ControlStop(),
    ]
