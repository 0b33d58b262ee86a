"""The exact text of summary()."""

import io
import os

import numpy as np
import keras

from .common import fresh, write

L = keras.layers


def mlp():
    return keras.Sequential([keras.Input((784,)), L.Dense(256, activation="relu"), L.Dense(128, activation="relu"), L.Dense(10, activation="softmax")])


def with_everything():
    model = keras.Sequential(
        [
            keras.Input((28, 28)),
            L.Flatten(),
            L.Dense(300, use_bias=False),
            L.BatchNormalization(),
            L.Activation("relu"),
            L.Dropout(0.5),
            L.Reshape((30, 10)),
            L.Dense(4),
        ],
        name="everything",
    )
    return model


def unbuilt():
    return keras.Sequential([L.Dense(10, activation="relu"), L.BatchNormalization(), L.Dense(1)])


def empty():
    return keras.Sequential()


def input_only():
    return keras.Sequential([keras.Input((3,))])


def compiled():
    model = keras.Sequential([keras.Input((4,)), L.Dense(3), L.BatchNormalization(), L.Dense(2)], name="compiled")
    model.compile(keras.optimizers.Adam(), "mse")
    return model


def trained(optimizer, frozen=False):
    def make():
        model = compiled()
        model.layers[0].trainable = not frozen
        model.compile(optimizer(), "mse")
        model.fit(np.zeros((4, 4), "float32"), np.zeros((4, 2), "float32"), epochs=1, verbose=0)
        return model

    return make


def frozen():
    model = keras.Sequential([keras.Input((4,)), L.Dense(3, name="kept"), L.BatchNormalization(), L.Dense(2, name="free")])
    model.layers[0].trainable = False
    return model


def all_frozen():
    model = keras.Sequential([keras.Input((4,)), L.Dense(3), L.Dense(2)])
    model.trainable = False
    return model


def functional():
    inputs = keras.Input((8,), name="features")
    x = L.Dense(30, activation="relu", name="hidden")(inputs)
    x = L.BatchNormalization()(x)
    return keras.Model(inputs, L.Dense(1)(x), name="regressor")


def long_names():
    return keras.Sequential(
        [
            keras.Input((None, 16)),
            L.Dense(2000, name="a_layer_whose_name_is_so_long_that_no_column_can_hold_it"),
            L.BatchNormalization(name="another_rather_long_name_for_normalization"),
            L.Dense(1000),
        ],
        name="a_model_with_a_long_name_that_goes_on_and_on",
    )


def batch_size():
    return keras.Sequential([keras.Input((3,), batch_size=8), L.Dense(2)])


def big():
    return keras.Sequential([keras.Input((4096,)), L.Dense(8192), L.Dense(8192), L.Dense(3)])


MODELS = [
    ("mlp", mlp),
    ("everything", with_everything),
    ("unbuilt", unbuilt),
    ("empty", empty),
    ("input_only", input_only),
    ("compiled", compiled),
    ("trained_adam", trained(keras.optimizers.Adam)),
    ("trained_sgd", trained(keras.optimizers.SGD)),
    ("trained_rmsprop_frozen", trained(keras.optimizers.RMSprop, frozen=True)),
    ("frozen", frozen),
    ("all_frozen", all_frozen),
    ("functional", functional),
    ("long_names", long_names),
    ("batch_size", batch_size),
    ("big", big),
]

ARGUMENTS = [{}, {"line_length": 60}, {"line_length": 100}, {"line_length": 40}, {"show_trainable": True}]


def case(name, make, args, console=80):
    fresh()
    model = make()
    printed = []
    os.environ["COLUMNS"] = str(console)
    model.summary(print_fn=lambda line, **_: printed.append(line), **args)
    os.environ["COLUMNS"] = "80"
    return {"model": name, "args": args, "console_width": console, "print_fn_calls": len(printed), "lines": "\n".join(printed).split("\n")}


def to_stdout():
    """What a plain `summary()` prints where there is no terminal, as the program's reader sees it."""
    import contextlib

    fresh()
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        mlp().summary()
    return out.getvalue().split("\n")




def main():
    cases = [case(n, m, {}) for n, m in MODELS]
    cases += [case(n, m, a) for n, m in MODELS if n in ("mlp", "everything", "frozen", "long_names", "functional", "unbuilt") for a in ARGUMENTS[1:]]
    cases += [case(n, m, {"line_length": 100}, 120) for n, m in MODELS if n in ("mlp", "everything", "frozen", "long_names")]
    cases.append(case("mlp", mlp, {}, 120))
    cases.append(case("mlp", mlp, {"layer_range": ["dense", "dense_1"]}))
    cases.append(case("mlp", mlp, {"positions": [0.3, 0.6, 0.8, 1.0]}))
    notes = ["lines are those handed to print_fn, joined and split at newlines; without a terminal Keras draws the same table without colours, cropped at console_width (80 where nothing says otherwise)."]
    write("summary.json", cases, notes, stdout_without_terminal=to_stdout())
