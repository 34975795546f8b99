"""Things that a list names: papers, vehicles, levels of school, what a complaint is about."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from nlu.entity_rules.line import Line
from nlu.entity_rules.lists import Lists, words_of
from nlu.entity_rules.phrases import Match, phrases_of, spelled

Span = tuple[int, int]
# "cccd của tôi là <cccd:x1>": so far stands the number that the word announces.
MAX_LABEL_WORDS: Final = 5


def _spans(line: Line, end_at: Callable[[Line, int], int]) -> Iterator[Span]:
    """Give the spans whose end ``end_at`` tells for a start, left to right, without overlap; an end = start is none."""
    start = 0
    while start < len(line):
        end = end_at(line, start)
        if end > start:
            yield start, end
        start = max(end, start + 1)


class Listed:
    """Phrases of one list; those that are other words without diacritics count only with them."""

    def __init__(self, lists: Lists, file: str) -> None:
        self._names = phrases_of(lists.names(file, "names"), slips=True)
        content = lists.files[file]
        self._accented = spelled(map(str, content.get("accented", ())))
        self._if_told = spelled(content.get("plain_if_told", ()))
        self._told_by = words_of(content.get("told_by", ()))

    def at(self, line: Line, start: int) -> Match | None:
        """Give the longest phrase that begins with a token."""
        return max(self.all_at(line, start), key=lambda match: match.size, default=None)

    def all_at(self, line: Line, start: int) -> Iterator[Match]:
        """Give all phrases that begin with a token."""
        for match in self._names.starting_at(line, start):
            if match.is_likely(line) and (match.is_as_listed or self._is_clear(line, match)):
                yield match

    def _is_clear(self, line: Line, match: Match) -> bool:
        is_told = match.phrase in self._if_told and self._told_by.has_after(line, match.end)
        return is_told or match.phrase not in self._accented

    def find(self, line: Line) -> Iterator[Span]:
        """Give the token spans of phrases, left to right, without overlap."""
        return _spans(line, self._end_at)

    def _end_at(self, line: Line, start: int) -> int:
        match = self.at(line, start)
        return match.end if match else start


class Documents:
    """Finds names of papers."""

    def __init__(self, lists: Lists) -> None:
        self._listed = Listed(lists, "documents")
        self._after_verb = lists.phrases("documents", "after_verb")
        self._plain_vague = spelled(lists.names("documents", "plain_vague"))
        self._words = lists.word_sets(
            "documents", "verbs", "not_before", "plain_not_after", "before_number", "not_proof", "of_paper", "named_by",
            "counted", "deed_after",
        )  # fmt: skip
        self._deeds = spelled(lists.names("documents", "deeds"))

    def find(self, line: Line) -> Iterator[Span]:
        """Give the token spans of papers; before a masked number the word only says what number it is."""
        return _spans(line, self._at)

    def _at(self, line: Line, start: int) -> int:
        matches = sorted(self._listed.all_at(line, start), key=lambda match: -match.size)
        for match in matches:
            if not self._is_number(line, match) and not self._is_other(line, match):
                return match.end
        vague = self._after_verb.longest(line, start)
        if not vague or self._words["not_proof"].has_after(line, vague.end):
            return start
        is_paper = self._words["verbs"].has_before(line, start) or self._words["of_paper"].has_after(line, vague.end)
        return vague.end if is_paper else start

    def _is_other(self, line: Line, match: Match) -> bool:
        if not match.is_as_listed and line.bare(match.start) == "so" and line.before(match.start) == "ho":  # hồ sơ
            return True
        if match.phrase in self._deeds and self._words["deed_after"].has_before(line, match.start):
            return True
        if (
            not match.is_as_listed
            and line.bare(match.start) == "hoc"
            and self._words["counted"].has_after(line, match.end)
        ):
            return True
        is_vague = not match.is_as_listed and match.phrase in self._plain_vague
        return is_vague and self._words["plain_not_after"].has_before(line, match.start)

    def _is_number(self, line: Line, match: Match) -> bool:
        """Tell whether the number of the paper is meant: "mã biên nhận", "cccd của tôi là <cccd:x1>"."""
        is_but = line.before(match.start) == "ma" and not line.is_accented  # mà
        is_label = self._words["not_before"].has_before(line, match.start) and not is_but
        if is_label and line.before(match.start - 1) != "ho":  # hồ sơ
            return True
        if self._words["named_by"].has_before(line, match.start) and line.before(match.start - 1) != "ho":
            return False
        for token in line.tokens[match.end : match.end + MAX_LABEL_WORDS]:
            if token.kind == "mask":
                return True
            if token.bare not in self._words["before_number"].bare:
                return False
        return False


class Levels:
    """Finds levels of school: listed ones, and "lớp" with its number."""

    def __init__(self, lists: Lists) -> None:
        self._listed = Listed(lists, "school_levels")
        self._classes = lists.phrases("school_levels", "classes")
        self._words = lists.word_sets("school_levels", "not_before", "not_after")

    def find(self, line: Line) -> Iterator[Span]:
        """Give the token spans of levels of school."""
        return _spans(line, self._at)

    def _at(self, line: Line, start: int) -> int:
        if line.bare(start) == "lop" and line.is_joined(start + 1):
            number = self._classes.longest(line, start + 1)
            if number and not self._words["not_after"].has_after(line, number.end):
                return number.end
        match = self._listed.at(line, start)
        if not match:
            return start
        is_counted = self._words["not_before"].has_before(line, start)
        is_counted = is_counted or self._words["not_after"].has_after(line, match.end)
        return start if line.bare(start) == "cap" and is_counted else match.end


class Categories:
    """Finds what a complaint is about; vague words only where nothing else says it."""

    def __init__(self, lists: Lists) -> None:
        self._listed = Listed(lists, "complaint_categories")
        self._other = lists.phrases("complaint_categories", "other")
        weak = lists.names("complaint_categories", "weak")
        self._order = {phrase: order for order, name in enumerate(weak) for phrase in spelled([name])}

    def find(self, line: Line, places: Iterable[Span] = ()) -> Iterator[Span]:
        """Give the token spans of categories, longer ones and the shorter ones that begin at the same token.

        Args:
            line: The message.
            places: Token spans of places; no category begins inside ("đường hồng hà" is not "đường hỏng").
        """
        inside = {index for start, end in places for index in range(start, end)}
        found = [match for match in self._best(line) if match.start not in inside]
        strong = [match for match in found if match.phrase not in self._order]
        if found and not strong:
            strong = [min(found, key=self._preference)]
        # A complaint is about one thing, and most people name it first.
        for match in sorted(strong, key=lambda match: match.start)[:1]:
            # Where a street takes the last word of "lấn chiếm lề đường", "lấn chiếm" is left.
            for shorter in self._listed.all_at(line, match.start):
                if shorter.end <= match.end:
                    yield shorter.start, shorter.end

    def _best(self, line: Line) -> list[Match]:
        """Give the phrases that do not overlap, longer ones first ("bốc [mùi hôi]")."""
        found = [
            match
            for start in range(len(line))
            if (match := self._listed.at(line, start)) and not self._other.longest(line, start)
        ]
        taken: set[int] = set()
        best: list[Match] = []
        for match in sorted(found, key=lambda match: (-match.size, self._preference(match))):
            if taken.isdisjoint(range(match.start, match.end)):
                taken.update(range(match.start, match.end))
                best.append(match)
        return best

    def _preference(self, match: Match) -> int:
        return self._order.get(match.phrase, -1)
