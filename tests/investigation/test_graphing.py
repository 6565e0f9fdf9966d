# SPDX-License-Identifier: GPL-3.0-or-later
"""Graph files: what Gephi opens, accounts by pseudonym, the same bytes each time."""

from __future__ import annotations

import shutil

import networkx as nx
import pytest

from graphkit.case import add_name, load_corpus, open_case
from graphkit.errors import ParameterError, UnknownNameError
from graphkit.investigation.graphing import GRAPHS, GraphOptions, write_graph


@pytest.fixture(scope="module")
def case(world_case, tmp_path_factory):
    copy = tmp_path_factory.mktemp("graph") / "case"
    shutil.copytree(world_case.root, copy)
    return open_case(copy)


@pytest.mark.parametrize("what", sorted(GRAPHS))
def test_each_graph_can_be_read_by_others_and_names_no_account(case, tmp_path, what):
    out = tmp_path / "net.graphml"
    nodes, edges = write_graph(case, what, out=out)
    graph = nx.read_graphml(out)
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (nodes, edges)
    assert edges > 0
    assert not any(node.startswith("weiju:") for node in graph)


def test_the_co_action_graph_of_shop_links_is_the_planted_nine(case, tmp_path):
    out = tmp_path / "net.gexf"
    assert write_graph(case, "coaction", out=out, options=GraphOptions("url", q=0.01)) == (9, 36)
    assert nx.read_gexf(out).number_of_edges() == 36


def test_the_same_case_gives_the_same_bytes(case, tmp_path):
    write_graph(case, "citation", out=tmp_path / "a.csv")
    write_graph(case, "citation", out=tmp_path / "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_a_named_account_stands_under_its_id(case, tmp_path):
    account = load_corpus(case).actions.filter(act="url")["account_id"].sort()[0]
    add_name(case, account, reason="a test", by="Lin")
    options = GraphOptions("url", min_objects=1)
    write_graph(case, "coaction", out=tmp_path / "a.csv", options=options)
    named = (tmp_path / "a.csv").read_text().count("weiju:")
    assert named == (tmp_path / "a.csv").read_text().count(account)


def test_an_unknown_act_or_suffix_is_one_clear_error(case, tmp_path):
    with pytest.raises(
        UnknownNameError, match="no act of this case is called 'urls'; did you mean"
    ):
        write_graph(case, "coaction", out=tmp_path / "a.csv", options=GraphOptions("urls"))
    with pytest.raises(ParameterError, match=r"a\.png: write \.graphml, \.gexf or \.csv"):
        write_graph(case, "coaction", out=tmp_path / "a.png")


def test_a_published_rule_gives_its_own_edges(case, tmp_path):
    options = GraphOptions(act="url", rule="toolkit")
    graph_file = tmp_path / "net.graphml"
    assert write_graph(case, "coaction", out=graph_file, options=options) == (22, 108)
    assert 'edgedefault="directed"' in (tmp_path / "net.graphml").read_text("utf-8")


def test_an_unknown_rule_is_named_with_those_that_there_are(case, tmp_path):
    options = GraphOptions(act="url", rule="coortwet")
    with pytest.raises(UnknownNameError, match="coortweet"):
        write_graph(case, "coaction", out=tmp_path / "net.gexf", options=options)
