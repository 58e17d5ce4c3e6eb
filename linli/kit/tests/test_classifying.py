"""What is learnt from labelled texts: the likely label first, sure only where it is right, kept without pickles."""

from pathlib import Path

import numpy as np
import pytest

from linli.kit.classifying import Report, learn, load, save, try_out

WORDS = {
    "路灯": "路灯不亮 路灯坏了 灯杆倒了 夜里没有灯 灯光太暗 灯泡爆了",
    "垃圾": "垃圾没人清运 垃圾桶满了 垃圾乱倒 乱扔垃圾 垃圾堆成山 清运太慢",
    "噪音": "半夜施工噪音 音响太吵 广场舞扰民 吵得睡不着 机器轰鸣噪音 噪音扰民",
}
PLACES = ("村口", "学校门口", "菜市场旁", "河边", "三组")


def examples() -> tuple[list[str], list[str]]:
    pairs = [
        (f"{place}{phrase}，请处理", label)
        for label, phrases in WORDS.items()
        for phrase in phrases.split()
        for place in PLACES
    ]
    return [text for text, _label in pairs], [label for _text, label in pairs]


def test_the_likely_label_comes_first_with_its_confidence() -> None:
    said = learn(*examples()).suggest("车站的路灯坏了一个月")
    assert said[0].label == "路灯"
    assert len(said) == 3
    assert said[0].confidence > said[1].confidence >= said[2].confidence > 0
    assert sum(one.confidence for one in said) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text", ["", "  \n", "？！", "zzz"])
def test_a_text_without_known_words_gets_no_suggestion(text: str) -> None:
    assert learn(*examples()).suggest(text) == []


def test_learning_twice_gives_the_same_model() -> None:
    first, second = learn(*examples()), learn(*examples())
    assert np.array_equal(first.weights, second.weights)
    assert first.vocabulary == second.vocabulary


def test_a_kept_model_says_the_same(tmp_path: Path) -> None:
    texts, labels = examples()
    model = learn(texts, labels, sharpness=2.5, facts={"texts": 90})
    save(model, tmp_path / "models" / "one.npz")
    kept = load(tmp_path / "models" / "one.npz")
    assert (kept.labels, kept.sharpness, kept.facts) == (model.labels, 2.5, {"texts": 90})
    for text in texts[::7]:
        assert [one.label for one in kept.suggest(text)] == [one.label for one in model.suggest(text)]
    assert [path.name for path in (tmp_path / "models").iterdir()] == ["one.npz"]


@pytest.mark.parametrize("content", [b"", b"no model", b"PK\x03\x04cut off"])
def test_a_file_that_is_no_model_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "one.npz").write_bytes(content)
    with pytest.raises(ValueError, match="no model"):
        load(tmp_path / "one.npz")


def test_no_model_is_read_from_a_pickle(tmp_path: Path) -> None:
    with (tmp_path / "one.npz").open("wb") as file:
        np.savez(file, told=np.array([{"form": 1}], dtype=object))
    with pytest.raises(ValueError, match="no model"):
        load(tmp_path / "one.npz")


def test_texts_of_one_group_are_never_on_both_sides() -> None:
    # Labels by chance, each text eight times: only whoever has learnt from its copies can know.
    texts = ["".join(chr(0x4E00 + 10 * number + at) for at in range(10)) for number in range(60)] * 8
    labels = ["甲" if number * 7 % 13 < 6 else "乙" for number in range(60)] * 8
    assert try_out(texts, labels).report.accuracy > 0.95
    assert try_out(texts, labels, groups=list(range(60)) * 8).report.accuracy < 0.7


def test_confidence_is_scaled_by_texts_kept_aside() -> None:
    texts, labels = examples()
    trial = try_out(texts, labels)
    assert trial.report.accuracy > 0.8
    assert trial.sharpness > 0
    half = try_out(texts, labels, folds=[0, 1])
    assert 0 < len(half.wanted) < len(texts)


def test_a_report_counts_label_by_label() -> None:
    report = Report.of(["甲", "甲", "甲", "乙"], ["甲", "甲", "乙", "乙"])
    assert report.accuracy == 0.75
    assert (report.labels["甲"].precision, report.labels["甲"].recall) == (1.0, pytest.approx(2 / 3))
    assert (report.labels["乙"].precision, report.labels["乙"].recall) == (0.5, 1.0)
    assert report.macro_f1 == pytest.approx((0.8 + 2 / 3) / 2)
    assert report.mistaken == [("甲", "乙", 1)]


def test_a_label_that_was_never_said_has_no_precision_and_breaks_nothing() -> None:
    report = Report.of(["甲", "乙"], ["甲", ""])
    assert report.labels["乙"].f1 == 0.0
    assert report.mistaken == [("乙", "", 1)]
