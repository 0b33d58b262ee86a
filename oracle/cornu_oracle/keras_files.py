"""A few `.keras` files of trained models, and what they must predict and how they must train on."""

import io
import json
import zipfile

import h5py
import numpy as np
import keras

from .common import FIXTURES, fresh, normal, plain, rng, save_keras, tensor, tensors, variables, write

L = keras.layers


def sequential_plain():
    model = keras.Sequential([keras.Input((6,)), L.Dense(8, activation="relu"), L.Dense(8, activation="tanh"), L.Dense(3, activation="softmax")])
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def sequential_without_input():
    model = keras.Sequential(name="bare")
    model.add(L.Dense(5, activation="sigmoid", name="first"))
    model.add(L.Dropout(0.0))
    model.add(L.Dense(1, activation="sigmoid"))
    model.compile(keras.optimizers.Adam(0.01, amsgrad=True), "binary_crossentropy", metrics=["accuracy", "mse"])
    return model


def sequential_objects():
    model = keras.Sequential(
        [
            keras.Input((2, 3), name="grid"),
            L.Flatten(),
            L.Dense(
                6,
                kernel_initializer=keras.initializers.HeNormal(seed=1),
                kernel_regularizer=keras.regularizers.L1L2(1e-3, 1e-2),
                bias_regularizer=keras.regularizers.L2(1e-2),
                kernel_constraint=keras.constraints.MaxNorm(1.5),
            ),
            L.BatchNormalization(momentum=0.9),
            L.Activation("relu"),
            L.Reshape((3, 2)),
            L.Dense(4, use_bias=False, activation="leaky_relu"),
            L.Flatten(),
            L.Dense(3, activation="softmax", name="probabilities"),
        ],
        name="objects",
    )
    model.compile(
        keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True, clipnorm=1.0, weight_decay=1e-3),
        keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=[keras.metrics.CategoricalAccuracy(name="right"), "mse"],
        weighted_metrics=["accuracy"],
    )
    return model


def functional_linear():
    inputs = keras.Input((4,), name="features")
    x = L.BatchNormalization()(inputs)
    x = L.Dense(7, activation="elu", name="hidden")(x)
    x = L.BatchNormalization(scale=False)(x)
    x = L.Dense(7, activation="gelu")(x)
    x = L.Dropout(0.0)(x)
    outputs = L.Dense(2, name="target")(x)
    model = keras.Model(inputs, outputs, name="regressor")
    model.compile(keras.optimizers.RMSprop(0.01, rho=0.8, momentum=0.5, centered=True), "mse", metrics=["mae"])
    return model


def frozen_ema():
    model = keras.Sequential([keras.Input((4,)), L.Dense(5, activation="relu"), L.Dense(5), L.BatchNormalization(), L.Dense(1)])
    model.layers[1].trainable = False
    model.compile(
        keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.9, global_clipnorm=1.0),
        keras.losses.MeanAbsoluteError(reduction="sum"),
        metrics=[keras.metrics.MeanSquaredError()],
        loss_weights=0.5,
    )
    return model


def uncompiled():
    # The only one that drops anything: its seed generator is part of the file.
    return keras.Sequential([keras.Input((3,)), L.Dense(4, activation="swish"), L.Dropout(0.3, seed=7), L.Dense(4), L.Dense(2)])


def schedule():
    model = keras.Sequential([keras.Input((3,)), L.Dense(4, activation="relu"), L.Dense(1)])
    rate = keras.optimizers.schedules.ExponentialDecay(0.05, 2, 0.9)
    model.compile(keras.optimizers.SGD(rate, momentum=0.5), "mse")
    return model


CASES = [
    ("sequential_plain", sequential_plain, (6,), "ints", 3),
    ("sequential_without_input", sequential_without_input, (5,), "binary", 1),
    ("sequential_objects", sequential_objects, (2, 3), "hot", 3),
    ("functional_linear", functional_linear, (4,), "real", 2),
    ("frozen_ema", frozen_ema, (4,), "real", 1),
    ("uncompiled", uncompiled, (3,), None, 2),
    ("schedule", schedule, (3,), "real", 1),
]


