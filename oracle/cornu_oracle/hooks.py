"""Which hooks of a callback fit, evaluate, and predict call, in which order, with the names in the logs."""

import keras
import numpy as np

from .common import fresh, normal, rng, write

HOOKS = [
    *("train_begin train_end epoch_begin epoch_end train_batch_begin train_batch_end".split()),
    *("test_begin test_end test_batch_begin test_batch_end".split()),
    *("predict_begin predict_end predict_batch_begin predict_batch_end".split()),
]


class Told(keras.callbacks.Callback):
    def __init__(self, told):
        super().__init__()
        for hook in HOOKS:
            setattr(self, f"on_{hook}", self.note(told, hook))

    def note(self, told, hook):
        numbered = "batch" in hook or "epoch" in hook

        def call(*args, **kwargs):
            number = [str(args[0])] if numbered else []
            logs = kwargs.get("logs") or (args[1] if numbered and len(args) > 1 else args[0] if args and not numbered else None)
            # Of ends alone: what a batch's logs hold, Cornu's callbacks ask the model.
            names = list(logs) if hook in ("epoch_end", "train_end", "test_end") and logs else []
            told.append(" ".join([hook, *number, *names]))

        return call


def case(name, run):
    fresh()
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=["mae"])
    r = rng(5)
    told = []
    run(model, normal(r, 20, 3), normal(r, 20, 1), Told(told))
    return {"name": name, "told": told}


def main():
    def stop(at):
        def end(epoch, logs):
            stopping.model.stop_training = epoch == at

        stopping = keras.callbacks.LambdaCallback(on_epoch_end=end)
        return stopping

    cases = [
        case("fit", lambda m, x, y, c: m.fit(x, y, epochs=2, batch_size=8, verbose=0, callbacks=[c])),
        case(
            "fit with validation",
            lambda m, x, y, c: m.fit(
                x, y, epochs=3, batch_size=8, validation_split=0.4, validation_freq=2, validation_batch_size=3,
                validation_steps=2, steps_per_epoch=1, verbose=0, callbacks=[c],
            ),
        ),
        case("fit that is stopped", lambda m, x, y, c: m.fit(x, y, epochs=4, batch_size=16, verbose=0, callbacks=[stop(1), c])),
        case("evaluate", lambda m, x, y, c: m.evaluate(x, y, batch_size=8, verbose=0, callbacks=[c])),
        case("evaluate some", lambda m, x, y, c: m.evaluate(x, y, batch_size=8, steps=2, verbose=0, callbacks=[c])),
        case("predict", lambda m, x, y, c: m.predict(x, batch_size=8, verbose=0, callbacks=[c])),
        case("predict some", lambda m, x, y, c: m.predict(x, batch_size=8, steps=1, verbose=0, callbacks=[c])),
    ]
    write("hooks.json", cases)
