"""Archive runs on Ray leave what those without leave, whoever is killed; the large form is in benchmarks/."""

import os
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from archive_kills import Setting, tree
from archive_ray_kills import Killing, descendants, driver_kills, raylet_kills, worker_kills
from archive_texts import write_mixed
from archives import check, run
from dateline_archive import cluster as archive_cluster
from dateline_archive import options
from dateline_archive.cluster import HATCHES
from dateline_archive.pulse import Pulse
from dateline_archive.shards import Plan, Shard, shards
from dateline_archive.workers import Reader, WorkersDiedError, WorkersLostError
from dateline_bundle.manifest import read_manifest
from dateline_infer.choosing import Asked
from dateline_infer.loading import Loading

on_ray = pytest.mark.skipif(
    archive_cluster.find_spec("ray") is None or sys.platform != "linux", reason="needs dateline[ray] and /proc"
)
DOCUMENTS, SHARD = 40, 5
_MOST_TRIES = 8


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_mixed(tmp_path_factory.mktemp("archive"), DOCUMENTS, seed=5, broken=2)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["--ray", "--out", "d"], ["--ray", "local", "--out", "d"]),
        (["a", "--ray"], ["a", "--ray", "local"]),
        (["--ray", "news/a.jsonl"], ["--ray", "local", "news/a.jsonl"]),
        (["--ray", "10.0.0.1:6379", "a"], ["--ray", "10.0.0.1:6379", "a"]),
        (["--ray", "auto", "a"], ["--ray", "auto", "a"]),
    ],
)
def test_ray_stands_alone_or_with_an_address(words: list[str], meant: list[str]) -> None:
    assert list(options._with_address(words)) == meant


def test_without_ray_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    tiny_bundle: Path,
    inputs: list[Path],
    capsys: pytest.CaptureFixture,
) -> None:
    monkeypatch.setattr(archive_cluster, "find_spec", lambda name: None)
    assert run(tiny_bundle, inputs, tmp_path / "out", "--ray") == 2
    assert capsys.readouterr().err == "--ray needs ray, which is not installed: pip install 'dateline[ray]'\n"
    assert not (tmp_path / "out").exists()


@on_ray
@pytest.mark.parametrize("name", HATCHES)
def test_variables_that_let_ray_run_code_from_data_are_refused(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tiny_bundle: Path, inputs: list[Path], capsys
) -> None:
    monkeypatch.setenv(name, "0")
    assert run(tiny_bundle, inputs, tmp_path / "out", "--ray") == 2
    told = capsys.readouterr().err
    assert told == f"--ray:0:{name}: lets Ray run code that it finds in data, expected it to be unset\n"
    assert not (tmp_path / "out").exists()


@on_ray
def test_where_no_cluster_is_one_line_says_so(
    tmp_path: Path, tiny_bundle: Path, inputs: list[Path], capsys: pytest.CaptureFixture
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    assert run(tiny_bundle, inputs, tmp_path / "out", "--ray", address) == 4
    assert capsys.readouterr().err == f"no Ray cluster answers at {address}\n"
    assert not (tmp_path / "out").exists()


def test_a_pulse_that_stops_is_noticed_when_patience_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        patient, impatient = (Pulse({"head": address}, patience) for patience in (100.0, 0.0))
        patient.check_now()
        impatient.check_now()
    patient.check_now()
    with pytest.raises(WorkersLostError, match="its head does not answer"):
        impatient.check_now()


@pytest.fixture(scope="module")
def killing(tmp_path_factory: pytest.TempPathFactory, tiny_bundle: Path, inputs: list[Path]) -> Killing:
    setting = Setting(tiny_bundle, inputs, ("--shard", str(SHARD)))
    return Killing.begin(setting, tmp_path_factory.mktemp("runs"))


@on_ray
@pytest.mark.slow
def test_killed_workers_are_replaced_and_nothing_is_lost(killing: Killing) -> None:
    found = worker_kills(killing, 2, every=1.0)
    assert (found.different, found.lost, found.doubled, found.kills) == ([], 0, 0, 2)
    assert check(killing.folder / "workers0") == 0


@on_ray
@pytest.mark.slow
def test_a_killed_raylet_stops_the_run_which_goes_on_later(killing: Killing, tmp_path: Path) -> None:
    for number in range(_MOST_TRIES):  # one that dies before the cluster stands, or when all is read, stops nothing
        folder = tmp_path / str(number)
        folder.mkdir()
        after_the_first_shard = random.Random(10)
        found = raylet_kills(replace(killing, folder=folder, chance=after_the_first_shard), 1, most=1)
        assert (found.different, found.lost, found.doubled, found.kills) == ([], 0, 0, 1)
        if found.ended:
            break
    assert found.ended, "no kill stopped a run"
    told = [path.read_text(encoding="utf-8") for path in folder.glob("raylet*.err")]
    assert any("the Ray cluster" in each and "the same command goes on from there" in each for each in told)


@on_ray
@pytest.mark.slow
def test_a_killed_driver_takes_its_cluster_along(killing: Killing) -> None:
    found = driver_kills(killing, 1, most=1)
    assert (found.different, found.lost, found.doubled, found.kills) == ([], 0, 0, 1)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Pulse]:
    """A cluster of this process's own, with room for two workers."""
    before = dict(os.environ)
    with archive_cluster.joined(archive_cluster.LOCAL, 2, 1) as pulse:
        yield pulse
    os.environ.clear()
    os.environ.update(before)


