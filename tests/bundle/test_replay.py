# SPDX-License-Identifier: GPL-3.0-or-later
"""What `graphkit verify --replay` says to somebody who has the bundle and nothing else."""

from __future__ import annotations

import importlib.util
import json
import shutil
import socket
from pathlib import Path

import pytest

from graphkit.bundle.contents import Scope
from graphkit.bundle.signing import create_key
from graphkit.bundle.write import write_bundle
from graphkit.case import open_case
from graphkit.cli import main
from graphkit.investigation.replaying import State, replay

spec = importlib.util.spec_from_file_location("forging", Path(__file__).parent / "forging.py")
forging = importlib.util.module_from_spec(spec)
spec.loader.exec_module(forging)

KINDS = ["ranking-placement", "copied-text"]
HEAD = "post_id,account_id,platform,created_at,text,parent_id,kind\n"
TOPICS = ["桥垮了", "天气", "足球", "新歌"]


def topics(path, hour):
    """An hour of a hot list as the archive has it; only its path says which hour."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {"title": f"#{TOPICS[(n + hour) % 4]}#", "category": "", "description": "", "ads": False,
         "url": f"https://s.weibo.com/weibo?q=%23{n}%23", "hot": 1000 - 100 * n}
        for n in range(4)
    ]  # fmt: skip
    path.write_text(json.dumps(rows), "utf-8")
    return path


def posts(path, rows, head=HEAD):
    path.write_text(head + "".join(",".join(row) + "\n" for row in rows), "utf-8")
    return path


def story(folder):
    """Files of a case that were told much: two imports of one post, a map, a register."""
    text = "the old bridge over the river fell into the water last night"
    first = [
        (f"50000{n}", f"70000{n}", "p", f"2026-03-10 09:0{n}", text, "", "original")
        for n in range(6)
    ]
    again = [("500003", "700003", "p", "2026-03-10 09:03", f"{text} - edited", "", "original"),
             ("500009", "700009", "p", "2026-03-10 10:00", "", "500003", "repost")]  # fmt: skip
    return {
        "first": posts(folder / "first.csv", first),
        "again": posts(folder / "again.csv", again),
        "guessed": posts(
            folder / "guessed.csv", [("600001", "800001", "2026-03-10T01:00:00Z", text)],
            head="status id,user id,created at,message\n",
        ),
        "register": posts(
            folder / "register.csv", [("account", "p:700001", "outlet")],
            head="subject_kind,subject_id,label\n",
        ),
    }  # fmt: skip


def run(*arguments):
    return main([str(each) for each in arguments])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A case of two imports of a hot list and one of a story, with runs at three states of it."""
    root = tmp_path_factory.mktemp("replay")
    case, files = root / "case", story(root)
    days = root / "2026-03-10"
    run("new", case, "--zone", "Asia/Shanghai")
    run("import", case, topics(days / "08.json", 8), topics(days / "09.json", 9))
    run("detect", case, *KINDS)
    run("import", case, files["first"], "--tz", "Asia/Shanghai", "--collection", "keyword")
    run("import", case, files["again"], "--tz", "Asia/Shanghai", "--collected-at",
        "2026-03-12T00:00Z")  # fmt: skip
    run("import", case, files["guessed"], "--platform", "p")
    run("register", case, files["register"])
    run("add", case, "The bridge is down!", "--account", "p:@lin_reader", "--seen-at",
        "2026-03-10T09:00+08:00", "--by", "Lin")  # fmt: skip
    run("detect", case, *KINDS, "--set", "copied-text.min_accounts=3")
    run("trace", case, "p:500003")
    run("trace", case, "the old bridge over the river fell into the water last night")
    create_key(root / "key.pem")
    write_bundle(
        open_case(case),
        root / "bundle",
        scope=Scope(unreviewed=True, inputs=True),
        signing_key=root / "key.pem",
    )
    inputs = root / "handed-over"
    inputs.mkdir()
    for number, path in enumerate(sorted((case / "inputs").glob("[0-9a-f]" * 64))):
        shutil.copy(path, inputs / f"{number}.bin")
    return root


@pytest.fixture
def bundle(made, tmp_path):
    """The bundle where nothing else is: no case, no key, no network."""
    shutil.copytree(made / "bundle", tmp_path / "stranger" / "bundle")
    return tmp_path / "stranger" / "bundle"


@pytest.fixture(autouse=True)
def nowhere(tmp_path, monkeypatch):
    """A person without configuration, and a machine without network."""

    def refused(*_args, **_named):
        raise AssertionError("a connection was asked for")

    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-config"))
    monkeypatch.setenv("HOME", str(tmp_path / "no-home"))
    monkeypatch.setattr(socket, "socket", refused)


def states(found):
    return [f"{each.what.split()[0]}: {each.state}" for each in found.items]


SAME = [
    "copied-text: the same",
    "copied-text: the same",
    "ranking-placement: the same",
    "ranking-placement: the same",
    "trace: the same",
    "trace: the same",
]


def test_all_comes_out_the_same_from_the_inputs_whatever_they_are_called(made, bundle, capsys):
    assert run("verify", bundle, "--replay", "--inputs", made / "handed-over") == 0
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "replayed: 6 the same, 0 differs, 0 not replayable"
    assert sum(line.endswith(": the same") for line in said) == 6
    assert sorted(each.name for each in bundle.parent.iterdir()) == ["bundle"]


