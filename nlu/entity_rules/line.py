"""A message cut into tokens, with what the rules ask about each."""

import re
from dataclasses import dataclass
from typing import Final

from nlu.entity_rules.spelling import Syllable, read_syllable
from nlu.vietnamese.masking import PLACEHOLDER

# A number keeps its parts together ("45/12A", "1.200.000", "12-5"); "P.12, Q.3" stays four tokens.
_TOKEN: Final = re.compile(
    rf"(?P<mask>{PLACEHOLDER.pattern})"
    r"|(?P<link>https?://\S+)"
    r"|(?P<word>[^\W\d_]+(?![^\W_]))"
    r"|(?P<number>[^\W_]+(?:(?:[.,](?=\d)|[/:\-](?=[^\W_]{0,2}\d))[^\W_]+)*)"
)
_SPACES: Final = frozenset({" ", "\u00a0", "  ", "   "})
ACCENTED_FROM: Final = 0.25
FULLY_ACCENTED_FROM: Final = 0.4
MIN_TITLE_WORDS: Final = 6
TITLE_FROM: Final = 0.8


@dataclass(frozen=True, slots=True)
class Token:
    """One syllable, number or placeholder.

    Attributes:
        start: Offset of its first character.
        end: Offset after its last.
        text: As written.
        kind: "word", "number" (it has a digit: "12", "45/12A", "q3", "50k"), "mask" or "link".
        syllable: Its spelling taken apart.
        gap: What stands between it and the token before.
        is_joined: Only spaces stand there.
        is_cap: It begins with a capital letter.
    """

    start: int
    end: int
    text: str
    kind: str
    syllable: Syllable
    gap: str
    is_joined: bool
    is_cap: bool

    @property
    def bare(self) -> str:
        """Its lower-case form without diacritics."""
        return self.syllable.bare

    @property
    def is_number(self) -> bool:
        """Tell whether it has a digit."""
        return self.kind == "number"


class Line:
    """A message (NFC) and its tokens.

    Attributes:
        text: The message.
        tokens: Its tokens, in order.
        is_accented: It is written with diacritics, at least here and there.
        is_fully_accented: They stand where they should.
        is_plain: No syllable has any diacritic.
        caps_tell: Capital letters mark names here: it is neither SHOUTED nor Written Like A Title.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = tuple(_tokens(text))
        words = [token for token in self.tokens if token.kind == "word"]
        n_marked = sum(token.syllable.is_marked for token in words)
        self.is_plain = n_marked == 0
        self.is_fully_accented = bool(words) and n_marked / len(words) >= FULLY_ACCENTED_FROM
        self.is_accented = bool(words) and n_marked / len(words) >= ACCENTED_FROM
        n_caps = sum(token.is_cap for token in words)
        n_shouted = sum(token.text.isupper() and len(token.text) > 1 for token in words)
        is_title = len(words) >= MIN_TITLE_WORDS and n_caps / len(words) >= TITLE_FROM
        self.caps_tell = not is_title and (n_shouted < 3 or n_shouted / len(words) < 0.6)

    def __len__(self) -> int:
        return len(self.tokens)

    def bare(self, index: int) -> str:
        """Give the bare form of a token, "" where there is none."""
        return self.tokens[index].bare if 0 <= index < len(self.tokens) else ""

    def is_joined(self, index: int) -> bool:
        """Tell whether there is such a token and only spaces stand before it."""
        return 0 < index < len(self.tokens) and self.tokens[index].is_joined

    def before(self, index: int) -> str:
        """Give the bare form of the token before, "" if something other than spaces stands between."""
        return self.bare(index - 1) if self.is_joined(index) else ""

    def after(self, end: int) -> str:
        """Give the bare form of the token that follows at ``end``, "" if punctuation stands between."""
        return self.bare(end) if self.is_joined(end) else ""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Give the offsets of the tokens ``start`` up to, not including, ``end``."""
        return self.tokens[start].start, self.tokens[end - 1].end

    def is_name_cap(self, index: int) -> bool:
        """Tell whether a capital letter marks the token as part of a name."""
        return self.caps_tell and self.tokens[index].is_cap


def _tokens(text: str) -> list[Token]:
    found: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(text):
        written, kind = match.group(), match.lastgroup or "word"
        if kind == "number" and not any(char.isdigit() for char in written):
            kind = "word"
        gap = text[end : match.start()]
        is_joined = bool(found) and gap in _SPACES
        syllable = read_syllable(written) if len(written) <= 24 else Syllable(written.lower(), written.lower(), "")
        found.append(Token(match.start(), match.end(), written, kind, syllable, gap, is_joined, written[0].isupper()))
        end = match.end()
    return found