def targets(kind, r, n, units):
    return {
        "ints": lambda: r.integers(0, units, n).astype("int32"),
        "hot": lambda: np.eye(units, dtype="float32")[r.integers(0, units, n)],
        "binary": lambda: r.integers(0, 2, (n, 1)).astype("float32"),
        "real": lambda: normal(r, n, units),
    }[kind]()


def layout(path):
    """Every group and dataset of model.weights.h5 with its attributes, in the order of a walk by name."""
    with zipfile.ZipFile(path) as archive:
        members = [{"name": i.filename, "compress_type": i.compress_type} for i in archive.infolist()]
        data = archive.read("model.weights.h5")
        config = json.loads(archive.read("config.json"))
        metadata = json.loads(archive.read("metadata.json"))
    items = []

    def visit(name, item):
        attributes = {k: v.decode() if isinstance(v, bytes) else str(v) for k, v in item.attrs.items()}
        kind = "dataset" if isinstance(item, h5py.Dataset) else "group"
        more = {"shape": list(item.shape), "dtype": str(item.dtype)} if kind == "dataset" else {}
        items.append({"path": name, "kind": kind, **more, "attributes": attributes})

    with h5py.File(io.BytesIO(data)) as file:
        root = {k: v.decode() if isinstance(v, bytes) else str(v) for k, v in file.attrs.items()}
        file.visititems(visit)
    return {"members": members, "metadata": metadata, "config": config, "root_attributes": root, "h5": items}


def main():
    cases = []
    for name, make, shape, kind, units in CASES:
        fresh()
        r = rng(len(name))
        model = make()
        x = normal(r, 20, *shape)
        y = None if kind is None else targets(kind, r, 20, units)
        if y is not None:
            model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
        file = f"keras_files/{name}.keras"
        save_keras(model, file)
        loaded = keras.saving.load_model(FIXTURES / file)
        x_new = normal(r, 9, *shape)
        case = {
            "file": file,
            "x": tensor(x_new),
            "y_pred": tensor(loaded.predict(x_new, verbose=0)),
            "weights": variables(loaded.weights),
            "get_weights": tensors(loaded.get_weights()),
            "layers": [[layer.name, type(layer).__name__] for layer in loaded.layers],
            "trainable": [w.path for w in loaded.trainable_weights],
            "layout": layout(FIXTURES / file),
        }
        if y is not None:
            y_new = targets(kind, r, 9, units)
            case |= {
                "y": tensor(y_new),
                "evaluate_batch_4": list(plain(loaded.evaluate(x_new, y_new, batch_size=4, verbose=0, return_dict=True)).items()),
                "optimizer": [{"path": v.path, "value": tensor(v.numpy())} for v in loaded.optimizer.variables],
                "train_on_batch": list(plain(loaded.train_on_batch(x_new, y_new, return_dict=True)).items()),
                "weights_after_train_on_batch": tensors(loaded.get_weights()),
                "optimizer_after_train_on_batch": tensors([v.numpy() for v in loaded.optimizer.variables]),
            }
            loaded.fit(x, y, batch_size=8, epochs=1, shuffle=False, verbose=0)
            case |= {"x_fit": tensor(x), "y_fit": tensor(y), "history": plain(loaded.history.history), "weights_after_fit": tensors(loaded.get_weights())}
        cases.append(case)
    notes = [
        "each file was written by Keras after 2 epochs; only the dates in it were fixed. The case holds what the loaded file does, in this order:",
        "predict(x), evaluate(x, y, batch_size=4), train_on_batch(x, y), then fit(x_fit, y_fit, batch_size=8, epochs=1, shuffle=False).",
    ]
    write("keras_files.json", cases, notes)
