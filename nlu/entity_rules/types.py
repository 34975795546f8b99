"""What a rule finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entity:
    """A part of a text that names something.

    Attributes:
        name: As in nlu/entities.yml.
        start: Offset of its first character.
        end: Offset after its last character; ``text[start:end]`` neither begins nor ends with white space.
        value: What the application uses: the NFC text as written, the upper-case form of a code, or the canonical
            value of a list (option_number, complaint_field, citizen_title).
    """

    name: str
    start: int
    end: int
    value: str
