"""Reads procedure records and city rules from disk; every fault names file, field and remedy in Vietnamese.

``python -m knowledge.load FOLDER`` checks a folder of records.
"""

import sys
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import frontmatter
import yaml
from pydantic import BaseModel, ValidationError

from knowledge.types import CityRule, Content, KnownQuestion, ProcedureRecord, Uncovered

RULES_FILE = "city_rules.yml"
UNCOVERED_FILE = "uncovered.yml"
QUESTIONS_FOLDER = "questions"
Item = TypeVar("Item", bound=BaseModel)
_KINDS = {
    "missing": "thiếu trường này; thêm vào theo mẫu trong docs/guide/editors.md",
    "extra_forbidden": "trường lạ; xóa đi hoặc sửa lại tên trường cho đúng",
    "literal_error": "giá trị không nằm trong danh sách cho phép: {expected}",
    "string_type": "phải là chữ, đặt trong dấu nháy kép",
    "tuple_type": 'phải là danh sách, ví dụ: ["…", "…"]',
    "model_type": "phải là nhóm trường dạng {{tên: giá trị}}",
    "dict_type": "phải là nhóm trường dạng {{tên: giá trị}}",
    "int_type": "phải là số nguyên, không có dấu chấm, không có chữ, ví dụ 8000",
    "greater_than_equal": "phải từ {ge} trở lên",
    "too_short": "cần ít nhất {min_length} mục",
}


