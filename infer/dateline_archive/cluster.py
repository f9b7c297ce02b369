"""The Ray cluster that an archive run works on: one of its own on this machine, or one that others keep.

The own one is there for one run: it listens on the loopback alone, asks for a secret that only this run knows, sends no
statistics anywhere, and ends with this process however that ends. Ray is imported by name where it is used, so that
types are checked without it.
"""

import ipaddress
import logging
import os
import secrets
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dateline_infer.host import CUDA, Host
from dateline_labels import InputError, MissingExtraError, Place, one_line

from .pulse import Pulse, Room, answers, fetched
from .workers import THREADS, WorkersLostError, threads_in_environment

LOCAL = "local"
"""Stands for a cluster of the run's own."""
HATCHES = ("RAY_DATA_AUTOLOAD_CLOUDPICKLE_TENSOR_METADATA", "RAY_DATA_AUTOLOAD_PYEXTENSIONTYPE")
"""Variables with which Ray runs code that it finds in Parquet files (CVE-2026-41486)."""
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # else Ray warns that its default will change
    "RAY_ENABLE_AUTO_CONNECT": "0",  # else a call after the end would start another cluster
}
_OUR_OWN = {
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # there Ray keeps to the loopback, and so it does here
    "RAY_AUTH_MODE": "token",
}
_PREFIX, _LOCK = "dateline-ray-", ".lock"
_SURELY_LOCKED = 60.0  # seconds; an older folder that nobody holds is what a killed run left
_OBJECTS, _OBJECTS_A_WORKER = 2**27, 2**26  # bytes for shards on their way, and for what was read in them
_STARTS = 3
_SECONDS_WITHOUT_HEAD = 20.0


def check_ray() -> None:
    """Raises MissingExtraError where Ray is not there, InputError where it was told to run code from data."""
    if find_spec("ray") is None:
        raise MissingExtraError("--ray", "ray", "ray")
    for name in open_hatches():
        raise InputError(Place("--ray"), name, "lets Ray run code that it finds in data, expected it to be unset")


def open_hatches() -> list[str]:
    """Those of the variables that are set here, to whatever."""
    return [name for name in HATCHES if name in os.environ]


def host_of(address: str, device: str) -> Host:
    """What a machine of a cluster offers to run an encoder, one with a GPU if that is the device asked for."""
    if address == LOCAL:
        return Host.look()
    with joined(address, 1, 1) as pulse:
        ray = import_module("ray")

        gpus = int(device == CUDA)
        look = ray.remote(Host.look).options(num_cpus=1, num_gpus=gpus, max_retries=3)
        host: Host = fetched(look.remote(), pulse, Room(1, gpus))
        return host


@contextmanager
def joined(address: str, workers: int, threads: int) -> Iterator[Pulse]:
    """Be part of a cluster, or of one with room for so many workers that lasts as long as this; raises WorkersLostError
    where it cannot be had.

    What Ray prints to standard output meanwhile is dropped: what goes wrong is said here, once.
    """
    os.environ.update(_QUIET)
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
        if address != LOCAL:
            yield from _taking_part(address, {name: str(threads) for name in THREADS})
            return
        _sweep()
        with _folder() as folder:
            options = {
                "num_cpus": workers * threads,
                "include_dashboard": False,
                "object_store_memory": _OBJECTS + workers * _OBJECTS_A_WORKER,
                "_temp_dir": str(folder),
            }
            with threads_in_environment(threads):  # from where all processes of the cluster have it
                yield from _on_our_own(options)


def _taking_part(address: str, environment: Mapping[str, str]) -> Iterator[Pulse]:
    host, _, port = address.rpartition(":")
    if port.isdecimal() and not answers((host.strip("[]"), int(port))):
        raise WorkersLostError(f"no Ray cluster answers at {address}")
    try:
        node = _started(address, {"runtime_env": {"env_vars": dict(environment)}})
        yield _pulse(node, _SECONDS_WITHOUT_HEAD)
    finally:
        _stop()


def _on_our_own(options: Mapping[str, Any]) -> Iterator[Pulse]:
    os.environ.update(_OUR_OWN, RAY_AUTH_TOKEN=secrets.token_hex(32))
    try:
        node = _started(LOCAL, options, _STARTS)
        if not ipaddress.ip_address(node["NodeManagerAddress"]).is_loopback:
            raise WorkersLostError(f"this Ray listens on {node['NodeManagerAddress']}, not on the loopback alone")
        yield _pulse(node, 0.0)
    finally:
        _stop()


def _started(address: str, options: Mapping[str, Any], tries: int = 1) -> Mapping[str, Any]:
    """What Ray knows of the node that this process belongs to. A busy machine may need longer than Ray waits."""
    ray = import_module("ray")

    before = _children()
    try:
        ray.init(address=address, log_to_driver=False, logging_level=logging.CRITICAL, **options)
    except Exception as error:  # Ray has no type of its own for this
        for number in _children() - before:  # those that Ray has started and forgotten
            with suppress(ProcessLookupError):
                os.kill(number, getattr(signal, "SIGKILL", signal.SIGTERM))
        if tries > 1:
            return _started(address, options, tries - 1)
        what = "start a Ray cluster here" if address == LOCAL else f"join the Ray cluster at {address}"
        raise WorkersLostError(f"could not {what}: {type(error).__name__}: {one_line(str(error))}") from None
    here = ray.get_runtime_context().get_node_id()
    node: Mapping[str, Any] = next(node for node in ray.nodes() if node["NodeID"] == here)
    return node


def _children() -> set[int]:
    """The processes that this one started, as far as the system tells in /proc."""
    found = set()
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1]
            if int(parent) == os.getpid():
                found.add(int(status.parent.name))
    return found


def _stop() -> None:
    ray = import_module("ray")

    ray.shutdown()


def _pulse(node: Mapping[str, Any], patience: float) -> Pulse:
    ray = import_module("ray")

    host, _, port = ray.get_runtime_context().gcs_address.rpartition(":")
    raylet = str(node["NodeManagerAddress"]), int(node["NodeManagerPort"])
    return Pulse({"head": (host.strip("[]"), int(port)), "raylet": raylet}, patience)


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for the files of a cluster, held as long as its process lives."""
    from filelock import FileLock

    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        with FileLock(folder / _LOCK, timeout=0):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep() -> None:
    """Remove the folders that clusters of killed processes left."""
    from filelock import FileLock, Timeout

    for lock in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_LOCK}"):
        try:
            if lock.parent.is_symlink() or time.time() - lock.stat().st_mtime < _SURELY_LOCKED:
                continue
            with FileLock(lock, timeout=0):
                shutil.rmtree(lock.parent, ignore_errors=True)
        except (OSError, Timeout):  # of another user, or in use
            continue
