"""What is said in answer to the assistant: how to be called, which part to change, which of the options."""

from collections.abc import Iterator
from typing import Final

from nlu.entity_rules.line import Line
from nlu.entity_rules.lists import Lists
from nlu.entity_rules.phrases import Match, Phrases

# Token span and canonical value ("" = as written).
Found = tuple[int, int, str]
MAX_LONE_WORDS: Final = 3
# "đừng gọi tui là bà": so far from the title.
REFUSED_WITHIN: Final = 4


class Titles:
    """Finds how a citizen wants to be called."""

    def __init__(self, lists: Lists) -> None:
        content = lists.files["citizen_titles"]
        self._titles = Phrases((word, value) for value, words in content.items() for word in words)
        self._words = lists.word_sets("answers")

    def find(self, line: Line, *, is_asked: bool) -> Iterator[Found]:
        """Give the titles.

        Args:
            line: The message.
            is_asked: The message is known to be about it; otherwise only "gọi … là …" counts.
        """
        start = 0
        while start < len(line):
            match = self._titles.longest(line, start)
            if match and self._is_wanted(line, match, is_asked=is_asked):
                end = self._with_name(line, match.end)
                yield match.start, end, match.tag if end == match.end else ""
                start = end
            else:
                start += 1

    def _has(self, line: Line, index: int, section: str) -> bool:
        return self._words[section].has(line, index)

    def _is_wanted(self, line: Line, match: Match, *, is_asked: bool) -> bool:
        before = match.start - 1
        if self._has(line, before, "called"):
            is_call = any(self._has(line, index, "call") for index in range(max(0, before - 4), before))
            return (is_asked or is_call) and not self._is_refused(line, before)
        if not is_asked:
            return False
        if self._has(line, before, "call"):
            is_enough = line.bare(before) in ("chu", "tieng") or self._is_named(line, match.end)
            return is_enough and not self._is_refused(line, before)
        # "kêu tui chú Năm nha"; without diacritics the last word of "gọi anh đi" is no dì.
        is_particle = match.n_plain > 0 and match.tag == "dì"
        is_self = self._has(line, before, "self") and self._has(line, before - 1, "call") and not is_particle
        return (is_self or match.size == len(line)) and not self._is_refused(line, before - 1)

    def _is_named(self, line: Line, end: int) -> bool:
        """Tell whether the title ends the wish: "gọi chị thôi", "kêu cô là được"; not "gọi bác nghe già"."""
        if not line.is_joined(end):
            return True
        if line.bare(end) == "nghe" and end + 2 < len(line):
            return False
        is_enough = line.bare(end) == "la" and line.after(end + 1) == "duoc"
        return is_enough or self._has(line, end, "after_title") or self._with_name(line, end) > end

    def _is_refused(self, line: Line, index: int) -> bool:
        """Tell whether "đừng", "không" … stands shortly before, in the same part of the message."""
        for position in range(index, max(-1, index - REFUSED_WITHIN), -1):
            if self._has(line, position, "refused"):
                return True
            if not line.is_joined(position):
                return False
        return False

    def _with_name(self, line: Line, end: int) -> int:
        """Take in the name of "chú Năm", "cô Lan"."""
        if not line.is_joined(end):
            return end
        is_name = line.is_name_cap(end) and line.tokens[end].kind == "word"
        return end + 1 if is_name or self._has(line, end, "birth_order") else end


class Fields:
    """Finds which part of a complaint is to be changed."""

    def __init__(self, lists: Lists) -> None:
        content = dict(lists.files["complaint_fields"])
        self._accented = lists.word_sets("complaint_fields", "accented")["accented"]
        del content["accented"]
        self._fields = Phrases((word, value) for value, words in content.items() for word in words)
        self._words = lists.word_sets("answers")

    def find(self, line: Line) -> Iterator[Found]:
        """Give the parts, with their canonical value."""
        start = 0
        while start < len(line):
            match = self._fields.longest(line, start)
            if match and self._counts(line, match):
                yield match.start, match.end, match.tag
                start = match.end
            else:
                start += 1

    def _counts(self, line: Line, match: Match) -> bool:
        if match.size > 1 or not self._accented.has(line, match.start):
            return True
        is_clear = match.is_as_listed and line.tokens[match.start].syllable.is_marked
        is_last = match.end == len(line) or self._words["after_field"].has(line, match.end)
        return self._words["edited"].has(line, match.start - 1) and (is_clear or is_last)


class Options:
    """Finds which of the options is chosen."""

    def __init__(self, lists: Lists) -> None:
        content = lists.files["option_numbers"]
        self._options = Phrases((word, value) for value, words in content.items() for word in words)
        self._words = lists.word_sets("answers")
        self._positions = lists.phrases("answers", "positions")

    def find(self, line: Line) -> Iterator[Found]:
        """Give the numbers and positions, with their canonical value."""
        start = 0
        while start < len(line):
            found = self._at(line, start)
            if found:
                yield found
            start = found[1] if found else start + 1

    def _at(self, line: Line, start: int) -> Found | None:
        token = line.tokens[start]
        if token.text.isascii() and token.text.isdigit() and len(token.text) <= 2:
            return start, start + 1, str(int(token.text))
        position = self._positions.longest(line, start)
        if position:
            return start, position.end, ""
        match = self._options.longest(line, start)
        if not match or (not match.is_as_listed and line.is_accented):
            return None
        has_cue = match.size > 1 or self._words["number_cues"].has(line, start - 1) or len(line) <= MAX_LONE_WORDS
        is_other = self._words["not_options"].has_before(line, start)
        return (match.start, match.end, match.tag) if has_cue and not is_other else None
