"""Reads JSON: the portal's fields as crawled, files that were extracted from Word, and lines of either."""

import json
from collections.abc import Iterator
from typing import Any

from knowledge.importers import extracted_json, portal_json
from knowledge.importers.problems import ImportProblem
from knowledge.importers.raw import BadEntry, Entry, Kind, RawProcedure
from knowledge.importers.sniff import decode
from knowledge.importers.texts import NumberText

Item = dict[str, Any]


def read(data: bytes) -> Iterator[Entry]:
    """Yield the procedures of a JSON file: one object, or a list of them.

    Raises:
        ImportProblem: It is no JSON, or the only object in it is no procedure.
    """
    found = _load(decode(data), "")
    if isinstance(found, dict):
        yield _procedure(found, "")
        return
    if not isinstance(found, list) or not found:
        raise ImportProblem("JSON không phải một thủ tục hay danh sách thủ tục")
    for place, item in enumerate(found, 1):
        yield _guarded(item, f"mục {place}", None)


def read_lines(data: bytes) -> Iterator[Entry]:
    """Yield a procedure per line; a bad line is yielded as ``BadEntry`` and the rest goes on."""
    for number, line in enumerate(decode(data).split("\n"), 1):
        if line.strip():
            yield _guarded(line, f"dòng {number}", Kind.JSON_LINES)


def _guarded(item: object, at: str, kind: Kind | None) -> Entry:
    """Read an entry of several; ``kind`` is given for lines, whose JSON is still to be parsed."""
    try:
        return _procedure(_load(item, at) if kind and isinstance(item, str) else item, at, kind)
    except ImportProblem as error:
        return BadEntry(at, str(error))


def _load(text: str, at: str) -> Any:
    try:
        # Numbers stay text: 1.001190 must not become 1.00119.
        return json.loads(text.lstrip("\ufeff"), parse_float=NumberText, parse_int=NumberText)
    except RecursionError as error:
        raise ImportProblem("JSON lồng nhau quá sâu; không phải tệp thủ tục") from error
    except json.JSONDecodeError as error:
        where = f"cột {error.colno}" if at else f"dòng {error.lineno}, cột {error.colno}"
        raise ImportProblem(f"JSON sai ở {where} ({error.msg}); tải lại từ nguồn") from error


def _procedure(item: object, at: str, kind: Kind | None = None) -> RawProcedure:
    if isinstance(item, dict):
        if "ma_thu_tuc" in item:
            return portal_json.read(item, kind or Kind.PORTAL_JSON, at)
        if "thu_tuc_id" in item or "metadata" in item:
            return extracted_json.read(item, kind or Kind.EXTRACTED_JSON, at)
    raise ImportProblem("JSON không có trường của thủ tục (ma_thu_tuc, hoặc thu_tuc_id và metadata)")
