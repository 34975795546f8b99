"""Takes an answer to each question of the complaint form."""

import re
from collections.abc import Callable

from actions.base import Voice
from actions.complaint import reading
from actions.turn import Event, Turn, slot_set

DESCRIPTION, PLACE, PHOTO = "complaint_description", "complaint_place", "complaint_photo"
CHOICE, CONTACT, CONFIRM, EDIT = "complaint_contact_choice", "complaint_contact", "complaint_confirm", "complaint_edit"
PHOTOS, LOCATION, HISTORY = "complaint_photos", "complaint_location", "complaint_history"
MAX_PHOTOS = 5
QUESTIONS = (DESCRIPTION, PLACE, PHOTO, CHOICE, CONTACT, CONFIRM)
ALL = (*QUESTIONS, EDIT, PHOTOS, LOCATION, HISTORY)
# What is asked again together with a question.
WITH = {PLACE: (PLACE, LOCATION), PHOTO: (PHOTO, PHOTOS), CHOICE: (CHOICE, CONTACT)}
FIELDS = {
    DESCRIPTION: "description|noi dung|mo ta|viec|chuyen|van de",
    PLACE: "place|dia chi|noi|noi xay ra|cho|vi tri|so nha|ten duong|duong|hem|phuong",
    PHOTO: "photo|hinh|anh|hinh anh",
    CHOICE: "contact|lien he|so dien thoai|sdt|dien thoai|email|an danh",
}
CHOICE_WORDS = {
    "anonymous": r"an danh|dau ten|khong de lai|hong de lai|khong can bao",
    "contact": r"de lai|cho so|so dien thoai|dong y",
}
# What may stand before and after "gửi": "đừng gửi" must never send.
_YES = "da|ok|oke|u|vang|dung|dung roi|dong y|chiu"
_END = "di|luon|lien|ngay|em|nha|nhe|nghen|giup|gium|dum|toi|tui|a|cho|roi"
CONFIRM_WORDS = {
    "cancel": "huy|bo di|(?:khong|hong|ko|dung|khoan|thoi) gui",
    "edit": "sua|sai",
    "send": rf"^(?:(?:{_YES}) )*gui(?: (?:{_END}))*$|^(?:{_YES})$|^xac nhan$",
}
PHOTO_WORDS = {"skip": r"khong co|hong co|ko co|k co|khong|hong|khoi|bo qua|chua chup|khong chup|chua co"}


def _description(turn: Turn, voice: Voice) -> list[Event]:
    text = reading.read_description(turn)
    if text is None:
        return _cannot_skip(turn, voice)
    if not text:
        voice.say("utter_complaint_description_short")
        return clear(DESCRIPTION)
    place = turn.slots.get(PLACE) or reading.place_in(turn)
    events = [slot_set(DESCRIPTION, text), slot_set(PLACE, place or None)]
    return [*events, *note(turn, DESCRIPTION, *([PLACE] if place else []))]


def _place(turn: Turn, voice: Voice) -> list[Event]:
    place = reading.read_place(turn)
    if place is None:
        return []
    if not place:
        voice.say("utter_complaint_place_needed")
        return clear(PLACE)
    return [slot_set(PLACE, place), *note(turn, PLACE)]


def _photo(turn: Turn, voice: Voice) -> list[Event]:
    if turn.is_intent("control_skip", "control_deny") or reading.read_choice(turn, ("skip",), PHOTO_WORDS):
        return [slot_set(PHOTO, "skipped"), *note(turn, PHOTO)]
    return clear(PHOTO) if turn.is_intent("control_affirm", "complaint_file") else []


def _choice(turn: Turn, voice: Voice) -> list[Event]:
    contact = reading.read_contact(turn)
    if not contact and reading.is_question(turn):
        return []
    choice = "contact" if contact else reading.read_choice(turn, ("contact", "anonymous"), CHOICE_WORDS)
    if not choice and turn.is_intent("control_affirm"):
        choice = "contact"
    if not choice and turn.is_intent("control_deny", "control_skip"):
        choice = "anonymous"
    if choice == "anonymous":
        return _anonymous(turn)
    if not choice:
        return clear(CHOICE) if turn.is_intent("complaint_file") else []
    # Said under a question that names the purpose: this is the consent (Luật 91/2025/QH15, Điều 9).
    voice.command("give_consent", purpose="complaint_contact")
    if contact:
        keep(contact, voice)
    filled = (CHOICE, CONTACT) if contact else (CHOICE,)
    return [slot_set(CHOICE, choice), slot_set(CONTACT, contact or None), *note(turn, *filled)]


