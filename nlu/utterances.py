"""Reads the authored utterances of ``nlu/templates``, checks them, and samples sentences from them.

Templates are in hassil's language: ``(a|b)`` choice, ``[x]`` optional, ``{list}`` a value of ``lists.yml``,
``<phrase>`` an expression of ``phrases.yml``. Every mistake is reported with file, line and remedy.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import yaml
from hassil.errors import HassilError
from hassil.expression import Alternative, Expression, Group, ListReference, Permutation, RuleReference, TextChunk
from hassil.parse_expression import parse_sentence
from hassil.parser import ParseError

from nlu.vietnamese.fold import fold
from nlu.vietnamese.normalize import nfc

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = ROOT / "nlu" / "templates"

DEFAULT_CAP = 12
MAX_DEPTH = 12
# So many misses in a row and a template has nothing new to say.
PATIENCE = 6
OPTIONAL_SHARE = 0.5


class TemplateError(Exception):
    """A mistake of an author; the text names file, line and remedy, in Vietnamese."""

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"{place}: {problem} Cách sửa: {remedy}")


@dataclass(frozen=True, slots=True)
class Template:
    """One authored line."""

    expression: Expression
    place: str


@dataclass(frozen=True, slots=True)
class SentenceGroup:
    """Templates that share a cap."""

    name: str
    cap: int
    templates: tuple[Template, ...]


@dataclass(frozen=True, slots=True)
class TemplateFile:
    """One file: utterances of one intent."""

    path: Path
    intent: str
    is_draft: bool
    groups: tuple[SentenceGroup, ...]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What templates refer to: values of lists, and phrases."""

    lists: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, Expression]


class _Scalar(str):
    """A string of a YAML file that knows its line."""

    __slots__ = ("line",)
    line: int


class _LineLoader(yaml.SafeLoader):
    """Reads YAML, strings as ``_Scalar``."""


def _scalar(loader: _LineLoader, node: yaml.ScalarNode) -> _Scalar:
    value = _Scalar(nfc(loader.construct_scalar(node)))
    value.line = node.start_mark.line + 1
    return value


_LineLoader.add_constructor("tag:yaml.org,2002:str", _scalar)


