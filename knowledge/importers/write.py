"""Keeps drafts as YAML files, ``<out>/<field>/<code>.yml``: written whole or not at all, a person's edits untouched."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from knowledge.importers.compare import differences
from knowledge.importers.draft import Plain, compose, identity, merge
from knowledge.importers.problems import ImportProblem
from knowledge.importers.texts import key_of, slug
from knowledge.load import RecordError, load_record
from knowledge.types import CODE, ProcedureRecord

Outcome = Literal["new", "updated", "unchanged", "beside"]
_HEADER = """\
# Bản nháp do `bot knowledge import` đọc từ tệp chính thức, CHƯA AI DUYỆT, không được dùng để trả lời người dân.
# Làm hết các dòng todo, chép những gì đúng vào data/procedures/<lĩnh vực>/<mã>.md, rồi xóa tệp này.
"""
_SEAL = re.compile(r"# sha256: ([0-9a-f]{64})\n\Z")
_BESIDE = ".new.yml"
# The portal's fields that have a folder of another name in data/procedures.
_FOLDERS = {
    "dang ky quan ly cu tru": "cu_tru",
    "cap quan ly can cuoc": "can_cuoc",
    "dinh danh va xac thuc dien tu": "can_cuoc",
    "quan ly xuat nhap canh": "xuat_nhap_canh",
    "hoat dong xay dung": "xay_dung",
    "ly lich tu phap": "tu_phap",
    "giam ngheo": "tro_giup_xa_hoi",
    "bao tro xa hoi": "tro_giup_xa_hoi",
    "phong chay chua chay": "phong_chay",
    "sat hach cap giay phep lai xe": "giao_thong",
    "duong bo": "giao_thong",
    "dang kiem": "giao_thong",
    "thanh lap va hoat dong doanh nghiep ho kinh doanh": "ho_kinh_doanh",
}
_NO_FIELD = "khac"


class _Dumper(yaml.CSafeDumper):
    """Texts of several lines as blocks, so that a person can read them."""


def _text(dumper: yaml.CSafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


class Reviewed:
    """The reviewed records, looked at one by one; never written to."""

    def __init__(self, folder: Path) -> None:
        self._paths = {path.stem: path for path in sorted(folder.rglob("*.md")) if CODE.fullmatch(path.stem)}

    def field(self, code: str) -> str | None:
        """Return the folder of the record with this code."""
        path = self._paths.get(code)
        return path.parent.name if path else None

    def compared(self, code: str, readings: list[Plain]) -> Plain | None:
        """Return file and differences of the record with this code; None when there is none."""
        path = self._paths.get(code)
        if path is None:
            return None
        name = f"{path.parent.name}/{path.name}"
        try:
            record: ProcedureRecord = load_record(path)
        except (RecordError, OSError) as error:
            first = str(error).splitlines()[0].rpartition("/")[2]
            return {"file": name, "problem": f"đã có bản ghi {name} nhưng đang sai, chưa so được ({first})"}
        return {"file": name, "verified_on": record.verified_on, "differences": differences(record, readings)}


@dataclass(frozen=True, slots=True)
class _Stored:
    """A draft on disk: its readings, and whether a person changed the file."""

    readings: list[Plain]
    is_edited: bool
    text: str


class DraftFolder:
    """Drafts below a folder, one file a procedure."""

    def __init__(self, folder: Path, reviewed: Reviewed) -> None:
        self._folder = folder
        self._reviewed = reviewed
        found = sorted(folder.glob("*/*.yml")) if folder.is_dir() else []
        self._paths = {path.stem: path for path in found if CODE.fullmatch(path.stem)}

    def save(self, code: str, reading: Plain) -> Outcome:
        """Add a reading to the draft of its procedure.

        Returns:
            ``beside`` when the draft was edited by a person and the new reading went to ``<code>.new.yml``.

        Raises:
            ImportProblem: The draft and the one beside it were both edited.
            OSError: The file cannot be written.
        """
        path = self._path(code, reading)
        stored = _load(path)
        if stored is None or not stored.is_edited:
            return self._write(path, code, stored, reading)
        if any(identity(each) == identity(reading) for each in stored.readings):
            return "unchanged"
        beside = path.with_name(code + _BESIDE)
        other = _load(beside)
        if other is None or not other.is_edited:
            outcome = self._write(beside, code, other, reading)
            return "unchanged" if outcome == "unchanged" else "beside"
        if any(identity(each) == identity(reading) for each in other.readings):
            return "unchanged"
        raise ImportProblem(f"hai bản nháp {path} và {beside.name} đều đang sửa tay; xong một bản rồi nhập lại")

    def _path(self, code: str, reading: Plain) -> Path:
        """Return the file of a draft: where it is, else by the reviewed record, else by the source's field."""
        if code not in self._paths:
            text = reading.get("field_text", "")
            field = self._reviewed.field(code) or _FOLDERS.get(key_of(text)) or slug(text) or _NO_FIELD
            self._paths[code] = self._folder / field / f"{code}.yml"
        return self._paths[code]

    def _write(self, path: Path, code: str, stored: _Stored | None, reading: Plain) -> Outcome:
        readings = merge(stored.readings if stored else [], reading)
        text = render(compose(code, readings, self._reviewed.compared(code, readings)))
        if stored and stored.text == text:
            return "unchanged"
        _replace(path, text)
        return "updated" if stored else "new"


def render(draft: Plain) -> str:
    """Return the file of a draft; its last line is the checksum by which edits are recognised."""
    body = _HEADER + yaml.dump(draft, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=110)
    return f"{body}# sha256: {hashlib.sha256(body.encode()).hexdigest()}\n"


def _load(path: Path) -> _Stored | None:
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return None
    seal = _SEAL.search(text)
    is_edited = not seal or seal[1] != hashlib.sha256(text[: seal.start()].encode()).hexdigest()
    return _Stored(_readings(text), is_edited, text)


def _readings(text: str) -> list[Plain]:
    """Return the readings of a draft; those that a person made unreadable are left out."""
    try:
        draft: Any = yaml.load(text, Loader=yaml.CSafeLoader)
    except (yaml.YAMLError, ValueError):
        return []
    found = draft.get("readings") if isinstance(draft, dict) else None
    readings = [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
    return [each for each in readings if isinstance(each.get("source"), dict) and "sha256" in each["source"]]


def _replace(path: Path, text: str) -> None:
    """Write beside, then rename: a reader sees the old file or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(text.encode())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