def test_what_the_bundled_inputs_tell_is_replayed_and_the_others_are_named_by_hash(bundle, capsys):
    assert run("verify", bundle, "--replay") == 1
    said = capsys.readouterr().out
    assert "replayed: 2 the same, 0 differs, 4 not replayable" in said
    told = json.loads((bundle / "data" / "imports.json").read_bytes())
    sources = [source for batch in told for source in batch["sources"]]
    assert [source["input"] is not None for source in sources] == [True, True, *[False] * 6]
    for source in sources[2:]:
        assert f"  sha256:{source['sha256']}\n" in said
    assert "first.csv" not in said
    runs = json.loads((bundle / "data" / "runs.json").read_bytes())
    assert [len(each["withheld_inputs"]) for each in runs] == [0, 6, 6, 0]


def test_a_zip_is_replayed_like_a_folder(made, tmp_path):
    case = open_case(made / "case")
    scope = Scope(unreviewed=True, inputs=True)
    write_bundle(case, tmp_path / "sent.zip", scope=scope)
    found = replay(tmp_path / "sent.zip", inputs=made / "handed-over")
    assert states(found) == SAME
    assert (found.is_same, found.versions, found.missing) == (True, (), ())


def test_a_file_with_another_byte_is_not_the_input(made, bundle, tmp_path):
    shutil.copytree(made / "handed-over", tmp_path / "given")
    for path in (tmp_path / "given").iterdir():
        if b"edited" in path.read_bytes():
            path.chmod(0o644)
            path.write_bytes(path.read_bytes().replace(b"edited", b"Edited"))
    found = replay(bundle, inputs=tmp_path / "given")
    assert len(found.missing) == 1
    assert states(found)[1] == "copied-text: not replayable"


def forged(made, bundle, change):
    """The bundle after `change` of its findings, with all hashes and a forger's signature."""
    forging.told(bundle / "data" / "findings.jsonl", change)
    forging.described(bundle)
    forging.resealed(bundle, made / "key.pem")


TURNED = {
    "score": (lambda r: {**r, "score": 0.25}, "score is 0.0 here, 0.25 in the bundle"),
    "outcome": (
        lambda r: {**r, "outcome": "placement"},
        "outcome is insufficient here, placement in the bundle",
    ),
    "measure": (
        lambda r: {**r, "measures": {**r["measures"], "snapshots": 99.0}},
        "measure snapshots is ",
    ),
    "caveats": (
        lambda r: {**r, "caveats": [*r["caveats"], {"hypothesis": "luck", "test": "none",
                                                    "outcome": "stands", "detail": ""}]},
        "outcomes of its caveats is ",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TURNED)
def test_a_finding_turned_under_a_whole_forgery_differs_from_its_replay(made, bundle, name, capsys):
    change, said = TURNED[name]
    forged(made, bundle, lambda r: change(r) if r["kind"] == "ranking-placement" else r)
    assert run("verify", bundle) == 0
    assert run("verify", bundle, "--replay") == 1
    told = capsys.readouterr().out
    assert "ranking-placement (run" in told
    assert said in told
    assert ": differs\n" in told


def test_other_versions_are_said_and_the_replay_is_made_all_the_same(made, bundle, capsys):
    path = bundle / "data" / "runs.json"
    runs = json.loads(path.read_bytes())
    for each in runs:
        each["recipe"]["versions"]["polars"] = "0.1"
    path.write_text(json.dumps(runs))
    forging.described(bundle)
    forging.resealed(bundle, made / "key.pem")
    assert run("verify", bundle, "--replay", "--inputs", made / "handed-over") == 0
    assert "other versions than those that made it: polars 0.1 then, " in capsys.readouterr().out


def test_a_run_of_a_detector_that_is_not_here_says_so(made, bundle):
    path = bundle / "data" / "runs.json"
    path.write_bytes(path.read_bytes().replace(b'"detector": "copied-text"', b'"detector": "ours"'))
    found = replay(bundle, inputs=made / "handed-over")
    ours = [each for each in found.items if each.what.startswith("ours")]
    assert [(each.state, each.said) for each in ours] == [
        (State.NOT_REPLAYABLE, ("its detector is not installed here",))
    ] * 2


def test_imports_told_otherwise_are_not_passed_off_as_the_same(made, bundle):
    path = bundle / "data" / "imports.json"
    told = json.loads(path.read_bytes())
    told[1]["sources"][0]["told"]["tz"] = "UTC"
    path.write_text(json.dumps(told))
    found = replay(bundle, inputs=made / "handed-over")
    assert states(found)[1] == "copied-text: not replayable"
    assert found.items[1].said == ("an import was told otherwise then",)


def test_a_place_that_leads_out_is_not_followed(made, bundle, tmp_path):
    path = bundle / "data" / "imports.json"
    told = json.loads(path.read_bytes())
    told[1]["sources"][0]["place"] = "../../../escaped/first.csv"
    path.write_text(json.dumps(told))
    replay(bundle, inputs=made / "handed-over")
    assert not list(tmp_path.rglob("escaped"))


def test_inputs_without_replay_or_without_a_folder_are_wrong_use(bundle, capsys):
    assert run("verify", bundle, "--inputs", bundle) == 2
    assert "--inputs names a folder for --replay; give both" in capsys.readouterr().err
    assert run("verify", bundle, "--replay", "--inputs", bundle / "bagit.txt") == 2


def test_a_tampered_bundle_is_not_replayed(bundle, capsys):
    (bundle / "data" / "notes.jsonl").write_text("x")
    assert run("verify", bundle, "--replay") == 1
    assert "replayed" not in capsys.readouterr().out