def _contact(turn: Turn, voice: Voice) -> list[Event]:
    if contact := reading.read_contact(turn):
        keep(contact, voice)
        return [slot_set(CONTACT, contact), *note(turn, CONTACT)]
    words = {"anonymous": CHOICE_WORDS["anonymous"]}
    if turn.is_intent("control_skip", "control_deny") or reading.read_choice(turn, ("anonymous",), words):
        return _anonymous(turn)
    is_number = turn.is_intent("control_choose", "control_affirm")
    if not turn.text or reading.is_digression(turn) or (reading.is_control(turn) and not is_number):
        return []
    voice.say("utter_complaint_contact_unclear")
    return clear(CONTACT)


def _confirm(turn: Turn, voice: Voice) -> list[Event]:
    if reading.read_contact(turn):
        # A number is kept only once its purpose has been named.
        return [*clear(CHOICE), slot_set("requested_slot", CHOICE)]
    choice = reading.read_choice(turn, ("send", "edit", "cancel"), CONFIRM_WORDS)
    is_yes = turn.is_intent("control_affirm") and turn.confidence >= reading.DIGRESSION_AT
    if choice == "send" or (not choice and is_yes):
        return [slot_set(CONFIRM, "send")]
    if choice == "cancel":
        voice.say("utter_complaint_stopped")
        return [slot_set(CONFIRM, None), slot_set("requested_slot", None)]
    if choice == "edit" or turn.is_intent("control_deny"):
        return ask(EDIT)
    return _cannot_skip(turn, voice)


def keep(contact: str, voice: Voice) -> None:
    """Have this one number or address kept, and no other that the citizen may write."""
    voice.command("keep_contact", placeholder=contact, purpose="complaint_contact")


def attach_photos(turn: Turn, voice: Voice) -> list[Event]:
    """Keep the photos of a message, an album too; where the description is awaited, their caption is it."""
    photos = list(turn.slots.get(PHOTOS) or [])
    new = [media_id for media_id in turn.entity("media_id").split(",") if media_id not in photos]
    if new and len(photos) + len(new) > MAX_PHOTOS:
        voice.say("utter_complaint_many_photos", n=MAX_PHOTOS)
    elif new:
        voice.say("utter_complaint_photo_kept", n=len(photos) + len(new))
    events = [slot_set(PHOTOS, [*photos, *new][:MAX_PHOTOS]), slot_set(PHOTO, "done")]
    caption = turn.entity("caption")
    if turn.requested == DESCRIPTION and reading.has_content(caption):
        return [slot_set(DESCRIPTION, caption), *events, *note(turn, DESCRIPTION, PHOTO)]
    return [*events, *note(turn, PHOTO)]


def _anonymous(turn: Turn) -> list[Event]:
    return [slot_set(CHOICE, "anonymous"), slot_set(CONTACT, "none"), *note(turn, CHOICE)]


def _cannot_skip(turn: Turn, voice: Voice) -> list[Event]:
    if not turn.is_intent("control_skip"):
        return []
    voice.say("utter_complaint_cannot_skip")
    return clear(turn.requested)


def clear(name: str) -> list[Event]:
    """Empty a question, and what is asked together with it."""
    return [slot_set(each, None) for each in WITH.get(name, (name,))]


def ask(name: str) -> list[Event]:
    """Make it the next question."""
    return [slot_set(name, None), slot_set("requested_slot", name)]


def note(turn: Turn, *names: str) -> list[Event]:
    """Add filled questions to the list by which "quay lại" goes."""
    before = [name for name in turn.slots.get(HISTORY) or [] if name not in names]
    return [slot_set(HISTORY, [*before, *names])]


READERS: dict[str, Callable[[Turn, Voice], list[Event]]] = {
    DESCRIPTION: _description,
    PLACE: _place,
    PHOTO: _photo,
    CHOICE: _choice,
    CONTACT: _contact,
    CONFIRM: _confirm,
}


def names_choice(turn: Turn) -> bool:
    """Tell whether the text is one of the question's choices and nothing else, whatever the classifier makes of it."""
    words = {PHOTO: PHOTO_WORDS, CHOICE: CHOICE_WORDS, CONTACT: CHOICE_WORDS, CONFIRM: CONFIRM_WORDS}
    patterns = words.get(turn.requested, {}).values()
    return any(re.fullmatch(rf"(?:gui |da )?(?:{pattern})", turn.folded) for pattern in patterns)


def fill(turn: Turn, voice: Voice) -> list[Event]:
    """Take the answer to the question that was asked; an empty list if the message is none."""
    if turn.requested not in (DESCRIPTION, PLACE) and reading.is_only_place(turn):
        voice.say("utter_complaint_place_changed", place=turn.text)
        return [slot_set(PLACE, turn.text), slot_set(LOCATION, None)]
    reader = READERS.get(turn.requested)
    return reader(turn, voice) if reader else []
