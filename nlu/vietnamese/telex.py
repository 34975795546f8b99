"""Reads keystrokes of the two Vietnamese input methods, Telex and VNI, that reached us unconverted."""

from collections.abc import Callable

from nlu.vietnamese.fold import fold
from nlu.vietnamese.spelling import VOWELS, put_tone, shapes, split_tone

_TELEX_TONES = {"z": 0, "s": 1, "f": 2, "r": 3, "x": 4, "j": 5}
_HATS = {"a": "â", "e": "ê", "o": "ô"}
_HORNS = {"u": "ư", "o": "ơ"}
_MAX_KEYS = 14  # "nghieengs" has 9; people repeat a key


class _Keys:
    """The letters and the tone typed so far."""

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.tone = 0
        self.n_conversions = 0
        self.n_far_hats = 0

    def change_last(self, wanted: dict[str, str]) -> bool:
        """Give the mark to the last letter that can take it; False when none can."""
        for place in range(len(self.letters) - 1, -1, -1):
            if self.letters[place] in wanted:
                self.letters[place] = wanted[self.letters[place]]
                self.n_conversions += 1
                return True
        return False

    def has_vowel(self) -> bool:
        return any(letter in VOWELS for letter in self.letters)

    def set_tone(self, tone: int) -> None:
        self.tone = tone
        self.n_conversions += 1

    def horn(self) -> bool:
        """Horns for u and o; both where they stand together, as every syllable with ươ needs."""
        word = "".join(self.letters)
        for pair in ("uo", "uơ", "ưo"):
            if pair in word and not word.startswith("qu"):
                self.letters = list(word.replace(pair, "ươ", 1))
                self.n_conversions += 1
                return True
        return self.change_last(_HORNS)


def from_telex(text: str) -> str | None:
    """Give what Telex would have made of lower-case ``text`` ("hoof" → "hồ", also "đungs"), None if no syllable."""
    return _convert(text, _telex_key)


def from_vni(text: str) -> str | None:
    """Give what VNI would have made of lower-case ``text`` ("d9u7o7ng2" → "đường"), None if no syllable."""
    if text[:1].isdigit():
        return None
    return _convert(text, _vni_key)


def _convert(text: str, press: Callable[[_Keys, str], bool]) -> str | None:
    if not 1 < len(text) <= _MAX_KEYS:
        return None
    letters, tone = split_tone(text)
    keys = _Keys()
    keys.tone = tone
    for key in letters:
        if not press(keys, key):
            return None
    # A hat typed apart from its vowel ("cana") alone is no sign of Telex: "data", "momo".
    if keys.n_conversions == keys.n_far_hats:
        return None
    result = "".join(keys.letters)
    return put_tone(result, keys.tone) if fold(result) in shapes() else None


def _telex_key(keys: _Keys, key: str) -> bool:
    done = False
    if key in _TELEX_TONES and keys.has_vowel():
        keys.set_tone(_TELEX_TONES[key])
        done = True
    elif key == "w":
        done = keys.horn() or keys.change_last({"a": "ă"})
        if not done:
            keys.letters.append("ư")
            keys.n_conversions += 1
            done = True
    elif key in _HATS and key in keys.letters:
        keys.n_far_hats += keys.letters[-1] != key
        done = keys.change_last({key: _HATS[key]})
    elif key == "d" and "d" in keys.letters:
        done = keys.change_last({"d": "đ"})
    if not done:
        keys.letters.append(key)
    return True


def _vni_key(keys: _Keys, key: str) -> bool:
    if not key.isdigit():
        keys.letters.append(key)
        return True
    if key in "12345":
        if not keys.has_vowel() or keys.tone:
            return False
        keys.set_tone(int(key))
        return True
    if key == "6":
        return keys.change_last(_HATS)
    if key == "7":
        return keys.horn()
    if key == "8":
        return keys.change_last({"a": "ă"})
    return key == "9" and keys.change_last({"d": "đ"})
