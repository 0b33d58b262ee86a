"""What every peer trains on, how it is timed and the JSON line it prints.

A workload is one row of WORKLOADS here and one model function in each peer script.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import numpy as np


def _dataset(name):
    home = os.environ.get("CORNU_HOME") or Path.home() / ".cornu"
    path = Path(home) / "datasets" / f"{name}.npz"
    if not path.exists():
        sys.exit(f"{path} is missing: point CORNU_HOME at the folder that holds datasets/{name}.npz")
    return np.load(path)


def mnist():
    """60000 images of (28, 28) float32 in 0..1, labels int32 (60000,)."""
    with _dataset("mnist") as f:
        return f["x_train"].astype("float32") / 255, f["y_train"].astype("int32")


def mnist_flat():
    x, y = mnist()
    return x.reshape(len(x), -1), y


def california_housing():
    """The training part of Keras' split: inputs standardised, prices in 100 000 dollars, (n, 1)."""
    with _dataset("california_housing") as f:
        x, y = f["x"], f["y"]
    order = np.arange(len(x))
    np.random.RandomState(113).shuffle(order)  # Keras' own seed and test_split of 0.2
    train = order[: int(len(x) * 0.8)]
    x, y = x[train], y[train, None]
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    return x.astype("float32"), (y / 100_000).astype("float32")


@dataclass(frozen=True)
class Workload:
    data: Callable
    batch: int
    optimizer: str
    learning_rate: float
    loss: str


CROSSENTROPY = "sparse_categorical_crossentropy"
WORKLOADS = {
    "mlp128": Workload(mnist_flat, 128, "rmsprop", 0.001, CROSSENTROPY),
    "mlp32": Workload(mnist_flat, 32, "sgd", 0.01, CROSSENTROPY),
    "reg": Workload(california_housing, 32, "sgd", 0.01, "mse"),
    "bn": Workload(mnist, 64, "adam", 0.001, CROSSENTROPY),
}


def arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("--epochs", type=int, default=3, help="epochs timed after the first (default 3)")
    parser.add_argument("--threads", type=int, default=2, help="threads to compute with (default 2)")
    args = parser.parse_args()
    if args.epochs < 1:
        parser.error("--epochs: at least 1 epoch must be timed after the first")
    return args


def best_seconds(call, least_calls=5, least_seconds=0.5):
    """Seconds of the fastest call, after one that warms up."""
    call()
    best, calls, end = float("inf"), 0, time.perf_counter() + least_seconds
    while calls < least_calls or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
        calls += 1
    return best


def median_latency(call, rows, warm_up=20, least_seconds=1.0):
    """Median seconds of call(row), with a different row of shape (1, ...) each time."""
    for row in rows[:warm_up]:
        call(row)
    seconds, end = [], time.perf_counter() + least_seconds
    while time.perf_counter() < end:
        for row in rows[:100]:
            start = time.perf_counter()
            call(row)
            seconds.append(time.perf_counter() - start)
            if len(seconds) >= 5000:
                return statistics.median(seconds)
    return statistics.median(seconds)


def fastest(timings):
    """(name, seconds) of the fastest of {name: seconds}."""
    return min(timings.items(), key=lambda item: item[1])


def best_epoch(ends):
    """Seconds of the fastest epoch after the first; ends are seconds since training began."""
    return min(end - start for start, end in zip(ends, ends[1:]))


def report(
    fw, name, samples, epoch, first_epoch, loss, predict_10k, predict_1, settings, version
):
    """Prints the line; predict_10k and predict_1 map each way of asking tried to its seconds."""
    steps = -(-samples // WORKLOADS[name].batch)
    how_10k, seconds_10k = fastest(predict_10k)
    how_1, seconds_1 = fastest(predict_1)
    # ru_maxrss is in KiB on Linux, in bytes on macOS.
    rss_unit = 1 if sys.platform == "darwin" else 1024
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * rss_unit
    line = {
        "fw": fw,
        "w": name,
        "us_step": round(epoch / steps * 1e6, 2),
        "epoch_s": round(epoch, 4),
        "pred10k_ms": round(seconds_10k * 1e3, 3),
        "predict_1_us": round(seconds_1 * 1e6, 2),
        "first_epoch": round(first_epoch, 3),
        "loss": round(loss, 5),
        "rss_mb": round(rss / 2**20, 1),
        "pred10k_how": how_10k,
        "predict_1_how": how_1,
        "settings": settings,
        "version": version,
    }
    print(json.dumps(line), flush=True)
