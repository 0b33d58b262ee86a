"""Small models trained by Keras without shuffling: history and final weights."""

import numpy as np
import keras

from .common import FIXTURES, fresh, normal, plain, rng, save_keras, tensor, tensors, write

L = keras.layers
N = 37

OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.05),
    "momentum": lambda: keras.optimizers.SGD(0.02, momentum=0.9),
    "nesterov": lambda: keras.optimizers.SGD(0.02, momentum=0.9, nesterov=True),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.005),
    "adam": lambda: keras.optimizers.Adam(0.01),
}


def data():
    r = rng(11)
    x = normal(r, N, 6)
    score = x @ normal(r, 6, 3)
    classes = score.argmax(-1)
    return {
        "x": x,
        "grid": x.reshape(N, 2, 3),
        "real": (score[:, :2] + normal(r, N, 2, scale=0.1)).astype("float32"),
        "column": score[:, :1].astype("float32"),
        "flat": score[:, 0].astype("float32"),
        "ints": classes.astype("int32"),
        "hot": np.eye(3, dtype="float32")[classes],
        "binary": (score[:, :1] > 0).astype("float32"),
        "binary_flat": (score[:, 0] > 0).astype("int64"),
        "weight": (0.5 + r.uniform(0, 1.5, N)).astype("float32"),
        "x_val": normal(r, 10, 6),
        "hot_val": np.eye(3, dtype="float32")[r.integers(0, 3, 10)],
        "weight_val": (0.5 + r.uniform(0, 1.5, 10)).astype("float32"),
    }


def mse():
    return keras.Sequential([keras.Input((6,)), L.Dense(10, activation="relu"), L.Dense(2)])


def mae():
    return keras.Sequential([keras.Input((6,)), L.Dense(8, activation="tanh"), L.BatchNormalization(momentum=0.9), L.Dense(2)])


def binary():
    return keras.Sequential([keras.Input((6,)), L.Dense(8, activation="sigmoid"), L.Dropout(0.0), L.Dense(1, activation="sigmoid")])


def hot():
    return keras.Sequential(
        [
            keras.Input((2, 3)),
            L.Flatten(),
            L.Dense(8, activation="elu", kernel_regularizer="l2", bias_regularizer=keras.regularizers.L1(0.001)),
            L.Dense(6, activation="relu", kernel_constraint=keras.constraints.MaxNorm(0.8), bias_constraint="non_neg"),
            L.Dense(3, activation="softmax"),
        ]
    )


def sparse():
    return keras.Sequential(
        [
            keras.Input((6,)),
            L.Dense(8, use_bias=False, kernel_initializer="he_normal"),
            L.BatchNormalization(),
            L.Activation("relu"),
            L.Dense(3),
            L.Activation("softmax"),
        ]
    )


def dense_column():
    return keras.Sequential([keras.Input((6,)), L.Dense(7, activation="gelu"), L.Dense(1)])


def logits():
    inputs = keras.Input((6,))
    x = L.Dense(7, activation="leaky_relu", activity_regularizer=keras.regularizers.L2(0.01))(inputs)
    x = L.BatchNormalization(gamma_regularizer="l1", beta_constraint="non_neg")(x)
    return keras.Model(inputs, L.Dense(3, kernel_regularizer=keras.regularizers.L1L2(0.001, 0.002))(x))


def frozen():
    model = keras.Sequential([keras.Input((6,)), L.Dense(6, activation="relu"), L.BatchNormalization(), L.Dense(5, activation="selu"), L.Dense(3, activation="softmax")])
    model.layers[0].trainable = False
    model.layers[1].trainable = False
    return model


MODELS = dict(mse=mse, mae=mae, binary=binary, hot=hot, sparse=sparse, column=dense_column, logits=logits, frozen=frozen)

