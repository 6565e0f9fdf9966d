# SPDX-License-Identifier: GPL-3.0-or-later
import pytest

from graphkit.errors import InputError
from graphkit.trace.claim import find_claim, first_posts, placed_posts

SAYS = "苇港大桥主塔出现3条裂缝，昨晚有人听到钢索在响，家在桥边的赶紧绕路！"
CHANGED = "苇港大桥主塔出现13条裂缝，昨晚很多人听到钢索在响，家在桥边的赶紧绕路！"
COMMENT = "我家孩子每天坐校车要过这座桥，晚高峰绕路要四十分钟，真让人发愁啊"


def ids(claim):
    return [post_id.removeprefix("weiju:") for post_id in claim.posts["post_id"]]


@pytest.fixture
def corpus(corpus_of):
    return corpus_of(
        {"id": "1", "by": "a", "minute": 0, "text": SAYS},
        {"id": "2", "by": "b", "minute": 1, "kind": "repost", "parent_id": "1", "root_id": "1"},
        {"id": "3", "by": "c", "minute": 2, "kind": "quote", "parent_id": "2", "text": "真的吗？"},
        {"id": "4", "by": "d", "minute": 3, "kind": "reply", "parent_id": "1", "text": "假的"},
        {"id": "5", "by": "e", "minute": 4, "text": CHANGED + COMMENT},
        {"id": "6", "by": "f", "minute": 5, "text": COMMENT},
        {"id": "7", "by": "g", "minute": 6, "text": "今天天气很好我们去公园散步吧"},
        {
            "id": "8",
            "by": "h",
            "minute": 7,
            "text": "看这个",
            "urls": ["https://a.example/x?utm_source=b"],
        },
    )


@pytest.mark.parametrize(
    ("what", "read_as"),
    [
        ("weiju:1", "post"),
        ("2", "post"),
        ("claim:weiju:1", "claim"),
        (SAYS, "text"),
        ("主塔出现13条裂缝", "text"),
        ("https://weiju.example/3", "url"),
    ],
)
def test_every_way_in_leads_to_the_same_claim(corpus, what, read_as):
    claim = find_claim(corpus, what)
    assert claim.kind == read_as
    assert ids(claim) == ["1", "2", "3", "5"]
    assert claim.says["node_id"].to_list() == ["weiju:1", "weiju:5"]


def test_what_resembles_only_the_comment_of_a_copy_is_another_claim(corpus):
    assert ids(find_claim(corpus, "weiju:6")) == ["5", "6"]
    assert ids(find_claim(corpus, "weiju:7")) == ["7"]


def test_asked_by_a_copy_with_a_comment_the_claim_is_both(corpus):
    assert ids(find_claim(corpus, "weiju:5")) == ["1", "2", "3", "5", "6"]


def test_an_address_stands_for_the_posts_that_link_it(corpus):
    assert ids(find_claim(corpus, "https://a.example/x")) == ["8"]
    assert ids(find_claim(corpus, "https://a.example/other")) == []


def test_a_text_that_nobody_says_is_an_empty_claim(corpus):
    assert ids(find_claim(corpus, "月亮是方的而且会说话")) == []


def test_an_unknown_post_is_refused(corpus):
    with pytest.raises(InputError, match="'99' is no post of the data"):
        find_claim(corpus, "99", kind="post")
    with pytest.raises(InputError, match="'story' cannot be traced; give one of post, claim"):
        find_claim(corpus, "1", kind="story")


def test_a_first_post_that_is_gone_says_what_its_reposts_quote(corpus_of):
    repost = {"kind": "repost", "parent_id": "99", "root_id": "99"}
    rows = [
        {"id": "1", "by": "a", "minute": 1, "text": f"啊//@gone:{SAYS}"} | repost,
        {"id": "2", "by": "b", "minute": 2, "text": "转发微博"} | repost,
        {"id": "3", "by": "c", "minute": 3, "text": CHANGED},
    ]
    claim = find_claim(corpus_of(*rows), CHANGED)
    assert ids(claim) == ["1", "2", "3"]
    assert claim.says.select("node_id", "handle").rows() == [("weiju:3", "c"), ("weiju:99", "gone")]
    on_weibo = find_claim(corpus_of(*rows, platform="weibo"), CHANGED)
    assert on_weibo.posts["post_id"].to_list() == ["weibo:3"]


def test_a_first_post_under_two_names_has_no_words(corpus_of):
    repost = {"kind": "repost", "parent_id": "99", "root_id": "99"}
    claim = find_claim(
        corpus_of(
            {"id": "1", "by": "a", "minute": 1, "text": f"啊//@one:{SAYS}"} | repost,
            {"id": "2", "by": "b", "minute": 2, "text": f"啊//@two:{CHANGED}"} | repost,
        ),
        "99",
    )
    assert ids(claim) == ["1", "2"]
    assert claim.says.height == 0


def test_ids_lead_to_the_first_post_in_any_number_of_steps_and_out_of_a_circle(corpus_of):
    repost = {"by": "a", "minute": 0, "kind": "repost"}
    posts = placed_posts(
        corpus_of(
            {"id": "1", "parent_id": "2"} | repost,
            {"id": "2", "parent_id": "3"} | repost,
            {"id": "3", "parent_id": "99"} | repost,
            {"id": "4", "parent_id": "5"} | repost,
            {"id": "5", "parent_id": "4"} | repost,
        )
    )
    assert first_posts(posts)[:3].to_list() == ["weiju:99"] * 3
    assert set(first_posts(posts)[3:]) <= {"weiju:4", "weiju:5"}