class RecordError(Exception):
    """One or more records are wrong; ``problems`` has one Vietnamese line per fault (file, field, remedy)."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def _explain(error: ValidationError, path: Path) -> Iterator[str]:
    for item in error.errors():
        where = ".".join(str(part + 1) if isinstance(part, int) else part for part in item["loc"]) or "cả bản ghi"
        kind, context = item["type"], item.get("ctx", {})
        if kind == "value_error":
            text = str(context["error"])
        elif kind.startswith("date"):
            text = "phải là ngày dạng năm-tháng-ngày, ví dụ 2026-07-17"
        elif kind in _KINDS:
            text = _KINDS[kind].format(**context)
        else:
            text = f"giá trị không hợp lệ ({item['msg']})"
        yield f"{path}: {where}: {text}"


def _parse_yaml(path: Path) -> tuple[Any, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        problem = f"{path}: không phải chữ UTF-8 (byte {error.start}); lưu lại tệp với bảng mã UTF-8"
        raise RecordError([problem]) from error
    if not unicodedata.is_normalized("NFC", text):
        row = next(n for n, row in enumerate(text.splitlines(), 1) if not unicodedata.is_normalized("NFC", row))
        raise RecordError([f"{path}:{row}: chữ chưa ở dạng Unicode dựng sẵn (NFC); gõ lại dòng này"])
    try:
        if path.suffix == ".md":
            if not text.startswith("---\n"):
                raise RecordError([f"{path}:1: dòng đầu phải là --- rồi đến các trường của bản ghi"])
            post = frontmatter.loads(text)
            return post.metadata, post.content.strip()
        return yaml.safe_load(text) or {}, ""
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        # Front matter starts after the line of dashes, so its first line is line 2 of the file.
        line = f":{mark.line + (2 if path.suffix == '.md' else 1)}" if mark else ""
        problem = getattr(error, "problem", None) or str(error)
        raise RecordError(
            [f"{path}{line}: cú pháp YAML sai ({problem}); xem dấu nháy kép, dấu hai chấm và thụt đầu dòng"]
        ) from error


def load_record(path: Path) -> ProcedureRecord:
    """Read one record.

    Raises:
        RecordError: With one line per fault.
    """
    data, body = _parse_yaml(path)
    for key in ("body", "field"):
        if key in data:
            raise RecordError([f"{path}: {key}: trường lạ; xóa đi hoặc sửa lại tên trường cho đúng"])
    try:
        record = ProcedureRecord.model_validate({**data, "body": body, "field": path.parent.name})
    except ValidationError as error:
        raise RecordError(list(_explain(error, path))) from error
    if path.stem != record.code:
        raise RecordError([f"{path}: code: mã {record.code} khác tên tệp; đổi tên tệp thành {record.code}.md"])
    return record


def load_records(folder: Path) -> dict[str, ProcedureRecord]:
    """Read every record below ``folder``, by code, in the order of the codes; see ``load_content``."""
    return dict(load_content(folder).records)


def load_content(folder: Path) -> Content:
    """Read everything below ``folder``; records by code, in the order of the codes.

    Raises:
        RecordError: With one line per fault of all files.
    """
    content, problems = read_content(folder)
    if not content.records and not problems:
        problems.append(f"{folder}: không có bản ghi nào (tệp <lĩnh vực>/<mã>.md)")
    if problems:
        raise RecordError(problems)
    return content


def read_content(folder: Path) -> tuple[Content, list[str]]:
    """Read what is right below ``folder``, and the faults of the rest, one line each.

    Raises:
        RecordError: There is no such folder, or a list beside the records is wrong; with one line per fault.
    """
    records, problems = _read_records(folder)
    try:
        content = Content(records, load_city_rules(folder), load_uncovered(folder), load_questions(folder))
    except RecordError as error:
        raise RecordError([*problems, *error.problems]) from error
    return content, [*problems, *_dangling(folder, content)]


def _read_records(folder: Path) -> tuple[dict[str, ProcedureRecord], list[str]]:
    if not folder.is_dir():
        raise RecordError([f"{folder}: không có thư mục này; kiểm tra lại đường dẫn tới các bản ghi thủ tục"])
    records: dict[str, ProcedureRecord] = {}
    problems: list[str] = []
    for path in sorted(folder.rglob("*.md")):
        if path.name.lower() == "readme.md":
            continue
        try:
            record = load_record(path)
        except RecordError as error:
            problems += error.problems
            continue
        if record.code in records:
            problems.append(f"{path}: code: mã {record.code} đã có ở {records[record.code].field}/; chỉ giữ một tệp")
            continue
        records[record.code] = record
    return dict(sorted(records.items())), problems


def _dangling(folder: Path, content: Content) -> list[str]:
    """Name what refers to a record or rule that is not there."""
    unknown = {code for question in content.questions for code in question.codes or () if code not in content.records}
    return [f"{folder / QUESTIONS_FOLDER}: codes: chưa có bản ghi {code}" for code in sorted(unknown)] + [
        f'{folder / record.field / record.code}.md: city_rules: không có quy định "{key}" trong {RULES_FILE}'
        for record in content.records.values()
        for key in record.city_rules
        if key not in content.rules
    ]


def load_city_rules(folder: Path) -> dict[str, CityRule]:
    """Read ``city_rules.yml`` of ``folder``, by key; empty when the file does not exist.

    Raises:
        RecordError: With one line per fault.
    """
    path = folder / RULES_FILE
    if not path.exists():
        return {}
    data, _ = _parse_yaml(path)
    rules, problems = {}, []
    for key, value in data.items():
        try:
            rules[key] = CityRule.model_validate(value)
        except ValidationError as error:
            problems += [line.replace(f"{path}: ", f"{path}: {key}.", 1) for line in _explain(error, path)]
    if problems:
        raise RecordError(problems)
    return rules


def load_uncovered(folder: Path) -> list[Uncovered]:
    """Read ``uncovered.yml`` of ``folder``; empty when the file does not exist.

    Raises:
        RecordError: With one line per fault.
    """
    path = folder / UNCOVERED_FILE
    return _load_items([path] if path.exists() else [], Uncovered)


def load_questions(folder: Path) -> list[KnownQuestion]:
    """Read ``questions/*.yml`` of ``folder``; empty when there are none.

    Raises:
        RecordError: With one line per fault.
    """
    return _load_items(sorted((folder / QUESTIONS_FOLDER).glob("*.yml")), KnownQuestion)


def _load_items(paths: Iterable[Path], model: type[Item]) -> list[Item]:
    """Read lists of one kind of item."""
    found, problems = [], []
    for path in paths:
        data, _ = _parse_yaml(path)
        for number, value in enumerate(data, 1):
            try:
                found.append(model.model_validate(value))
            except ValidationError as error:
                problems += [line.replace(f"{path}: ", f"{path}: mục {number}.", 1) for line in _explain(error, path)]
    if problems:
        raise RecordError(problems)
    return found


def main(arguments: list[str]) -> int:
    """Check the folder named in ``arguments``; 0 when all records are right."""
    folder = Path(arguments[0]) if arguments else Path("data/procedures")
    try:
        records = load_records(folder)
    except RecordError as error:
        sys.stderr.write("\n".join(error.problems) + "\n")
        return 2
    sys.stdout.write(f"OK: {len(records)} bản ghi thủ tục trong {folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
