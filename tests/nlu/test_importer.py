"""The importer that joins the domain's files."""

from pathlib import Path

import pytest
from rasa.shared.exceptions import YamlException

from nlu.rasa_importer import DomainError, SplitDomainImporter, join

MAIN = 'version: "3.1"\nintents: [shared_intent]\nsession_config:\n  session_expiration_time: 0\n' \
    "  carry_over_slots_to_new_session: true\n"  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "nlu" / "domain").mkdir(parents=True)
    (tmp_path / "domain.yml").write_text(MAIN)
    return tmp_path


def fragment(project: Path, name: str, text: str) -> Path:
    path = project / "nlu" / "domain" / f"{name}.yml"
    path.write_text(f'version: "3.1"\n{text}\n')
    return path


def importer(project: Path) -> SplitDomainImporter:
    return SplitDomainImporter(domain_path=str(project / "domain.yml"))


def test_fragments_are_joined_in_the_order_of_their_names(project: Path) -> None:
    fragment(project, "b_skill", "intents: [b_ask]\nresponses:\n  utter_b: [{text: B}]")
    fragment(project, "a_skill", "intents: [a_ask, {a_tell: {use_entities: []}}]\nresponses:\n  utter_a: [{text: A}]")
    domain = importer(project).get_domain()
    assert {"a_ask", "a_tell", "b_ask", "shared_intent"} <= set(domain.intents)
    assert list(join([project / "domain.yml", *sorted((project / "nlu/domain").iterdir())])["responses"]) == [
        "utter_a",
        "utter_b",
    ]
    assert set(domain.responses) == {"utter_a", "utter_b"}
    assert domain.session_config.session_expiration_time == 0
    assert domain.fingerprint() == importer(project).get_domain().fingerprint()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("intents: [shared_intent]", "shared_intent"),
        ("responses:\n  utter_x: [{text: X}]", "utter_x"),
        ("slots:\n  x: {type: text, mappings: [{type: custom}]}", "x"),
        ("forms:\n  x_form: {required_slots: []}", "x_form"),
        ("actions: [action_x]", "action_x"),
        ("entities: [x]", "x"),
    ],
)
def test_name_defined_twice_is_an_error_with_both_files(project: Path, text: str, name: str) -> None:
    first = fragment(project, "a", text)
    second = fragment(project, "b", text)
    with pytest.raises(DomainError) as caught:
        importer(project).get_domain()
    assert name in str(caught.value)
    assert str(second) in str(caught.value) or "domain.yml" in str(caught.value)
    assert str(first) in str(caught.value)


def test_session_config_in_two_files_is_an_error(project: Path) -> None:
    fragment(project, "a", "session_config:\n  session_expiration_time: 60\n  carry_over_slots_to_new_session: true")
    with pytest.raises(DomainError, match="session_config"):
        importer(project).get_domain()


def test_name_twice_in_one_file_is_an_error(project: Path) -> None:
    fragment(project, "a", "responses:\n  utter_x: [{text: X}]\n  utter_x: [{text: Y}]")
    with pytest.raises((DomainError, YamlException)):
        importer(project).get_domain()


def test_broken_file_is_named(project: Path) -> None:
    path = fragment(project, "a", "responses: [1, 2]")
    with pytest.raises(YamlException) as caught:
        importer(project).get_domain()
    assert caught.value.filename == str(path)


@pytest.mark.parametrize("domain_path", [None, "does/not/exist.yml"])
def test_missing_domain_path_gives_an_empty_domain(domain_path: str | None) -> None:
    assert SplitDomainImporter(domain_path=domain_path).get_domain().is_empty()


def test_only_our_data_folders_are_read(project: Path) -> None:
    for folder, intent in (("nlu", "in_nlu"), ("nlu/generated", "in_generated"), ("sample", "elsewhere")):
        path = project / "data" / folder
        path.mkdir(parents=True)
        (path / "x.yml").write_text(f'version: "3.1"\nnlu:\n- intent: {intent}\n  examples: |\n    - một câu\n')
    loaded = SplitDomainImporter(training_data_paths=[str(project / "data")]).get_nlu_data("vi")
    assert loaded.intents == {"in_nlu", "in_generated"}


def test_single_file_is_read_as_it_is(project: Path) -> None:
    path = project / "one.yml"
    path.write_text('version: "3.1"\nnlu:\n- intent: ask\n  examples: |\n    - một câu\n')
    assert SplitDomainImporter(training_data_paths=str(path)).get_nlu_data("vi").intents == {"ask"}
