"""Which strings are Vietnamese syllables: onset, rhyme and tone, and where the tone mark stands.

A syllable is written as *letters* (with hats, horns, breves and đ, without tone) and a *tone*. Everything here takes
and gives lower-case NFC; nothing raises.
"""

import unicodedata
from functools import lru_cache

from nlu.vietnamese.fold import fold

# Combining marks of the tones, in the order of VNI's digits: sắc 1, huyền 2, hỏi 3, ngã 4, nặng 5; 0 is no mark.
TONE_MARKS = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
_TONE_OF = {mark: tone for tone, mark in enumerate(TONE_MARKS) if mark}
VOWELS = frozenset("aăâeêioôơuưy")
_MARKED_VOWELS = frozenset("ăâêôơư")

_ONSETS = frozenset(
    """
    b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x
""".split()  # noqa: SIM905
) | {""}
_RHYMES = frozenset(
    """
    a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en eng eo ep
    et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam
    oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong ooc oong op ot ô ôc ôi
    ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông
    uôt uơ up ut uy uya uych uyên uyêt uyn uynh uyp uyt uyu ư ưa ưc ưi ưng ưt ưu ươc ươi ươm ươn ương ươp ươt
    ươu y
""".split()  # noqa: SIM905
)
_AFTER_QU = frozenset(
    """
    a ac ach ai an ang anh ao at au ay ăc ăm ăn ăng ăp ăt ân âng ât ây e en eo et ê ên ênh êt êch i it ich y
    yên yêt ynh yt ych êu ơ ơi ôc
""".split()  # noqa: SIM905
)
# Where the i of "gi" is the vowel as well: gì, gìn, giếng, giết.
_AFTER_GI = frozenset(["", "n", "êng", "êt", "êc"])
_ALONE = frozenset(["y", "yêm", "yên", "yêng", "yêt", "yêu"])
_Y_AFTER = frozenset(["d", "h", "k", "l", "m", "n", "s", "t", "th", "tr", "v"]) | {""}
_FRONT = frozenset("ieêy")
_STOPS = ("c", "ch", "p", "t")
_MAX_LETTERS = 7  # nghiêng


def split_tone(text: str) -> tuple[str, int]:
    """Give letters without tone marks and the last tone found (0 to 5)."""
    tone = 0
    kept = []
    for char in unicodedata.normalize("NFD", text):
        if char in _TONE_OF:
            tone = _TONE_OF[char]
        else:
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept)), tone


def put_tone(letters: str, tone: int) -> str:
    """Write the tone on its vowel, the way most people do (hòa, thủy, not hoà, thuỷ); letters without vowel stay."""
    if not tone:
        return letters
    start = 2 if letters.startswith("qu") or (letters.startswith("gi") and letters[2:3] in VOWELS) else 0
    vowels = [place for place, char in enumerate(letters) if place >= start and char in VOWELS]
    if not vowels:
        vowels = [place for place, char in enumerate(letters) if char in VOWELS][-1:]
        if not vowels:
            return letters
    marked = [place for place in vowels if letters[place] in _MARKED_VOWELS]
    if marked:
        place = marked[-1]
    elif len(vowels) == 1 or (len(vowels) == 2 and vowels[-1] == len(letters) - 1):
        place = vowels[0]
    else:
        place = vowels[1]
    return unicodedata.normalize("NFC", letters[: place + 1] + TONE_MARKS[tone] + letters[place + 1 :])


def canonical(text: str) -> str:
    """Give the one spelling under which a syllable is counted (hoà → hòa); other text comes back as it is."""
    letters, tone = split_tone(text)
    return put_tone(letters, tone) if tone and is_rhymed(letters) else text


@lru_cache(maxsize=16384)
def is_rhymed(letters: str) -> bool:
    """Say whether letters without tone are an onset with a rhyme that may follow it."""
    if not letters or len(letters) > _MAX_LETTERS:
        return False
    if letters in _ALONE or (letters in _RHYMES and letters[:2] not in ("ia", "iê")) or letters == "ia":
        return True
    return any(_joins(letters[:size], letters[size:]) for size in (1, 2, 3) if letters[:size] in _ONSETS)


def _joins(onset: str, rhyme: str) -> bool:
    if onset == "qu":
        return rhyme in _AFTER_QU
    if onset == "gi":
        return rhyme in _AFTER_GI or (rhyme in _RHYMES and rhyme[0] not in "iy")
    if rhyme not in _RHYMES:
        return False
    if rhyme == "y":
        return onset in _Y_AFTER
    if onset in ("k", "gh", "ngh"):
        return rhyme[0] in _FRONT
    if onset in ("c", "g", "ng"):
        return rhyme[0] not in _FRONT or (onset == "g" and rhyme in ("i", "in"))
    return True


def is_syllable(text: str) -> bool:
    """Say whether ``text`` is a whole syllable as it may be written, marks included ("hồ", "đương", not "hoc")."""
    letters, tone = split_tone(text)
    if not is_rhymed(letters):
        return False
    return tone in (1, 5) or not letters.endswith(_STOPS)


@lru_cache(maxsize=1)
def shapes() -> frozenset[str]:
    """All syllables as they look without any mark; about 1,500."""
    rhymes = _RHYMES | _ALONE | _AFTER_QU | _AFTER_GI
    return frozenset(
        fold(onset + rhyme) for onset in sorted(_ONSETS) for rhyme in sorted(rhymes) if is_rhymed(onset + rhyme)
    )


def covers(candidate: str, typed: str) -> bool:
    """Say whether leaving out marks of ``candidate`` can give ``typed`` ("đường" covers "dương" and "duòng")."""
    letters, tone = split_tone(candidate)
    typed_letters, typed_tone = split_tone(typed)
    if typed_tone and typed_tone != tone:
        return False
    if len(letters) != len(typed_letters):
        return False
    return all(mine == theirs or fold(mine) == theirs for mine, theirs in zip(letters, typed_letters, strict=True))