def _reader(bundle: Path) -> Reader:
    loading = Loading(bundle, Asked("cpu", "onnxruntime", "fp32"), threads=1)
    return Reader(loading, Plan(documents=SHARD), read_manifest(bundle).digest)


@on_ray
@pytest.mark.slow
def test_another_process_reads_on_a_cluster_that_is_there(
    cluster: Pulse, killing: Killing, tiny_bundle: Path, inputs: list[Path], tmp_path: Path
) -> None:
    host, port = cluster.addresses["head"]
    words = ["run", tiny_bundle, *inputs, "--out", tmp_path / "out", "--shard", SHARD, "--ray", f"{host}:{port}"]
    code = (
        "import sys; from dateline_archive.commands import archive; from dateline_labels.main import main; "
        "sys.exit(main(sys.argv[1:], archive))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code, *map(str, words)], env=environment, capture_output=True)
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
    assert tree(tmp_path / "out") == tree(killing.expected)


@on_ray
@pytest.mark.slow
def test_a_node_that_cannot_read_the_bundle_is_named(cluster: Pulse, tiny_bundle: Path, tmp_path: Path) -> None:
    from dateline_archive.on_ray import RayWorkers, RefusedError

    reader = _reader(tiny_bundle)
    elsewhere = replace(reader, loading=replace(reader.loading, bundle=tmp_path / "elsewhere"))
    changed = replace(reader, model="0" * 64)
    for wrong, what in ((elsewhere, "elsewhere: no bundle is there"), (changed, "was changed since the run began")):
        team = RayWorkers(wrong, 1, cluster)
        with pytest.raises(RefusedError, match=what) as told:
            team.submit(Shard(0, 0, (), None, None, 0)).result(120)
        assert told.value.exit_code == 3
        assert "node 127.0.0.1 of the Ray cluster" in str(told.value)
        team.stop()


@on_ray
@pytest.mark.slow
def test_a_shard_that_keeps_killing_its_workers_is_named_and_all_listen_on_the_loopback_alone(
    cluster: Pulse, tiny_bundle: Path, inputs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dateline_archive import on_ray as archive_ray
    from dateline_archive.listing import listing_lines

    class Deadly(archive_ray.ShardReader):
        def read(self, shard: Shard):
            if shard.number == 1:
                os._exit(1)
            return super().read(shard)

    monkeypatch.setattr(archive_ray, "ShardReader", Deadly)
    reader = _reader(tiny_bundle)
    listing = tmp_path / "inputs.jsonl"
    listing.write_bytes(b"".join(listing_lines(inputs)))
    harmless, deadly, *_ = shards(listing, reader.plan, {})
    team = archive_ray.RayWorkers(reader, 1, cluster)
    assert team.submit(harmless).result(120).shard == 0
    assert _heard_from_elsewhere() == []
    with pytest.raises(WorkersDiedError, match="4 workers died, one after another, over shard 1, documents 5 to 9"):
        team.submit(deadly).result(240)
    team.stop()


def _heard_from_elsewhere() -> list[str]:
    """What this process and those that it started listen on, besides the loopback."""
    sockets = set()
    for number in (os.getpid(), *(number for number, _ in descendants(os.getpid()))):
        for descriptor in Path(f"/proc/{number}/fd").iterdir():
            try:
                sockets.add(os.readlink(descriptor))
            except FileNotFoundError:
                continue
    listening = []
    for table, loopback in (("tcp", "0100007F"), ("tcp6", "0000000000000000FFFF00000100007F")):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            _, local, _, state, *_, inode = line.split()[:10]
            if state == "0A" and f"socket:[{inode}]" in sockets:
                listening.append((local.partition(":")[0] == loopback, local))
    assert listening
    return [local for ours, local in listening if not ours]
