# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account was called before is withheld as what it is called now."""

from __future__ import annotations

import pytest

from graphkit.bundle.masking import masked_texts
from graphkit.bundle.names import withheld_names
from graphkit.case import add_name, create_case, load_corpus, pseudonym
from graphkit.investigation.ingesting import ingest

HEAD = "account_id,platform,handle,display_name\n"
TEXT = "according to marsh_lark, once dune_wren, 据沙洲来客报道"


@pytest.fixture
def case(tmp_path):
    case = create_case(tmp_path / "case")
    for number, row in enumerate(["p:1,p,dune_wren,沙洲来客", "p:1,p,marsh_lark,芦荡新声"]):
        path = tmp_path / f"accounts{number}.csv"
        path.write_text(f"{HEAD}{row}\n")
        ingest(case, [path], importer_name="canonical", collection="stream")
    return case


def masked(case):
    return masked_texts(withheld_names(case, load_corpus(case)), [TEXT]).get(TEXT, TEXT)


def test_a_former_name_is_masked_with_the_same_pseudonym(case):
    who = pseudonym(case, "p:1")
    assert load_corpus(case).revisions.height == 2
    assert masked(case) == f"according to {who}, once {who}, 据{who}报道"


def test_former_names_of_a_named_account_stay(case):
    add_name(case, "p:1", reason="it is an office", by="Ada", is_private=False)
    assert masked(case) == TEXT
