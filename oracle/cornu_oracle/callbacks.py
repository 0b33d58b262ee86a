"""What EarlyStopping, ModelCheckpoint and ReduceLROnPlateau decide on recorded histories."""

import os
import tempfile

import numpy as np
import keras

from .common import fresh, plain, rng, write


def model():
    """A compiled model whose one weight tells the epoch."""
    fresh()
    m = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    m.compile("sgd", "mse", metrics=["accuracy", "mae"])
    m.train_on_batch(np.zeros((1, 1)), np.zeros((1, 1)))
    m.stop_training = False
    return m


def histories(r):
    """(name, values): plateaus, NaN, ties, small steps, noise."""
    yield "falls", [1.0, 0.9, 0.8, 0.7, 0.6, 0.5]
    yield "rises", [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    yield "valley", [1.0, 0.5, 0.4, 0.6, 0.7, 0.8, 0.3, 0.2]
    yield "plateau", [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5]
    yield "late plateau", [1.0, 0.8, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6]
    yield "ties in single precision", [0.1, 0.1 - 1e-9, 0.1 - 2e-9, 0.1 - 3e-9, 0.09]
    yield "small steps", [1.0, 0.995, 0.99, 0.985, 0.98, 0.975, 0.97]
    yield "first is NaN", [float("nan"), 0.5, 0.4, 0.3, 0.6]
    yield "NaN within", [0.5, float("nan"), 0.4, float("nan"), float("nan"), 0.3]
    yield "infinite", [float("inf"), 2.0, float("inf"), 1.0, float("-inf"), 0.0]
    yield "missing", [0.5, None, 0.4, None, None, 0.6, 0.7, 0.8]
    yield "noise", [float(np.float32(v)) for v in 1.0 / np.arange(1, 15) + r.normal(0, 0.1, 14)]
    yield "steps down", [float(np.float32(1.0 - 0.1 * (i // 3))) for i in range(15)]


def logs_of(key, value):
    return {"loss": 0.0} if value is None else {"loss": 0.0, key: value}


def early_stopping(name, values, args):
    m = model()
    callback = keras.callbacks.EarlyStopping(**args)
    callback.set_model(m)
    callback.on_train_begin()
    done = 0
    for epoch, value in enumerate(values):
        m.set_weights([np.full((1, 1), float(epoch))])
        callback.on_epoch_end(epoch, logs_of(args["monitor"], value))
        done += 1
        if m.stop_training:
            break
    callback.on_train_end()
    return {
        "callback": "EarlyStopping", "history": name, "values": values, "args": args,
        "epochs": done, "stopped_epoch": callback.stopped_epoch, "best": callback.best,
        "best_epoch": callback.best_epoch, "weight": float(m.get_weights()[0][0, 0]),
    }


def model_checkpoint(name, values, args):
    m = model()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "{epoch:02d}.keras")
        callback = keras.callbacks.ModelCheckpoint(path, **args)
        callback.set_model(m)
        callback.on_train_begin()
        for epoch, value in enumerate(values):
            callback.on_epoch_begin(epoch)
            callback.on_epoch_end(epoch, logs_of(args["monitor"], value))
        saved = sorted(int(f[:2]) for f in os.listdir(folder))
    return {
        "callback": "ModelCheckpoint", "history": name, "values": values, "args": args,
        "saved": saved, "best": callback.best,
    }


def reduce_lr(name, values, args):
    m = model()
    callback = keras.callbacks.ReduceLROnPlateau(**args)
    callback.set_model(m)
    callback.on_train_begin()
    rates = []
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, logs_of(args["monitor"], value))
        rates.append(float(m.optimizer.learning_rate.numpy()))
    return {
        "callback": "ReduceLROnPlateau", "history": name, "values": values, "args": args,
        "rates": rates, "best": callback.best,
    }


def cases(r):
    known = list(histories(r))
    stopping = [
        dict(monitor="val_loss"),
        dict(monitor="val_loss", patience=2),
        dict(monitor="val_loss", patience=2, min_delta=0.01, restore_best_weights=True),
        dict(monitor="val_accuracy", patience=1, restore_best_weights=True),
        dict(monitor="val_loss", patience=1, baseline=0.45, restore_best_weights=True),
        dict(monitor="val_mae", mode="max", patience=2, start_from_epoch=2, restore_best_weights=True),
    ]
    for args in stopping:
        for name, values in known:
            yield early_stopping(name, values, args)
    saving = [
        dict(monitor="val_loss"),
        dict(monitor="val_loss", save_best_only=True),
        dict(monitor="val_accuracy", save_best_only=True),
        dict(monitor="val_loss", save_best_only=True, initial_value_threshold=0.55),
    ]
    for args in saving:
        for name, values in known:
            yield model_checkpoint(name, values, args)
    reducing = [
        dict(monitor="val_loss", patience=1),
        dict(monitor="val_loss", patience=2, factor=0.5, cooldown=1, min_lr=0.003),
        dict(monitor="val_accuracy", patience=2, min_delta=0.05, factor=0.3),
        dict(monitor="val_loss", mode="max", patience=1, cooldown=2),
    ]
    for args in reducing:
        for name, values in known:
            yield reduce_lr(name, values, args)


def main():
    write("callbacks.json", [plain(case) for case in cases(rng(29))])
