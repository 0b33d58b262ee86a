"""Shows logs that Cornu wrote to the real TensorBoard, and asks its HTTP endpoints for every one of them.

    cargo run --release -p cornu --example write_tensorboard -- FOLDER
    python check_tensorboard.py FOLDER

FOLDER holds logs/, history.json, weights.npz (the weights in the end), model.keras (the model before the training) and
data.npz. In this order:

1. TensorBoard starts on logs/ and finds the runs train and validation;
2. every scalar of each run can be asked for; the epochs' are those of the history;
3. histograms and distributions of every weight: as many numbers as the weight has, between its least and its largest;
4. images of weights, as PNG of the size at which Keras draws them;
5. the graph of the layers with its edges;
6. the projector finds the embeddings;
7. the time series dashboard has all of it too;
8. the real Keras, trained on the same model and data, writes the same runs, tags, and plugins.

One line a step; the exit code is 1 when any fails.
"""

import json
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Board:
    """A TensorBoard of its own on a folder of logs."""

    def __init__(self, logs):
        self.port = free_port()
        command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(logs), "--host", "127.0.0.1"]
        command += ["--port", str(self.port), "--load_fast", "false", "--reload_interval", "1"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def bytes(self, path, data=None, **query):
        url = f"http://127.0.0.1:{self.port}/data/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, data=data, timeout=30) as answer:
            return answer.read()

    def json(self, path, data=None, **query):
        return json.loads(self.bytes(path, data, **query))

    def wait_for(self, ready):
        for _ in range(240):
            assert self.process.poll() is None, "TensorBoard ended"
            try:
                if ready(self):
                    return
            except OSError:
                pass
            time.sleep(0.5)
        raise AssertionError("TensorBoard does not find what was written")


def close(got, want, what):
    assert np.allclose(got, want, rtol=1e-5, atol=1e-6), f"{what}: {got} instead of {want}"


def png_size(data):
    assert data.startswith(b"\x89PNG\r\n\x1a\n"), "no PNG"
    return struct.unpack(">II", data[16:24])


def scalars(board, history):
    tags = board.json("plugin/scalars/tags")
    epochs = list(range(len(history["loss"])))
    for run, names in tags.items():
        for tag in names:
            points = board.json("plugin/scalars/scalars", run=run, tag=tag)
            assert points and all(np.isfinite(p[2]) for p in points), (run, tag, points)
            name = ("val_" if run == "validation" else "") + tag.removeprefix("epoch_")
            if tag.startswith("epoch_") and name in history:
                assert [p[1] for p in points] == epochs, (run, tag)
                close([p[2] for p in points], history[name], f"{run} {tag}")
            if tag.startswith("batch_"):
                assert [p[1] for p in points] == list(range(1, 9 * len(epochs) + 1)), (run, tag)
    rates = [p[2] for p in board.json("plugin/scalars/scalars", run="train", tag="epoch_learning_rate")]
    close(rates, [0.01 * 0.9 ** (e + 1) for e in epochs], "epoch_learning_rate")
    last = [p for p in board.json("plugin/scalars/scalars", run="train", tag="batch_loss") if p[1] % 9 == 0]
    close([p[2] for p in last], history["loss"], "the last batch's loss of each epoch")
    return f"{sum(map(len, tags.values()))} tags"


def histograms(board, weights, epochs):
    tags = board.json("plugin/histograms/tags")["train"]
    assert set(tags) == {f"{path}/histogram" for path in weights}, tags
    assert set(board.json("plugin/distributions/tags")["train"]) == set(tags)
    for path, weight in weights.items():
        steps = board.json("plugin/histograms/histograms", run="train", tag=f"{path}/histogram")
        assert [s[1] for s in steps] == list(range(epochs)), path
        buckets = np.array(steps[-1][2])
        assert buckets[:, 2].sum() == weight.size, path
        close([buckets[0, 0], buckets[-1, 1]], [weight.min(), weight.max()], path)
        counts, _ = np.histogram(weight.astype(float), 30)
        if weight.min() < weight.max():
            assert np.abs(np.cumsum(buckets[:, 2]) - np.cumsum(counts)).max() <= 1, path
        assert board.json("plugin/distributions/distributions", run="train", tag=f"{path}/histogram")
    return f"{len(tags)} weights"


def drawn_size(weight):
    """The width and the height at which Keras draws a weight."""
    shape = [n for n in weight.shape if n != 1]
    if len(shape) == 1:
        return 1, shape[0]
    return (max(shape), min(shape)) if len(shape) == 2 else (shape[1], shape[0])


def images(board, weights, epochs):
    tags = board.json("plugin/images/tags")["train"]
    assert set(tags) == {f"{path}/image" for path, w in weights.items() if w.size > 1}, tags
    for tag, of in tags.items():
        for sample in range(of["samples"]):
            found = board.json("plugin/images/images", run="train", tag=tag, sample=sample)
            assert [image["step"] for image in found] == list(range(epochs)), tag
            for image in found:
                query = dict(urllib.parse.parse_qsl(image["query"]))
                data = board.bytes("plugin/images/individualImage", **query)
                assert png_size(data) == drawn_size(weights[tag.removesuffix("/image")]), tag
    return f"{len(tags)} weights"


def graph(board):
    info = board.json("plugin/graphs/info")
    assert info["train"]["tags"]["keras"]["conceptual_graph"], info
    text = board.bytes("plugin/graphs/graph", run="train", tag="keras", conceptual="true").decode()
    for layer in ["image", "word", "see", "read", "concatenate", "hidden"]:
        assert re.search(f'input: "[^"]*/{layer}"', text), f"the graph has no edge from {layer}: {text}"
    return f"{text.count('node {')} layers"


def projector(board, weights):
    (run,) = board.json("plugin/projector/runs")
    (embedding,) = board.json("plugin/projector/info", run=run)["embeddings"]
    data = board.bytes("plugin/projector/tensor", run=run, name=embedding["tensorName"])
    table = np.frombuffer(data, "float32").reshape(embedding["tensorShape"])
    close(table, weights["read/embeddings"], "the embedding")
    return f"{embedding['tensorName']} {embedding['tensorShape']}"


def time_series(board):
    tags = board.json("plugin/timeseries/tags")
    names = set().union(*tags["scalars"]["runTagInfo"].values())
    requests = [{"plugin": "scalars", "tag": tag} for tag in names]
    names = tags["histograms"]["runTagInfo"]["train"]
    requests += [{"plugin": "histograms", "tag": tag, "run": "train"} for tag in names]
    for tag, samples in tags["images"]["tagRunSampledInfo"].items():
        requests += [{"plugin": "images", "tag": tag, "run": run, "sample": 0} for run in samples]
    body = urllib.parse.urlencode({"requests": json.dumps(requests)}).encode()
    answers = board.json("plugin/timeseries/timeSeries", body)
    for answer in answers:
        assert "error" not in answer and answer["runToSeries"], answer
        assert all(series for series in answer["runToSeries"].values()), answer
    return f"{len(answers)} series"


def tags_of(logs):
    """(run, tag, plugin) of every event."""
    import tensorflow as tf
    from tensorflow.core.util import event_pb2

    found = set()
    for file in logs.glob("*/*tfevents*"):
        for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
            for value in event_pb2.Event.FromString(record).summary.value:
                plugin = value.metadata.plugin_data
                found.add((file.parent.name, value.tag, plugin.plugin_name, plugin.content))
    return found


def tags_of_keras(folder):
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    data = np.load(folder / "data.npz")
    model = keras.saving.load_model(folder / "model.keras")
    with tempfile.TemporaryDirectory() as logs:
        callback = keras.callbacks.TensorBoard(
            logs, histogram_freq=1, write_images=True, write_steps_per_second=True, update_freq="batch"
        )
        x = [data["image"], data["word"]]
        model.fit(x, data["y"], batch_size=4, validation_split=0.25, verbose=0, callbacks=[callback])
        return tags_of(Path(logs))


def same_tags(folder):
    own, theirs = tags_of(folder / "logs"), tags_of_keras(folder)
    assert own == theirs, f"only Cornu's: {own - theirs}; only Keras': {theirs - own}"
    return f"{len(own)} tags"


def main():
    folder = Path(sys.argv[1])
    history = json.loads((folder / "history.json").read_text())
    weights = dict(np.load(folder / "weights.npz"))
    epochs, failed = len(history["loss"]), False
    with Board(folder / "logs") as board:
        board.wait_for(lambda b: len(b.json("plugin/scalars/tags").get("validation", {})) == 4)
        assert sorted(board.json("runs")) == ["train", "validation"], board.json("runs")
        steps = {
            "scalars": lambda: scalars(board, history),
            "histograms": lambda: histograms(board, weights, epochs),
            "images": lambda: images(board, weights, epochs),
            "graph": lambda: graph(board),
            "projector": lambda: projector(board, weights),
            "time series": lambda: time_series(board),
            "tags of Keras": lambda: same_tags(folder),
        }
        for name, step in steps.items():
            try:
                print(f"{name}: {step()}", flush=True)
            except Exception as error:
                failed = True
                print(f"{name}: FAILED {type(error).__name__} {error}", flush=True)
    sys.exit(failed)


main()
