"""Speech as a recogniser writes it down: no signs, no capitals, fillers, syllables that sound alike."""

from collections.abc import Mapping
from random import Random

from nlu.noise.pieces import is_kept
from nlu.noise.syllable import Syllable

_HOI, _NGA = "\u0309", "\u0303"
_SWAPPED_TONES = {_HOI: _NGA, _NGA: _HOI}
_FINALS = {
    "an": "ang", "ăn": "ăng", "ân": "âng", "ươn": "ương", "uôn": "uông", "iên": "iêng",
    "at": "ac", "ăt": "ăc", "ât": "âc", "ươt": "ươc", "uôt": "uôc", "iêt": "iêc",
}  # fmt: skip
# What sounds alike in an accent: part of the syllable, then what is said → what is heard. One speaker, one accent.
_ACCENTS: tuple[tuple[tuple[str, Mapping[str, str]], ...], ...] = (
    (  # south
        ("tone", _SWAPPED_TONES),
        ("onset", {"v": "d", "gi": "d"}),
        ("rhyme", _FINALS | {heard: said for said, heard in _FINALS.items()}),
        ("onset", {"s": "x", "x": "s", "tr": "ch"}),
    ),
    (  # north
        ("onset", {"s": "x", "x": "s", "tr": "ch", "ch": "tr"}),
        ("onset", {"r": "d", "gi": "d", "d": "r"}),
        ("onset", {"l": "n", "n": "l"}),
    ),
)
_ACCENT_WEIGHTS = (3, 2)
_SPOKEN = {
    "app": ("áp", "ép"), "camera": ("ca mê ra",), "cccd": ("xê xê xê đê",), "email": ("i meo", "mail"),
    "facebook": ("phây búc", "phây"), "internet": ("in tơ nét",), "online": ("on lai", "on line"),
    "otp": ("ô tê pê", "o t p"), "ubnd": ("u bê nờ dê",), "vneid": ("vi en ai đi", "vê nờ i đê"), "web": ("quép",),
    "wifi": ("goai phai",), "zalo": ("da lô", "gia lô"),
}  # fmt: skip
_OPENERS = ("ờ", "à", "dạ", "ừm", "ờ thì", "alo", "à ừm")
_FILLERS = ("ờ", "à", "ừm", "thì", "thì là", "ờ thì")
_FILLERS_AFTER_ASKING = ("là", "ờ", "ừm", "thì là", "là ờ")
# Speakers pause here, and never inside "căn cước" or before the last small word ("giúp em với").
_PAUSE_BEFORE = frozenset(("bị", "cái", "cần", "cho", "có", "để", "giấy", "hồ", "muốn", "nếu", "ở", "thủ", "xin"))
_PAUSE_AFTER = frozenset(("bác", "chị", "cháu", "con", "cô", "em", "hỏi", "mình", "này", "tôi", "tui"))
_NO_PAUSE_BEFORE = frozenset(("ạ", "đi", "không", "nha", "nhé", "nghe", "nghen", "nữa", "rồi", "tôi", "vậy", "với"))
_WORDS_PER_FILLER, _WORDS_PER_MISTAKE = 6, 6
_OPENER_RATE, _FILLER_RATE, _MISTAKE_RATE, _SPOKEN_RATE = 0.35, 0.5, 0.6, 0.5


def voice(pieces: list[str], rng: Random) -> list[str]:
    """Return one line of lower-case words without signs, with a filler or a misheard syllable at times."""
    words = [piece.lower() if piece.isalpha() else piece for piece in pieces if piece.isalpha() or is_kept(piece)]
    if not words:
        return pieces
    heard = _misheard([_spelled_out(word, rng) for word in words], rng)
    heard = _hesitant(heard, rng)
    if rng.random() < _OPENER_RATE or " ".join(heard) == "".join(pieces):
        heard.insert(0, rng.choice(_OPENERS))
    return [" ".join(heard)]


def _spelled_out(word: str, rng: Random) -> str:
    """Return a foreign word or initials as they sound, half of the time."""
    return rng.choice(_SPOKEN[word]) if word in _SPOKEN and rng.random() < _SPOKEN_RATE else word


def _misheard(words: list[str], rng: Random) -> list[str]:
    """Mishear up to one syllable in five, all in the speaker's accent."""
    accent = rng.choices(_ACCENTS, _ACCENT_WEIGHTS)[0]
    n_mistakes = sum(rng.random() < _MISTAKE_RATE for _ in range(-(-len(words) // _WORDS_PER_MISTAKE)))
    varied = list(words)
    for place in rng.sample(range(len(words)), len(words)):
        if n_mistakes <= 0:
            break
        varied[place] = _sounds_like(words[place], accent, rng)
        n_mistakes -= varied[place] != words[place]
    return varied


def _sounds_like(word: str, accent: tuple[tuple[str, Mapping[str, str]], ...], rng: Random) -> str:
    """Return a syllable that sounds like ``word`` in an accent, ``word`` itself when there is none."""
    syllable = Syllable.read(word)
    if syllable is None:
        return word
    others = [other for part, changes in accent if (other := syllable.changed(part, changes)) != syllable]
    return rng.choice(others).spell() if others else word


def _hesitant(words: list[str], rng: Random) -> list[str]:
    """Insert fillers where speakers pause, up to one in six words."""
    n_fillers = sum(rng.random() < _FILLER_RATE for _ in range(len(words) // _WORDS_PER_FILLER))
    pauses = [at for at in range(1, len(words)) if _may_pause(words[at - 1], words[at])]
    varied = list(words)
    for at in sorted(rng.sample(pauses, min(n_fillers, len(pauses))), reverse=True):
        filler = rng.choice(_FILLERS_AFTER_ASKING if words[at - 1] == "hỏi" else _FILLERS)
        varied.insert(at, filler)
    return varied


def _may_pause(before: str, after: str) -> bool:
    if after in _NO_PAUSE_BEFORE or before in _FILLERS or after in _FILLERS:
        return False
    return after in _PAUSE_BEFORE or before in _PAUSE_AFTER
