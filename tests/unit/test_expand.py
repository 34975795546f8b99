"""Authored templates: read with clear errors, sampled the same way every time, kept apart from the tests."""

from pathlib import Path
from random import Random

import pytest
import yaml

from nlu import expand, utterances
from nlu.noise import NoiseLists
from nlu.utterances import TemplateError, Vocabulary
from nlu.vietnamese.fold import fold

INTENTS = {"dossier_late": {}}
VOCABULARY = Vocabulary({"date": ("hôm qua", "tuần trước")}, {})
GOOD = """intent: dossier_late
status: reviewed
groups:
  - name: late
    cap: 5
    sentences:
      - "hồ sơ [của em] (trễ|quá) hẹn {date}"
      - "Tới giờ vẫn chưa có kết quả!"
"""


def write(folder: Path, text: str, name: str = "dossier_late.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_samples_are_the_sentences_a_person_meant(tmp_path: Path) -> None:
    file = utterances.load_file(write(tmp_path, GOOD), VOCABULARY, INTENTS)
    samples = utterances.samples_of(file, VOCABULARY)
    possible = {
        f"hồ sơ {own}{word} hẹn {day}"
        for own in ("", "của em ")
        for word in ("trễ", "quá")
        for day in ("hôm qua", "tuần trước")
    }
    assert len(samples) == 5
    assert set(samples) <= possible | {"Tới giờ vẫn chưa có kết quả!"}
    assert "Tới giờ vẫn chưa có kết quả!" in samples
    assert samples == utterances.samples_of(file, VOCABULARY)


def test_a_cap_keeps_every_line(tmp_path: Path) -> None:
    lines = "".join(f'      - "câu số {number} nè"\n' for number in range(9))
    file = utterances.load_file(write(tmp_path, GOOD + lines), VOCABULARY, INTENTS)
    assert len(utterances.samples_of(file, VOCABULARY)) == 11


@pytest.mark.parametrize(
    ("change", "place", "remedy"),
    [
        (("dossier_late\n", "dossier_latte\n"), "dossier_late.yml", "sửa dòng intent"),
        (("status: reviewed", "status: done"), "dossier_late.yml", "status: draft"),
        (("{date}", "{dates}"), "dossier_late.yml:7", "lists.yml"),
        (("(trễ|quá)", "(trễ|quá"), "dossier_late.yml:7", "kiểm tra các dấu"),
        (("{date}", "<date>"), "dossier_late.yml:7", "phrases.yml"),
        (("cap: 5", "cap: 0"), "nhóm late", "ghi một số"),
        (("    sentences:", "    sentence:"), "dossier_late.yml", "sentences"),
        (('      - "Tới', '    - "Tới'), "dossier_late.yml:8", "thụt dòng"),
        (('"Tới giờ vẫn chưa có kết quả!"', '""'), "dossier_late.yml:8", "ngoặc kép"),
    ],
)
def test_a_mistake_is_named_with_place_and_remedy(
    tmp_path: Path, change: tuple[str, str], place: str, remedy: str
) -> None:
    path = write(tmp_path, GOOD.replace(*change))
    with pytest.raises(TemplateError) as caught:
        utterances.load_file(path, VOCABULARY, INTENTS)
    assert place in str(caught.value)
    assert remedy in str(caught.value)


def test_the_file_is_named_after_its_intent(tmp_path: Path) -> None:
    with pytest.raises(TemplateError, match="tên tệp"):
        utterances.load_file(write(tmp_path, GOOD, "late.yml"), VOCABULARY, INTENTS)
    assert utterances.load_file(write(tmp_path, GOOD, "dossier_late.land.yml"), VOCABULARY, INTENTS)


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "dossier_late.yml"
    path.write_bytes("hồ sơ".encode("utf-16"))
    with pytest.raises(TemplateError, match="UTF-8"):
        utterances.load_file(path, VOCABULARY, INTENTS)


def test_phrases_that_call_each_other_are_found() -> None:
    phrase = utterances.parse("<a>", Path("phrases.yml"))
    with pytest.raises(TemplateError, match="vòng tròn"):
        utterances.sample(utterances.Template(phrase, ""), Vocabulary({}, {"a": phrase}), Random(0))


def test_every_sentence_gets_a_copy_as_people_type() -> None:
    lists = NoiseLists.load(expand.ROOT / "nlu" / "lists")
    sentences = [f"Hồ sơ của tôi trễ hẹn {number} ngày rồi" for number in range(40)]
    made = list(expand.noised(sentences, "dossier_late", lists))
    assert made[::2] == sentences
    copies = made[1::2]
    assert all(copy != sentence for copy, sentence in zip(copies, sentences, strict=True))
    assert 5 < sum(fold(copy) == copy.lower() for copy in copies) < 35
    assert made == list(expand.noised(sentences, "dossier_late", lists))


def test_generated_examples_are_what_the_templates_give() -> None:
    assert {path: path.read_text(encoding="utf-8") for path in expand.GENERATED.glob("*.yml")} == expand.expand()


def test_no_test_sentence_is_in_training() -> None:
    examples = [
        line.strip()[2:]
        for path in (expand.ROOT / "data" / "nlu").rglob("*.yml")
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        if "intent" in block
        for line in block["examples"].splitlines()
    ]
    assert len(examples) > 5000
    assert not {expand.plain(example) for example in examples} & expand.held_by_tests()


def test_every_intent_that_people_write_has_examples() -> None:
    wanted = {name for name, row in utterances.read_yaml(expand.ROOT / "nlu" / "intents.yml").items() if "means" in row}
    written = {file.intent for file in utterances.load_files()[1] if not file.is_draft}
    assert written == wanted
