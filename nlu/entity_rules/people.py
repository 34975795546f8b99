"""Relatives, with whose they are ("má tui", "vợ chồng tôi", "cháu ngoại"); not forms of address ("cho con hỏi")."""

from collections.abc import Iterator
from typing import Final

from nlu.entity_rules.line import Line
from nlu.entity_rules.lists import Lists
from nlu.entity_rules.phrases import Match, Phrases, spelled

Span = tuple[int, int]
_PHRASES = ("sure", "single", "possessed", "pairs")
_BORN: Final = ("elders", "birth_order")


class People:
    """Finds relatives."""

    def __init__(self, lists: Lists) -> None:
        listed = [(name, section) for section in _PHRASES for name in lists.names("relations", section)]
        elders, numbers = (lists.names("relations", section) for section in _BORN)
        listed += [(f"{elder} {number}", "possessed") for elder in elders for number in numbers]
        self._phrases = Phrases(listed, slips=True)
        self._accented = spelled(lists.names("relations", "accented"))
        self._short = spelled(["vc"])
        others = [section for section in lists.files["relations"] if section not in (*_PHRASES, "accented", "elders")]
        self._words = lists.word_sets("relations", *others)

    def find(self, line: Line) -> Iterator[Span]:
        """Give the token spans of relatives, left to right, without overlap."""
        start = 0
        while start < len(line):
            end = self._relative(line, start)
            if end > start:
                yield self._with_prefix(line, start), end
            start = max(end, start + 1)

    def _is(self, bare: str, section: str) -> bool:
        return bare in self._words[section].bare

    def _follows(self, line: Line, end: int, section: str) -> bool:
        return self._words[section].has_after(line, end)

    def _is_called(self, line: Line, end: int) -> bool:
        """Tell whether what ends here is spoken to, or part of another word: "mẹ ơi", "bố trí"."""
        return self._follows(line, end, "not_after" if line.is_accented else "not_after_plain")

    def _with_prefix(self, line: Line, start: int) -> int:
        """Take in the word before of "thằng con tui", "con em gái", "đứa con"; "hai đứa con" are counted."""
        if not self._words["prefixes"].has_before(line, start):
            return start
        prefix, before = line.bare(start - 1), line.before(start - 1)
        is_counted = prefix == "dua" and (before.isdigit() or self._is(before, "counted_before"))
        is_child = prefix == "con" and (self._is(line.bare(start), "parents") or line.bare(start) == "con")
        is_asked = prefix in ("nho", "dua") and not line.is_accented  # nhờ, đưa
        return start if is_counted or is_child or is_asked else start - 1

    def _relative(self, line: Line, start: int) -> int:
        for match in sorted(self._phrases.starting_at(line, start), key=lambda match: -match.size):
            is_theirs = line.after(match.end) == "no" and self._is_clear(line, match)  # "ba mẹ nó"
            if match.is_likely(line) and (is_theirs or not self._is_called(line, match.end)):
                end = self._read(line, match)
                if end > start:
                    return end
        return start

    def _is_clear(self, line: Line, match: Match) -> bool:
        return match.is_as_listed and line.is_accented and (match.tag == "sure" or line.bare(match.start) == "ba")

    def _read(self, line: Line, match: Match) -> int:
        if match.tag == "pairs":
            return match.end if self._words["pair_before"].has_before(line, match.start) else match.start
        if match.tag == "sure":
            return self._with_owner(line, match.end) if self._is_sure(line, match) else match.start
        if match.tag == "single":
            return self._single(line, match)
        if match.size == 1 and line.bare(match.start) in ("con", "chau"):
            return self._child(line, match)
        if match.size == 1 and line.bare(match.start) == "ba" and not line.tokens[match.start].syllable.is_marked:
            return self._father(line, match)
        return self._possessed(line, match)

    def _is_sure(self, line: Line, match: Match) -> bool:
        before = line.before(match.start)
        is_other = match.phrase in self._accented and not match.is_as_listed and not self._is_owner(line, match.end)
        # Without diacritics "ma chong" is mà chồng.
        if match.phrase in self._short and self._words["transfer_before"].has_before(line, match.start):  # "lm vc"
            return False
        is_but = match.n_plain and line.bare(match.start) == "ma" and before and not self._is(before, "giving")
        is_of_self = before in ("la", "hay") and line.bare(match.end - 1) in ("trai", "gai")
        return not (is_other or is_but or is_of_self)

    def _with_owner(self, line: Line, end: int) -> int:
        """Take in "tui", "tôi", "em", "nhà em" right after; "mẹ em ơi" speaks to em."""
        # Without diacritics "vo nha" is vô nhà.
        if line.after(end) == "nha" and self._is_owner(line, end + 1) and line.bare(end - 1) != "vo":
            return end + 2
        if not self._is_owner(line, end) or self._begins_another(line, end):
            return end
        # "mẹ con tui"
        return end + 2 if line.after(end) == "con" and self._follows(line, end + 1, "whose_sure") else end + 1

    def _is_owner(self, line: Line, index: int) -> bool:
        if not self._follows(line, index, "whose" if line.is_accented else "whose_plain"):
            return False
        is_named = line.is_joined(index + 1) and line.is_name_cap(index + 1) and line.tokens[index + 1].kind == "word"
        # "vợ ông Tư", "con bà bảy", "vợ con anh ấy"
        is_born = self._words["birth_order"].has_after(line, index + 1)
        is_other = (is_named or is_born) and self._is(line.bare(index), "titles")
        is_other = is_other or (line.is_accented and self._follows(line, index + 1, "of_another"))
        return not is_other and not self._is_called(line, index + 1)

    def _begins_another(self, line: Line, start: int) -> bool:
        """Tell whether "em", "con" … begin a relative of their own: "vợ con trai"."""
        if start >= len(line):
            return False
        phrases = self._phrases.starting_at(line, start)
        return any(match.tag == "sure" and match.is_likely(line) and self._is_sure(line, match) for match in phrases)

    def _single(self, line: Line, match: Match) -> int:
        start, end = match.start, match.end
        is_pile = line.bare(start) == "chong" and line.after(end) == "len"
        if line.bare(start) == "ck" and self._is_transfer(line, match):
            return start
        if is_pile or self._words["not_before"].has_before(line, start):
            return start
        owned = self._with_owner(line, end)
        if match.is_as_listed and (line.tokens[start].syllable.is_marked or line.is_accented):
            return owned
        is_road = line.bare(start) == "duong"
        return owned if not is_road and self._is_relative_plain(line, match, owned) else start

    def _is_transfer(self, line: Line, match: Match) -> bool:
        """Tell whether "ck" is chuyển khoản, not chồng."""
        if self._words["transfer_before"].has_before(line, match.start):
            return True
        return self._follows(line, match.end, "transfer_next")

    def _is_relative_plain(self, line: Line, match: Match, owned: int) -> bool:
        """Tell whether a word without its diacritics is a relative: "vo" is vô, "ma" is mà."""
        start, bare, before = match.start, line.bare(match.start), line.before(match.start)
        is_first, is_owned = not line.is_joined(start), owned > match.end
        is_given = self._is(before, "giving") and not (bare == "vo" and before in ("dua", "nha"))
        if not self._is(bare, "plain_risky"):
            return not self._is(before, "not_before_plain")
        if bare == "vo" and self._follows(line, match.end, "wife_next"):
            return True
        is_into = bare == "vo" and line.after(owned) in ("nha", "cua", "day", "do")
        if is_given or (bare == "chong" and before == "ma"):
            return True
        if is_owned and not is_into and bare in ("vo", "chong"):
            return True
        is_told = self._follows(line, owned, "father_next") or (
            is_owned and (self._follows(line, owned, "parent_next") or line.after(owned)[:1].isdigit())
        )
        return is_first and bare != "vo" and is_told

    def _possessed(self, line: Line, match: Match) -> int:
        start, end, bare = match.start, match.end, line.bare(match.start)
        is_house = line.after(end) == "nha" and self._follows(line, end + 1, "whose")
        if is_house and (line.is_accented or self._is(bare, "house_plain")):
            return end + 2
        if not line.is_accented and match.size == 1 and self._is(bare, "plain_risky_owned"):
            is_first = self._is(bare, "beginning") and not line.is_joined(start)
            is_to = line.after(end) == "toi" and self._is(line.after(end + 1), "after_to")
            if is_to or not (is_first or self._is(line.before(start), "giving")):
                return start
        if bare in ("em", "anh", "chi") and match.size == 1 and self._follows(line, end + 1, "self_verbs"):
            return start
        is_younger = self._is(bare, "owned_by_younger") and line.after(end) in ("em", "con", "cháu", "chau")
        is_younger = is_younger and (match.is_as_listed or not line.is_joined(start))
        is_owned = self._follows(line, end, "whose_sure") or is_younger
        is_owned = is_owned or (match.size > 1 and self._is_owner(line, end))
        return end + 1 if is_owned and not self._is_called(line, end + 1) else start

    def _child(self, line: Line, match: Match) -> int:
        """Read "con", "cháu": a child if someone's, or given, born, brought; else the speaker or the listener."""
        start, end = match.start, match.end
        if line.after(end) == "nha" and self._follows(line, end + 1, "whose"):
            return end + 2
        if self._follows(line, end, "whose_sure"):
            return start if line.after(end + 1) == "hoi" else end + 1
        if self._begins_another(line, end):
            return start
        is_owned = self._is_owner(line, end) and line.after(end) not in ("con", "chau")
        if is_owned and not self._follows(line, end + 1, "self_verbs"):
            return end + 1
        if self._follows(line, end, "not_child") or self._follows(line, end, "self_verbs"):
            return start
        return end if self._is_given(line, start, end) else start

    def _is_given(self, line: Line, start: int, end: int) -> bool:
        before = line.before(start)
        if before == "cho":
            if self._is_speaker(line, start):
                return False
            has_verb = line.is_joined(start - 1) and not self._words["listeners"].has(line, start - 2)
            return has_verb or self._follows(line, end, "child_next")
        if before == "cua":
            return any(token.bare in ("toi", "tui", "minh", "vo", "chong") for token in line.tokens)
        return bool(before) and self._words["child_verbs"].has_before(line, start)

    def _is_speaker(self, line: Line, start: int) -> bool:
        """Tell whether "con" speaks of itself before ("cho con hỏi …")."""
        called = line.bare(start)
        return any(line.bare(index) == called and line.bare(index + 1) == "hoi" for index in range(start))

    def _father(self, line: Line, match: Match) -> int:
        """Read "ba": father, not three; bà is another syllable."""
        start, end = match.start, match.end
        before, after = line.before(start), line.after(end)
        if before[:1].isdigit() or self._is(before, "before_three"):
            return start
        if after == "no" and match.is_as_listed and line.is_accented and not self._is(before, "counted_before"):
            return end  # "rượt ba nó"
        if self._follows(line, end, "whose_sure"):
            return end + 1
        if after == "con" and not line.is_accented:  # bà con
            return start
        is_verb_next = self._follows(line, end + 1, "father_next")
        if after == "em" or (after == "con" and (is_verb_next or not line.is_joined(end + 1))):
            return end + 1
        is_verb = self._follows(line, end, "father_next")
        if self._words["father_before"].has_before(line, start):
            return end if is_verb or not line.is_joined(end) else start
        return end if is_verb and not line.is_joined(start) else start
