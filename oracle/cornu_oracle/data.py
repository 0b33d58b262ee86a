"""Datasets: what tf.data's combinators give, which windows a series has, which files fall in which part, which batches an epoch sees."""

import os
import random
import tempfile

import keras
import numpy as np
import tensorflow as tf
from keras.src.utils import dataset_utils

from .common import write


def apply(ds, stage, n):
    D = tf.data.Dataset
    if stage == "batch":
        return ds.batch(n)
    if stage == "batch_drop":
        return ds.batch(n, drop_remainder=True)
    if stage == "unbatch":
        return ds.unbatch()
    if stage == "take":
        return ds.take(n)
    if stage == "skip":
        return ds.skip(n)
    if stage == "repeat":
        return ds.repeat(n)
    if stage == "concatenate":
        return ds.concatenate(ds.take(n))
    if stage == "small":
        return ds.filter(lambda x: tf.reduce_sum(x) < 10 * n)
    raise ValueError(stage)


def pipelines():
    rng = random.Random(7)
    for _ in range(120):
        length = rng.randrange(0, 20)
        ds, stages, batched = tf.data.Dataset.range(length), [], 0
        for _ in range(rng.randrange(0, 6)):
            stage = rng.choice(["batch", "batch_drop", "unbatch", "take", "skip", "repeat", "concatenate", "small"])
            if stage == "unbatch" and not batched or stage.startswith("batch") and batched:
                continue
            batched += stage.startswith("batch") - (stage == "unbatch")
            n = rng.randrange(1 if stage != "repeat" else 0, 5)
            stages.append([stage, n])
            ds = apply(ds, stage, n)
        elements = [e.reshape(-1).tolist() for e in ds.as_numpy_iterator()]
        yield {"kind": "pipeline", "length": length, "stages": stages, "elements": elements, "cardinality": int(ds.cardinality())}


def windows():
    data = np.arange(40, dtype="float32").reshape(20, 2)
    targets = np.arange(20, dtype="int64") * 10
    cases = [
        {"sequence_length": 3},
        {"sequence_length": 3, "batch_size": 4},
        {"sequence_length": 4, "sequence_stride": 3, "batch_size": 2},
        {"sequence_length": 3, "sampling_rate": 2, "batch_size": 5},
        {"sequence_length": 2, "sequence_stride": 2, "sampling_rate": 3, "start_index": 3, "end_index": 15},
        {"sequence_length": 5, "start_index": 4},
        {"sequence_length": 5, "end_index": 9, "batch_size": 1},
        {"sequence_length": 1, "batch_size": None},
    ]
    for args in cases:
        for offset in [None, 0, 4]:
            y = None if offset is None else targets[offset:]
            if y is not None and args.get("start_index"):
                y = targets
            ds = keras.utils.timeseries_dataset_from_array(data, y, **args)
            batches = list(ds.as_numpy_iterator())
            x = [b if y is None else b[0] for b in batches]
            yield {
                "kind": "windows",
                "args": args,
                "targets": None if y is None else y.tolist(),
                "shapes": [list(b.shape) for b in x],
                "x": [v for b in x for v in b.reshape(-1).tolist()],
                "y": None if y is None else [v for b in batches for v in np.reshape(b[1], -1).tolist()],
            }


FILES = ["b/2.txt", "b/10.txt", "b/sub/1.txt", "b/A.TXT", "a/x.txt", "a/x.png", "a.b/y.txt", "a/.hidden.txt", ".git/z.txt", "c/empty.md", "top.txt"]
FILES += [f"many/{i:02}.txt" for i in range(15)]


def folders():
    with tempfile.TemporaryDirectory() as root:
        for name in FILES:
            path = os.path.join(root, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(name)
        cases = [
            {},
            {"shuffle": False},
            {"seed": 1},
            {"seed": 1337},
            {"seed": 1337, "validation_split": 0.3, "subset": "training"},
            {"seed": 1337, "validation_split": 0.3, "subset": "validation"},
            {"shuffle": False, "validation_split": 0.2, "subset": "validation"},
            {"seed": 3, "class_names": ["many", "a"]},
            {"seed": 3, "labels": None},
        ]
        for args in cases:
            if not args:
                args = {"seed": 0}
            paths, labels, classes = dataset_utils.index_directory(
                root,
                args.get("labels", "inferred"),
                formats=(".txt",),
                class_names=args.get("class_names"),
                shuffle=args.get("shuffle", True),
                seed=args.get("seed"),
                verbose=False,
            )
            paths, labels = dataset_utils.get_training_or_validation_split(paths, labels, args.get("validation_split"), args.get("subset"))
            yield {
                "kind": "folder",
                "files": FILES,
                "args": args,
                "paths": [os.path.relpath(p, root) for p in paths],
                "labels": None if labels is None else [int(v) for v in labels],
                "class_names": classes,
            }


def epochs():
    for known in [True, False]:
        for repeats in [1, 0]:
            for steps in [None, 3, 7] if repeats else [3]:
                seen = []

                def note(x):
                    seen[-1].append(int(x[0, 0]))
                    return x

                values = np.arange(7, dtype="float32")[:, None]
                ds = tf.data.Dataset.from_tensor_slices((values, values)).batch(1)
                if not known:
                    ds = ds.filter(lambda x, y: True)
                if not repeats:
                    ds = ds.repeat()

                class Note(keras.callbacks.Callback):
                    def on_epoch_begin(self, epoch, logs=None):
                        seen.append([])

                class Model(keras.Model):
                    def __init__(self):
                        super().__init__()
                        self.dense = keras.layers.Dense(1)

                    def call(self, x):
                        return self.dense(x)

                    def train_step(self, data):
                        note(data[0].numpy())
                        return super().train_step(data)

                model = Model()
                model.compile(optimizer="sgd", loss="mse", run_eagerly=True)
                model.fit(ds, epochs=4, steps_per_epoch=steps, verbose=0, callbacks=[Note()])
                yield {"kind": "epochs", "known": known, "forever": not repeats, "steps": steps, "seen": seen}


def main():
    cases = [*pipelines(), *windows(), *folders(), *epochs()]
    write("data.json", cases)