LOSSES = [
    ("mse", "mse", "x", "real", ["mae"]),
    ("mae", "mae", "x", "real", ["mse"]),
    ("binary", "binary_crossentropy", "x", "binary", ["accuracy"]),
    ("hot", "categorical_crossentropy", "grid", "hot", ["accuracy", "mse"]),
    ("sparse", "sparse_categorical_crossentropy", "x", "ints", ["accuracy"]),
]


def case(name, model, optimizer, loss, x, y, metrics=None, weighted=None, **fit):
    return dict(name=name, model=model, optimizer=optimizer, loss=loss, x=x, y=y, metrics=metrics, weighted=weighted, fit=fit)


def cases():
    for model, loss, x, y, metrics in LOSSES:
        for name, optimizer in OPTIMIZERS.items():
            yield case(f"{model}_{name}", model, optimizer, loss, x, y, metrics)
    O, loss = keras.optimizers, keras.losses
    weights = {0: 1.0, 1: 2.5, 2: 0.25}
    yield case("validation_split", "sparse", OPTIMIZERS["adam"], "sparse_categorical_crossentropy", "x", "ints", ["accuracy"], validation_split=0.2)
    yield case("validation_split_weighted", "sparse", OPTIMIZERS["sgd"], "sparse_categorical_crossentropy", "x", "ints", ["accuracy"], ["accuracy"], validation_split=0.3, sample_weight="weight")
    yield case("class_weight", "sparse", OPTIMIZERS["momentum"], "sparse_categorical_crossentropy", "x", "ints", ["accuracy"], ["accuracy"], class_weight=weights)
    yield case("class_weight_hot", "hot", OPTIMIZERS["rmsprop"], "categorical_crossentropy", "grid", "hot", ["accuracy"], ["mse"], class_weight={0: 2.0, 2: 0.5})
    yield case("class_weight_binary_split", "binary", OPTIMIZERS["adam"], "binary_crossentropy", "x", "binary", ["accuracy"], class_weight={1: 3.0}, validation_split=0.25)
    yield case("sample_weight", "mse", OPTIMIZERS["adam"], "mse", "x", "real", ["mae"], ["mae", "mse"], sample_weight="weight")
    yield case("validation_data", "logits", OPTIMIZERS["nesterov"], loss.CategoricalCrossentropy(from_logits=True), "x", "hot", ["accuracy"], validation_data=["x_val", "hot_val"])
    yield case("validation_data_weighted", "logits", OPTIMIZERS["sgd"], loss.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), "x", "hot", ["accuracy"], ["accuracy"], validation_data=["x_val", "hot_val", "weight_val"], validation_batch_size=4)
    yield case("sparse_logits", "logits", OPTIMIZERS["adam"], loss.SparseCategoricalCrossentropy(from_logits=True), "x", "ints", ["accuracy"])
    yield case("flat_targets", "column", OPTIMIZERS["rmsprop"], "mse", "x", "flat", ["mae"])
    yield case("column_targets", "column", OPTIMIZERS["rmsprop"], "mse", "x", "column", ["mae"])
    yield case("flat_binary", "binary", OPTIMIZERS["adam"], "binary_crossentropy", "x", "binary_flat", ["accuracy"])
    yield case("smoothing", "hot", OPTIMIZERS["adam"], loss.CategoricalCrossentropy(label_smoothing=0.1), "grid", "hot", ["categorical_accuracy"])
    yield case("sum_reduction", "mae", lambda: O.SGD(0.002), loss.MeanAbsoluteError(reduction="sum"), "x", "real")
    yield case("loss_weight", "mse", OPTIMIZERS["sgd"], "mse", "x", "real", ["mse"], loss_weights=0.5)
    yield case("frozen", "frozen", OPTIMIZERS["adam"], "sparse_categorical_crossentropy", "x", "ints", ["accuracy"])
    yield case("decayed", "hot", lambda: O.SGD(0.05, momentum=0.5, weight_decay=0.05, global_clipnorm=0.5), "categorical_crossentropy", "grid", "hot")
    yield case("clipped", "sparse", lambda: O.Adam(0.01, clipnorm=0.3), "sparse_categorical_crossentropy", "x", "ints")
    yield case("averaged", "mse", lambda: O.RMSprop(0.005, use_ema=True, ema_momentum=0.8), "mse", "x", "real", validation_split=0.2)
    yield case("averaged_overwritten", "mse", lambda: O.Adam(0.01, use_ema=True, ema_momentum=0.8, ema_overwrite_frequency=3), "mse", "x", "real")
    yield case("accumulated", "sparse", lambda: O.SGD(0.05, gradient_accumulation_steps=2), "sparse_categorical_crossentropy", "x", "ints")
    yield case("centered", "mae", lambda: O.RMSprop(0.005, momentum=0.5, centered=True), "mae", "x", "real")
    yield case("amsgrad", "binary", lambda: O.Adam(0.01, amsgrad=True), "binary_crossentropy", "x", "binary", ["accuracy"])
    yield case("batch_larger_than_data", "mse", OPTIMIZERS["adam"], "mse", "x", "real", batch_size=64)
    yield case("default_batch_of_32", "mse", OPTIMIZERS["adam"], "mse", "x", "real", batch_size=None)
    yield case("initial_epoch", "mse", OPTIMIZERS["adam"], "mse", "x", "real", initial_epoch=2, epochs=4)


