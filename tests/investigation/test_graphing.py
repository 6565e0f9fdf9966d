# SPDX-License-Identifier: GPL-3.0-or-later
"""Graph files: what Gephi opens, accounts by pseudonym, the same bytes each time."""

from __future__ import annotations

import shutil

import igraph
import networkx as nx
import pytest

from graphkit.case import add_name, load_corpus, named_accounts, open_case
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
    add_name(case, account, reason="a test", by="Lin", is_private=False)
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


def test_several_acts_make_one_edge_a_pair_with_the_figures_of_each_act(case, tmp_path):
    told = []
    options = GraphOptions("url,domain", q=0.01)
    out = tmp_path / "net.gexf"
    assert write_graph(case, "coaction", out=out, options=options, warn=told.append) == (9, 36)
    graph = nx.read_gexf(out)
    edge = next(iter(graph.edges(data=True)))[2]
    assert edge["acts"] == "domain url"
    assert edge["meetings_count"] == edge["objects_count_url"]
    assert {"p_value", "q_value", "expected_url", "p_value_domain", "q_value_url"} <= set(edge)
    node = next(iter(graph.nodes(data=True)))[1]
    assert {"community", "stability", "extent", "extent_url", "community_domain"} <= set(node)
    assert "100% of the posts behind domain or url (the smaller) are behind both" in told[0]
    assert told[0] in out.read_text("utf-8")


def test_a_graph_of_all_acts_opens_in_igraph_and_networkx_under_pseudonyms(case, tmp_path):
    out = tmp_path / "net.graphml"
    nodes, edges = write_graph(case, "coaction", out=out, options=GraphOptions("all"))
    graph, other = nx.read_graphml(out), igraph.Graph.Read_GraphML(str(out))
    assert (graph.number_of_nodes(), graph.number_of_edges()) == (nodes, edges)
    assert (other.vcount(), other.ecount()) == (nodes, edges)
    assert {node for node in graph if node.startswith("weiju:")} <= set(named_accounts(case))


def test_each_account_of_one_act_has_a_community_and_an_extent(case, tmp_path):
    out = tmp_path / "net.gexf"
    write_graph(case, "coaction", out=out, options=GraphOptions("url", q=0.01))
    nodes = [data for _, data in nx.read_gexf(out).nodes(data=True)]
    assert {(node["community"], node["stability"]) for node in nodes} == {(0, 1.0)}
    assert all(0 <= node["extent"] <= 1 for node in nodes)


def test_a_published_rule_takes_one_act(case, tmp_path):
    options = GraphOptions("url,repost", rule="toolkit")
    with pytest.raises(ParameterError, match="published rules are for one act"):
        write_graph(case, "coaction", out=tmp_path / "net.gexf", options=options)


def test_an_act_without_a_window_is_not_combined(case, tmp_path):
    options = GraphOptions("handle,url")
    with pytest.raises(ParameterError, match="handle: it has no window"):
        write_graph(case, "coaction", out=tmp_path / "net.gexf", options=options)
