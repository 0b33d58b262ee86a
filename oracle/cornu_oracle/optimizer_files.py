"""A `.keras` file a dozen steps into training with each optimizer, and how Keras goes on from it."""

import zipfile

import numpy as np
import keras

from .common import FIXTURES, fresh, normal, plain, rng, save_keras, tensor, tensors, write
from .optimizers import COSINE, DECAY, make

L = keras.layers

ROWS, BATCH = 20, 5

OPTIMIZERS = {
    "adamw": ("AdamW", {"learning_rate": 0.01, "weight_decay": 0.1, "amsgrad": True}),
    "adamax": ("Adamax", {"learning_rate": 0.01}),
    "nadam": ("Nadam", {"learning_rate": 0.01, "use_ema": True, "ema_momentum": 0.9}),
    "adagrad": ("Adagrad", {"learning_rate": 0.1}),
    "adadelta": ("Adadelta", {"learning_rate": 1.0}),
    "adafactor": ("Adafactor", {"learning_rate": 0.1}),
    "ftrl": ("Ftrl", {"learning_rate": 0.1, "l1_regularization_strength": 0.01}),
    "lion": ("Lion", {"learning_rate": 0.003}),
    "lamb": ("Lamb", {"learning_rate": 0.01, "gradient_accumulation_steps": 2}),
    "muon": ("Muon", {"learning_rate": 0.01, "exclude_layers": ["out"]}),
    "schedule_free": ("ScheduleFreeAdamW", {"learning_rate": 0.01, "warmup_steps": 6}),
    "cosine": ("Adam", {"learning_rate": COSINE}),
    "decay": ("RMSprop", {"learning_rate": DECAY, "momentum": 0.5}),
    "loss_scale": (
        "LossScaleOptimizer",
        {
            "inner_optimizer": {"class_name": "Adam", "config": {"learning_rate": 0.01}},
            "initial_scale": 2.0**126,
            "dynamic_growth_steps": 4,
        },
    ),
}


def squeeze(path):
    """Most of a small HDF5 file is zeros."""
    with zipfile.ZipFile(path) as archive:
        members = [(i, archive.read(i)) for i in archive.infolist()]
    with zipfile.ZipFile(path, "w") as archive:
        for info, data in members:
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)


def main():
    cases = []
    for name, (optimizer, args) in OPTIMIZERS.items():
        fresh()
        r = rng(len(name))
        model = keras.Sequential([keras.Input((4,)), L.Dense(5, activation="tanh"), L.Dense(2, name="out")])
        model.compile(make(optimizer, args), "mse")
        x, y = normal(r, ROWS, 4), normal(r, ROWS, 2)
        model.fit(x, y, batch_size=BATCH, epochs=3, shuffle=False, verbose=0)
        file = f"optimizer_files/{name}.keras"
        save_keras(model, file)
        squeeze(FIXTURES / file)
        loaded = keras.saving.load_model(FIXTURES / file)
        case = {
            "file": file,
            "x": tensor(x),
            "y": tensor(y),
            "steps": int(loaded.optimizer.iterations),
            "optimizer": tensors([v.numpy() for v in loaded.optimizer.variables]),
            "config": plain(keras.saving.serialize_keras_object(loaded.optimizer)),
            "history": plain(loaded.fit(x, y, batch_size=BATCH, epochs=5, shuffle=False, verbose=0).history["loss"]),
            "weights_after_fit": tensors(loaded.get_weights()),
            "optimizer_after_fit": tensors([v.numpy() for v in loaded.optimizer.variables]),
            "learning_rate": float(loaded.optimizer.learning_rate),
        }
        again = keras.saving.load_model(FIXTURES / file)
        assert all(np.array_equal(a, b) for a, b in zip(case_variables(again), case_variables(model))), name
        cases.append(case)
    notes = [
        "each file was written by Keras after 12 steps. `optimizer` are its variables, `steps` its iterations;",
        "then fit(x, y, batch_size=5, epochs=5, shuffle=False) makes another 20 steps.",
    ]
    write("optimizer_files.json", cases, notes)


def case_variables(model):
    return [v.numpy() for v in model.optimizer.variables]
