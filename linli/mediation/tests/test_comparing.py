"""Versions compared."""

import random
import time

from hypothesis import given
from hypothesis import strategies as st

from linli.mediation.agreeing.comparing import Change, Span, compare, is_changed

S, R, A = Change.SAME, Change.REMOVED, Change.ADDED
WORDS = st.text(alphabet="甲乙丙丁，。\n a1", max_size=40)


@given(WORDS, WORDS)
def test_both_texts_can_be_read_from_the_spans(old: str, new: str) -> None:
    spans = compare(old, new)
    assert "".join(span.words for span in spans if span.change != A) == old
    assert "".join(span.words for span in spans if span.change != R) == new
    assert all(span.words for span in spans)
    assert all(one.change != other.change for one, other in zip(spans, spans[1:], strict=False))
    assert is_changed(spans) == (old != new)


def test_an_amount_is_changed_as_a_whole() -> None:
    assert compare("李四支付12,000.00元，当场付清。", "李四支付13,000.00元，当场付清。") == [
        Span(S, "李四支付"),
        Span(R, "12,000.00"),
        Span(A, "13,000.00"),
        Span(S, "元，当场付清。"),
    ]


def test_a_sentence_that_came_in_stands_alone() -> None:
    assert compare("第一条。第三条。", "第一条。另付运费。第三条。") == [
        Span(S, "第一条。"),
        Span(A, "另付运费。"),
        Span(S, "第三条。"),
    ]


def test_single_characters_that_agree_by_chance_are_not_shown_as_kept() -> None:
    assert compare("归还的耕牛", "返修的农具") == [Span(R, "归还的耕牛"), Span(A, "返修的农具")]


def test_ten_thousand_characters_are_compared_at_once() -> None:
    draw = random.Random(7)
    characters = [chr(0x4E00 + draw.randrange(600)) for _ in range(10_000)]
    edited = list(characters)
    for _ in range(40):
        edited[draw.randrange(len(edited))] = "改"
    texts = [
        ("".join(characters), "".join(edited)),
        ("".join(characters), "".join(reversed(characters))),
        ("，".join(characters[:5000]), "，".join(characters[5000:])),
        ("同样，" * 3000, "同样，" * 2900 + "不同，" * 100),
        ("甲乙" * 5000, "乙甲" * 5000),
    ]
    for old, new in texts:
        began = time.process_time()
        spans = compare(old, new)
        assert time.process_time() - began < 2
        assert "".join(span.words for span in spans if span.change != A) == old
