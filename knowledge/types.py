"""What a procedure record says, and what search and answering hand out. Knows nothing of files, indexes or Rasa."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

Decision = Literal["answer", "clarify", "abstain", "human"]
Aspect = Literal["overview", "documents", "fee", "time", "place", "online", "steps", "conditions", "form", "result"]
ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
CODE = re.compile(r"[0-9]\.[0-9]{6}")


def _check_code(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError('mã phải đặt trong dấu nháy kép, ví dụ code: "1.001193"')
    if not CODE.fullmatch(value):
        raise ValueError(f'mã "{value}" sai dạng; viết một chữ số, dấu chấm, sáu chữ số, ví dụ "1.001193"')
    return value


def _check_text(value: str) -> str:
    if not unicodedata.is_normalized("NFC", value):
        raise ValueError("chữ chưa ở dạng Unicode dựng sẵn (NFC); gõ lại bằng bảng mã Unicode dựng sẵn")
    return value.strip()


def _check_filled(value: str) -> str:
    if not value:
        raise ValueError("không được để trống")
    return value


def _check_url(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"]+", value):
        raise ValueError(f'địa chỉ "{value}" phải bắt đầu bằng https:// và không có khoảng trắng')
    return value


def _yes_no(value: object) -> object:
    # YAML 1.1 reads a bare yes/no as true/false.
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


Text = Annotated[str, AfterValidator(_check_text)]
Filled = Annotated[str, AfterValidator(_check_text), AfterValidator(_check_filled)]
Url = Annotated[str, AfterValidator(_check_url)]
Code = Annotated[str, BeforeValidator(_check_code)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Confusable(_Part):
    """A neighbour that people take for this procedure; ``hint`` says in plain words when it is that one."""

    code: Code
    hint: Filled


class Online(_Part):
    """Whether it can be asked for online; ``unknown`` when the source does not say."""

    available: Annotated[Literal["yes", "no", "unknown"], BeforeValidator(_yes_no)]
    note: Text = ""
    address: Url | None = None


class TimeLimit(_Part):
    """How long it takes, and in which case ("" = usually)."""

    text: Filled
    condition: Text = ""


class Fee(_Part):
    """One amount with its case, or the statement that the source gives none.

    Attributes:
        amount_vnd: VND; only with ``state: known``. 0 needs a condition and a source.
        effective_to: Last day on which the amount holds; afterwards it is not shown as current.
    """

    state: Literal["known", "not_published", "unknown"]
    amount_vnd: int | None = Field(default=None, ge=0, strict=True)
    unit: Text = ""
    condition: Text = ""
    effective_from: date | None = None
    effective_to: date | None = None
    source: Url | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.state == "known" and self.amount_vnd is None:
            raise ValueError("state: known cần amount_vnd (số đồng); chưa biết thì ghi not_published hoặc unknown")
        if self.state != "known" and self.amount_vnd is not None:
            raise ValueError(f"state: {self.state} không được có amount_vnd; đã biết số thì ghi state: known")
        if self.amount_vnd == 0 and not (self.condition and self.source):
            raise ValueError("phí 0 đồng cần condition (trường hợp nào) và source (địa chỉ nguồn)")
        return self

    def is_current(self, today: date) -> bool:
        """Say whether the amount holds on ``today`` (Vietnam's date)."""
        return (self.effective_from is None or self.effective_from <= today) and (
            self.effective_to is None or today <= self.effective_to
        )


class Document(_Part):
    """A paper to bring; ``when`` "" = always, else a case starting with "nếu". A count of None: not stated."""

    name: Filled
    original: int | None = Field(default=None, ge=0, strict=True)
    copies: int | None = Field(default=None, ge=0, strict=True, alias="copy")
    when: Text = ""
    note: Text = ""

    @model_validator(mode="after")
    def _when_is_a_case(self) -> Self:
        if self.when and not self.when.lower().startswith("nếu "):
            raise ValueError('when phải bắt đầu bằng "nếu …" (hoặc để trống nếu lúc nào cũng cần)')
        return self


class MainSource(_Part):
    """Where the record comes from; ``snapshot`` is the day on which the page was read."""

    name: Filled
    url: Url
    snapshot: date


class OtherSource(_Part):
    """A further source of some facts, with the day of its publication."""

    name: Filled
    url: Url
    date: date


class ProcedureRecord(_Part):
    """One procedure as ``data/procedures/<field>/<code>.md`` states it. Texts are NFC, amounts VND, dates Vietnam's.

    Attributes:
        forms: Forms to fill in, with their number where they have one.
        conditions: Who may ask for it and when, one case each; [] when the source does not say.
        result: The paper or entry that one gets; "" when the source does not say.
    """

    code: Code
    name: Filled
    plain_name: Filled
    aliases: tuple[Filled, ...]
    not_to_confuse: tuple[Confusable, ...] = ()
    grade: Literal["A", "B", "C"]
    readiness: Literal["answer", "answer_with_warning", "human"]
    warning: Text = ""
    agency: Filled
    level: Literal["ward", "city", "national"]
    where: tuple[Filled, ...]
    online: Online
    time: tuple[TimeLimit, ...]
    fee: Annotated[tuple[Fee, ...], Field(min_length=1)]
    documents: tuple[Document, ...]
    skip_if_data: tuple[Filled, ...] = ()
    steps: tuple[Filled, ...]
    forms: tuple[Filled, ...] = ()
    conditions: tuple[Filled, ...] = ()
    result: Text = ""
    legal: tuple[Filled, ...] = ()
    source: MainSource
    more_sources: tuple[OtherSource, ...] = ()
    verified_on: date
    verified_by: Filled
    effective_from: date | None = None
    effective_to: date | None = None
    city_rules: tuple[Filled, ...] = ()
    body: Text = ""
    field: Text = ""

    @model_validator(mode="before")
    @classmethod
    def _no_null_lists(cls, data: Any) -> Any:
        for key, value in data.items() if isinstance(data, dict) else ():
            if value is None and key not in {"effective_from", "effective_to"}:
                raise ValueError(f'"{key}:" đang bỏ trống; ghi [] (danh sách rỗng), "" (chữ rỗng) hoặc xóa dòng đó')
        return data

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.readiness == "answer_with_warning" and not self.warning:
            raise ValueError("readiness: answer_with_warning cần warning (câu lưu ý cho người dân)")
        if self.readiness != "human" and not self.where:
            raise ValueError("where không được rỗng (trừ khi readiness: human)")
        if any(other.code == self.code for other in self.not_to_confuse):
            raise ValueError("not_to_confuse không được trỏ về chính thủ tục này")
        if self.effective_from and self.effective_to and self.effective_from > self.effective_to:
            raise ValueError("effective_from phải trước effective_to")
        if not self.name[:8].lower().startswith("thủ tục"):
            return self
        raise ValueError('name không ghi chữ "Thủ tục" ở đầu')


class CityRule(_Part):
    """A rule of the city laid over national records (``data/procedures/city_rules.yml``)."""

    text: Filled
    aspects: tuple[Aspect, ...]
    source: OtherSource
    effective_from: date | None = None
    effective_to: date | None = None

    def is_current(self, today: date) -> bool:
        """Say whether the rule holds on ``today`` (Vietnam's date)."""
        return (self.effective_from is None or self.effective_from <= today) and (
            self.effective_to is None or today <= self.effective_to
        )


class Uncovered(_Part):
    """A procedure that exists but has no record yet; ``code`` None when others than the city handle it."""

    name: Filled
    code: Code | None = None
    aliases: tuple[Filled, ...] = ()


class KnownQuestion(_Part):
    """A question with its answer, as people ask (``questions/*.yml``); search and aspects learn from it.

    Attributes:
        codes: Every record that answers it; () when none of ours does, None when it only shows an aspect.
    """

    text: Filled
    aspect: Aspect
    codes: tuple[Code, ...] | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that the files say: records by code, city rules by key, what has no record, known questions."""

    records: Mapping[str, ProcedureRecord]
    rules: Mapping[str, CityRule]
    uncovered: Sequence[Uncovered] = ()
    questions: Sequence[KnownQuestion] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A procedure found. ``score`` is 0..1, higher is closer; ``why`` names the score sources in plain words."""

    code: str
    name: str
    score: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a question found.

    Attributes:
        aspect: None when the question names none.
        ms: Time taken, milliseconds.
        gap: Name of a procedure without a record that the question is about; "" otherwise.
        inside: Probability that any record answers the question.
    """

    decision: Decision
    aspect: Aspect | None
    hits: tuple[Hit, ...]
    ms: float
    gap: str = ""
    inside: float = 1.0


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer's facts come from; ``date`` is ISO (the day the source was read or published)."""

    name: str
    url: str
    date: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A rendered answer.

    Attributes:
        buttons: (title, payload).
        procedure: None unless exactly one is meant.
        gap: Name of a procedure without a record that the question is about; "" otherwise.
        inside: Probability that any record answers the question.
    """

    decision: Decision
    text: str
    buttons: tuple[tuple[str, str], ...] = ()
    procedure: Hit | None = None
    aspect: Aspect | None = None
    sources: tuple[Source, ...] = ()
    gap: str = ""
    inside: float = 1.0
