"""The lines fit, evaluate, and predict print where there is no terminal, on a clock that ticks evenly."""

import contextlib
import io
import re

import numpy as np
import keras
from keras.src.utils import progbar

from .common import fresh, normal, rng, write


class Clock:
    """Stands in for the module `time` inside the progress bar: each look costs `tick` seconds."""

    def __init__(self, tick):
        self.now, self.tick = 1000.0, tick

    def time(self):
        self.now += self.tick
        return self.now


def model():
    m = keras.Sequential([keras.Input((4,)), keras.layers.Dense(5, activation="relu"), keras.layers.Dense(3, activation="softmax")])
    r = rng(21)
    m.set_weights([normal(r, *w.shape) for w in m.weights])
    m.compile(keras.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return m


def case(name, tick, run):
    fresh()
    m = model()
    r = rng(22)
    x, y = normal(r, 20, 4), (np.arange(20) % 3).astype("int32")
    real, out = progbar.time, io.StringIO()
    progbar.time = Clock(tick)
    try:
        with contextlib.redirect_stdout(out):
            run(m, x, y)
    finally:
        progbar.time = real
    text = out.getvalue()
    # Escapes and backspaces matter to a terminal only; the marks stay so that nothing hides.
    plain_text = re.sub(r"\x1b\[[0-9;]*m", "", text)
    return {"name": name, "seconds_per_look": tick, "raw": text, "lines": plain_text.replace("\x08", "").split("\n")}


def main():
    fit = dict(batch_size=8, shuffle=False)
    cases = []
    for tick in [1.0, 0.004, 0.00002, 75.0, 4000.0]:
        cases.append(case("fit_verbose_2", tick, lambda m, x, y: m.fit(x, y, epochs=2, verbose=2, **fit)))
    cases.append(case("fit_verbose_2_validation", 0.5, lambda m, x, y: m.fit(x, y, epochs=2, verbose=2, validation_split=0.2, **fit)))
    for tick in [0.5, 0.004]:
        cases.append(case("fit_verbose_1", tick, lambda m, x, y: m.fit(x, y, epochs=2, verbose=1, **fit)))
        cases.append(case("fit_verbose_1_validation", tick, lambda m, x, y: m.fit(x, y, epochs=2, verbose=1, validation_split=0.2, **fit)))
    cases.append(case("fit_verbose_auto", 0.5, lambda m, x, y: m.fit(x, y, epochs=1, **fit)))
    cases.append(case("fit_initial_epoch", 0.5, lambda m, x, y: m.fit(x, y, initial_epoch=1, epochs=3, verbose=2, **fit)))
    cases.append(case("fit_12_epochs", 0.5, lambda m, x, y: m.fit(x, y, epochs=12, verbose=2, **fit)))
    cases.append(case("fit_small_loss", 0.5, lambda m, x, y: m.fit(x, y, sample_weight=np.full(20, 1e-5, "float32"), epochs=1, verbose=2, **fit)))
    cases.append(case("fit_large_loss", 0.5, lambda m, x, y: m.fit(x, y, sample_weight=np.full(20, 1e6, "float32"), epochs=1, verbose=2, **fit)))
    for verbose in [1, 2]:
        cases.append(case(f"evaluate_verbose_{verbose}", 0.5, lambda m, x, y: m.evaluate(x, y, batch_size=8, verbose=verbose)))
        cases.append(case(f"predict_verbose_{verbose}", 0.5, lambda m, x, y: m.predict(x, batch_size=8, verbose=verbose)))
    notes = [
        "raw is everything written, with \\r, \\b and colour codes; lines is the same without backspaces and colour codes.",
        "The clock of the progress bar is ours: every look at it costs seconds_per_look, so the times shown are those of no real machine.",
    ]
    write("histories/progress.json", cases, notes)