def read_yaml(path: Path) -> Mapping[str, object]:
    """Read a YAML file whose root is a map.

    Raises:
        TemplateError: Not YAML, not UTF-8, or not a map.
    """
    name = name_of(path)
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_LineLoader)  # noqa: S506 - a SafeLoader
    except UnicodeDecodeError as error:
        raise TemplateError(name, "tệp không phải UTF-8.", "lưu lại tệp với bảng mã UTF-8.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{name}:{mark.line + 1}" if mark else name
        raise TemplateError(place, "YAML viết sai.", "kiểm tra thụt dòng và dấu ngoặc kép ở dòng này.") from error
    if not isinstance(content, dict):
        raise TemplateError(name, "tệp trống hoặc không có các mục.", "chép khung của một tệp bên cạnh.")
    return content


def load_vocabulary(folder: Path = TEMPLATES) -> Vocabulary:
    """Read ``lists.yml`` and ``phrases.yml``.

    Raises:
        TemplateError: A list is empty, a phrase cannot be read.
    """
    lists: dict[str, tuple[str, ...]] = {}
    for name, values in read_yaml(folder / "lists.yml").items():
        if not isinstance(values, list) or not values:
            raise TemplateError(
                f"{name_of(folder / 'lists.yml')}: {name}", "danh sách trống.", "ghi ít nhất một giá trị."
            )
        lists[str(name)] = tuple(str(value) for value in values)
    path = folder / "phrases.yml"
    phrases = {str(name): parse(text, path) for name, text in read_yaml(path).items()}
    return Vocabulary(lists, phrases)


def load_file(path: Path, vocabulary: Vocabulary, intents: Mapping[str, object]) -> TemplateFile:
    """Read one file of templates.

    Raises:
        TemplateError: Anything that would not give sentences.
    """
    name, content = name_of(path), read_yaml(path)
    intent = content.get("intent")
    if intent not in intents:
        raise TemplateError(name, f"ý định {intent!r} không có trong nlu/intents.yml.", "sửa dòng intent.")
    if path.stem != intent and not path.stem.startswith(f"{intent}."):
        raise TemplateError(
            name, f"tên tệp không khớp ý định {intent}.", f"đặt tên {intent}.yml hay {intent}.<chủ đề>.yml."
        )
    if content.get("status") not in ("draft", "reviewed"):
        raise TemplateError(name, "thiếu status.", "ghi status: draft (chưa dùng) hoặc status: reviewed.")
    groups = content.get("groups")
    if not isinstance(groups, list) or not groups:
        raise TemplateError(name, "thiếu groups.", "ghi ít nhất một nhóm có name và sentences.")
    read = tuple(_group(group, path, vocabulary) for group in groups)
    return TemplateFile(path, str(intent), content["status"] == "draft", read)


def _group(content: object, path: Path, vocabulary: Vocabulary) -> SentenceGroup:
    name = name_of(path)
    if not isinstance(content, dict) or not content.get("name") or not isinstance(content.get("sentences"), list):
        raise TemplateError(name, "một nhóm thiếu name hay sentences.", "mỗi nhóm có name và danh sách sentences.")
    cap = content.get("cap", DEFAULT_CAP)
    if not isinstance(cap, int) or cap < 1:
        raise TemplateError(
            f"{name}: nhóm {content['name']}", f"cap {cap!r} không phải số dương.", "ghi một số, như 12."
        )
    templates = tuple(_template(sentence, path, vocabulary) for sentence in content["sentences"])
    return SentenceGroup(str(content["name"]), cap, templates)


def _template(sentence: object, path: Path, vocabulary: Vocabulary) -> Template:
    expression, place = parse(sentence, path), _place(sentence, path)
    for reference in _references(expression):
        if isinstance(reference, ListReference) and reference.list_name not in vocabulary.lists:
            raise TemplateError(
                place, f"không có danh sách {{{reference.list_name}}}.", "thêm vào lists.yml hoặc sửa tên."
            )
        if isinstance(reference, RuleReference) and reference.rule_name not in vocabulary.phrases:
            raise TemplateError(place, f"không có cụm <{reference.rule_name}>.", "thêm vào phrases.yml hoặc sửa tên.")
    return Template(expression, place)


def parse(sentence: object, path: Path) -> Expression:
    """Read one template.

    Raises:
        TemplateError: It is no text, or not in hassil's language.
    """
    place = _place(sentence, path)
    if not isinstance(sentence, str) or not sentence.strip():
        raise TemplateError(place, f"{sentence!r} không phải một câu.", "đặt câu trong dấu ngoặc kép.")
    try:
        return parse_sentence(str(sentence)).expression
    except (HassilError, ParseError, ValueError) as error:
        raise TemplateError(
            place, f"không đọc được câu mẫu ({error}).", "kiểm tra các dấu ( ) [ ] { } < > |."
        ) from error


def _place(sentence: object, path: Path) -> str:
    return f"{name_of(path)}:{getattr(sentence, 'line', '?')}"


def _references(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, ListReference | RuleReference):
        yield expression
    elif isinstance(expression, Group):
        for item in expression.items:
            yield from _references(item)


def sample(template: Template, vocabulary: Vocabulary, rng: Random) -> str:
    """Walk through a template once, choosing at random; spaces are tidied."""
    text = " ".join(_walk(template.expression, vocabulary, rng, 0).split())
    for sign in ",.!?":
        text = text.replace(f" {sign}", sign)
    return text.strip(" ,")


def _walk(expression: Expression, vocabulary: Vocabulary, rng: Random, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise TemplateError("phrases.yml", "các cụm gọi nhau vòng tròn.", "bỏ một chỗ gọi.")
    if isinstance(expression, TextChunk):
        return expression.original_text
    if isinstance(expression, ListReference):
        return rng.choice(vocabulary.lists[expression.list_name])
    if isinstance(expression, RuleReference):
        return _walk(vocabulary.phrases[expression.rule_name], vocabulary, rng, depth + 1)
    if isinstance(expression, Alternative):
        if expression.is_optional and rng.random() > OPTIONAL_SHARE:
            return ""
        choices = [item for item in expression.items if not _is_empty(item)] or expression.items
        return _walk(rng.choice(choices), vocabulary, rng, depth + 1)
    items = list(expression.items) if isinstance(expression, Group) else []
    if isinstance(expression, Permutation):
        rng.shuffle(items)
    return "".join(_walk(item, vocabulary, rng, depth + 1) for item in items)


def _is_empty(item: Expression) -> bool:
    if isinstance(item, TextChunk):
        return not item.original_text.strip()
    return isinstance(item, Group) and all(_is_empty(inner) for inner in item.items)


def samples_of(file: TemplateFile, vocabulary: Vocabulary) -> list[str]:
    """Give the sentences of a file: each template once, then more of each in turn until the group's cap."""
    kept: dict[str, str] = {}
    for group in file.groups:
        rng = Random(f"{file.intent}:{group.name}")  # noqa: S311 - repeatable, not secret
        misses = dict.fromkeys(range(len(group.templates)), 0)
        n_group, position = 0, 0
        while misses and (position < len(group.templates) or n_group < group.cap):
            index = position % len(group.templates)
            position += 1
            if index not in misses:
                continue
            text = sample(group.templates[index], vocabulary, rng)
            if fold(text) in kept:
                misses[index] += 1
                if misses[index] >= PATIENCE:
                    del misses[index]
            else:
                kept[fold(text)] = text
                n_group += 1
    return list(kept.values())


def load_files(folder: Path = TEMPLATES) -> tuple[Vocabulary, list[TemplateFile]]:
    """Read all templates.

    Raises:
        TemplateError: In any of them.
    """
    vocabulary, intents = load_vocabulary(folder), known_intents()
    return vocabulary, [load_file(path, vocabulary, intents) for path in sorted(folder.glob("*/*.yml"))]


def known_intents() -> Mapping[str, object]:
    """Read ``nlu/intents.yml``."""
    return read_yaml(ROOT / "nlu" / "intents.yml")


def name_of(path: Path) -> str:
    """Give a path as people know it: from the repository's root."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
