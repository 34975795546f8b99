"""Public codes of complaints: short enough to read out, made from the event so that the reply can name them."""

import hashlib
import re
from datetime import datetime

from bot.clock import VIETNAM

# Crockford's base32 has no I, L, O, U: https://www.crockford.com/base32.html
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
N_LETTERS = 6
_FORGIVE = str.maketrans("OIL", "011")
_IN_TEXT = re.compile(r"(?<!\w)PA[\s\-–—.]*([\dOIL]{6})[\s\-–—.]*([0-9A-Z]{6})(?!\w)", re.IGNORECASE)


def public_code(event_id: str, now: datetime) -> str:
    """Return ``PA-YYMMDD-XXXXXX``: the same for the same event and the same day in Vietnam.

    30 bits a day: at 500 complaints a day two share a code once in about 20 years; the second one then fails loudly.
    """
    digest = hashlib.blake2s(event_id.encode(), digest_size=8, person=b"complain").digest()
    number = int.from_bytes(digest)
    letters = "".join(ALPHABET[(number >> (5 * place)) & 31] for place in range(N_LETTERS))
    return f"PA-{now.astimezone(VIETNAM):%y%m%d}-{letters}"


def find_code(text: str) -> str | None:
    """Find a public code in free text; forgives case, spaces and the letters that look like digits."""
    match = _IN_TEXT.search(text)
    if match is None:
        return None
    day, letters = (part.upper().translate(_FORGIVE) for part in match.groups())
    return f"PA-{day}-{letters}" if "U" not in letters else None