def run(c, arrays):
    fresh()
    model = keras.saving.load_model(FIXTURES / f"models/{c['model']}.keras")
    optimizer = c["optimizer"]()
    fit = dict(c["fit"])
    loss_weights = fit.pop("loss_weights", None)
    compiled = dict(loss=c["loss"], loss_weights=loss_weights, metrics=c["metrics"], weighted_metrics=c["weighted"])
    model.compile(optimizer, **compiled)
    arguments = {"batch_size": 8, "epochs": 4, **fit}
    real = dict(arguments)
    if "sample_weight" in real:
        real["sample_weight"] = arrays[real["sample_weight"]]
    if "validation_data" in real:
        real["validation_data"] = tuple(arrays[k] for k in real["validation_data"])
    x, y = arrays[c["x"]], arrays[c["y"]]
    history = model.fit(x, y, shuffle=False, verbose=0, **real)
    after = tensors(model.get_weights())
    out = {
        "name": c["name"],
        "model": f"models/{c['model']}.keras",
        "optimizer": plain(keras.saving.serialize_keras_object(optimizer)),
        "compile": plain(compiled | {"loss": keras.saving.serialize_keras_object(c["loss"])}),
        "x": c["x"],
        "y": c["y"],
        "fit": plain(arguments),
        "epoch": history.epoch,
        "history": [[k, plain(v)] for k, v in history.history.items()],
        "weights": after,
        "evaluate": [[k, plain(v)] for k, v in model.evaluate(x, y, batch_size=8, verbose=0, return_dict=True).items()],
    }
    # Once more from where it stands, as a second fit must.
    again = model.fit(x, y, shuffle=False, verbose=0, **(real | {"epochs": real.get("initial_epoch", 0) + 1}))
    return out | {"second_fit_history": [[k, plain(v)] for k, v in again.history.items()]}


def main():
    arrays = data()
    for name, make in MODELS.items():
        fresh()
        model = make()
        model.build(model.input_shape)
        save_keras(model, f"models/{name}.keras")
    out = [run(c, arrays) for c in cases()]
    notes = [
        "models/NAME.keras holds the initial weights, uncompiled; `data` holds the arrays the cases name; shuffle is False.",
        "history: [name, value per epoch] in Keras' order; weights: get_weights() after fit; evaluate: after fit, batch 8, no weights.",
        "second_fit_history: one more epoch of the same fit on the same model, optimizer state kept.",
    ]
    write("training.json", out, notes, data={k: tensor(v) for k, v in arrays.items()})
