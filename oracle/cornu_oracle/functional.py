"""Functional models of several inputs and outputs: files, layer order, histories and weights after training."""

import numpy as np
import keras

from .common import FIXTURES, fresh, normal, plain, rng, save_keras, tensor, tensors, write

L = keras.layers
N = 29


def data():
    r = rng(17)
    wide, deep = normal(r, N, 3), normal(r, N, 4)
    score = np.concatenate([wide, deep], 1) @ normal(r, 7, 3)
    return {
        "wide": wide,
        "deep": deep,
        "price": score[:, :1].astype("float32"),
        "other": (score[:, 1:] * 0.5).astype("float32"),
        "class": score.argmax(-1).astype("int32"),
        "weight": (0.5 + r.uniform(0, 1.5, N)).astype("float32"),
        "weight_2": (0.5 + r.uniform(0, 1.5, N)).astype("float32"),
    }


def wide_deep():
    """Hands-On Machine Learning, chapter 10: two inputs, one of them past the hidden layers."""
    wide, deep = keras.Input((3,), name="wide"), keras.Input((4,), name="deep")
    hidden = L.Dense(6, activation="relu", name="hidden_1")(deep)
    hidden = L.Dense(5, activation="relu", name="hidden_2")(hidden)
    both = L.Concatenate(name="both")([wide, hidden])
    return keras.Model([wide, deep], L.Dense(1, name="price")(both))


def auxiliary():
    """The same with an auxiliary output on the hidden layers."""
    wide, deep = keras.Input((3,), name="wide"), keras.Input((4,), name="deep")
    hidden = L.Dense(6, activation="relu", name="hidden_1")(deep)
    hidden = L.Dense(5, activation="relu", name="hidden_2")(hidden)
    both = L.Concatenate(name="both")([wide, hidden])
    return keras.Model([wide, deep], [L.Dense(1, name="price")(both), L.Dense(2, name="aux")(hidden)])


def towers():
    """Two inputs through one tower, a residual, and a classifier beside a regression."""
    wide, deep = keras.Input((3,), name="wide"), keras.Input((4,), name="deep")
    lift = L.Dense(5, activation="tanh", name="lift")(wide)
    tower = L.Dense(5, activation="tanh", name="tower")
    first = tower(lift)
    second = L.Add(name="residual")([tower(first), lift, L.Dense(5, use_bias=False, name="side", kernel_regularizer="l2")(deep)])
    norm = L.BatchNormalization(name="norm", momentum=0.9)(second)
    return keras.Model(
        [wide, deep],
        [L.Dense(3, activation="softmax", name="class")(norm), L.Dense(1, name="price")(first)],
    )


MODELS = {"wide_deep": wide_deep, "auxiliary": auxiliary, "towers": towers}


def case(name, model, x, y, compiled, **fit):
    return dict(name=name, model=model, x=x, y=y, compile=compiled, fit=fit)


def cases():
    both = ["wide", "deep"]
    named = {"wide": "wide", "deep": "deep"}
    yield case("one output", "wide_deep", both, ["price"], dict(loss="mse", metrics=["mae"]))
    yield case("inputs by name", "wide_deep", named, ["price"], dict(loss="mae"), validation_split=0.2)
    yield case("one loss for all", "auxiliary", both, ["price", "other"], dict(loss="mse"))
    yield case(
        "losses listed", "auxiliary", both, ["price", "other"],
        dict(loss=["mse", "mae"], loss_weights=[0.9, 0.1], metrics=["mae", "mse"]), validation_split=0.25,
    )
    yield case(
        "losses named", "auxiliary", named, {"price": "price", "aux": "other"},
        dict(loss={"price": "mse", "aux": "mae"}, loss_weights={"price": 0.7, "aux": 0.3},
             metrics={"price": ["mae", "mse"]}, weighted_metrics={"aux": ["mse"]}),
    )
    yield case(
        "weights listed", "auxiliary", both, ["price", "other"],
        dict(loss="mse", metrics=[["mae"], ["mae", "mse"]], weighted_metrics=[["mae"], ["mae"]]),
        sample_weight=["weight", "weight_2"],
    )
    yield case("shared and residual", "towers", both, ["class", "price"],
               dict(loss=["sparse_categorical_crossentropy", "mse"], metrics=[["accuracy"], ["mae"]]))


def of(arrays, what):
    if isinstance(what, dict):
        return {name: arrays[key] for name, key in what.items()}
    if isinstance(what, list):
        found = [arrays[key] for key in what]
        return found if len(found) > 1 else found[0]
    return what


def run(c, arrays):
    fresh()
    model = keras.saving.load_model(FIXTURES / f"models/{c['model']}.keras")
    optimizer = keras.optimizers.Adam(0.01)
    model.compile(optimizer, **c["compile"])
    fit = {"batch_size": 8, "epochs": 3, **c["fit"]}
    given = {key: of(arrays, value) if key == "sample_weight" else value for key, value in fit.items()}
    x, y = of(arrays, c["x"]), of(arrays, c["y"])
    history = model.fit(x, y, shuffle=False, verbose=0, **given)
    predicted = model.predict(x, verbose=0)
    logs = model.evaluate(x, y, batch_size=8, verbose=0, return_dict=True)
    return {
        "name": c["name"],
        "model": f"models/{c['model']}.keras",
        "optimizer": plain(keras.saving.serialize_keras_object(optimizer)),
        "compile": plain(c["compile"]),
        "x": c["x"],
        "y": c["y"],
        "fit": plain(fit),
        "history": [[k, plain(v)] for k, v in history.history.items()],
        "weights": tensors(model.get_weights()),
        "predict": tensors(predicted if isinstance(predicted, list) else [predicted]),
        "evaluate": [[k, plain(v)] for k, v in logs.items()],
    }


def main():
    arrays = data()
    models = []
    for name, make in MODELS.items():
        fresh()
        model = make()
        save_keras(model, f"models/{name}.keras")
        models.append(
            {
                "name": name,
                "layers": [layer.name for layer in model.layers],
                "inputs": [t.name for t in model.inputs],
                "outputs": model.output_names,
                "weights": [w.path for w in model.weights],
            }
        )
    notes = [
        "models/NAME.keras holds the initial weights, uncompiled; `data` holds the arrays the cases name; shuffle is False.",
        "models: layers, inputs, outputs and weights in Keras' order.",
    ]
    out = [run(c, arrays) for c in cases()]
    write("functional.json", out, notes, models=models, data={k: tensor(v) for k, v in arrays.items()})
