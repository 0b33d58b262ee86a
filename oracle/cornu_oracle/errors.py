"""What Keras says to common mistakes: for reference, ours name the place and the remedy."""

import re

import numpy as np
import keras

from .common import FIXTURES, fresh, write

L = keras.layers


def model(units=3, activation="softmax", loss="categorical_crossentropy", **compiled):
    m = keras.Sequential([keras.Input((4,)), L.Dense(5), L.Dense(units, activation=activation)])
    m.compile("sgd", loss, **compiled)
    return m


def zeros(*shape, dtype="float32"):
    return np.zeros(shape, dtype)


MISTAKES = {
    "predict_wrong_features": lambda: model().predict(zeros(2, 5), verbose=0),
    "predict_wrong_rank": lambda: model().predict(zeros(4), verbose=0),
    "fit_wrong_features": lambda: model().fit(zeros(2, 5), zeros(2, 3), verbose=0),
    "call_wrong_features": lambda: model()(zeros(2, 5)),
    "one_hot_twice": lambda: model().fit(zeros(2, 4), zeros(2, 3, 3), verbose=0),
    "one_hot_twice_accuracy": lambda: model(metrics=["accuracy"]).fit(zeros(2, 4), zeros(2, 3, 3), verbose=0),
    "one_hot_for_sparse": lambda: model(loss="sparse_categorical_crossentropy").fit(zeros(2, 4), zeros(2, 3), verbose=0),
    "ints_for_categorical": lambda: model().fit(zeros(2, 4), zeros(2, dtype="int32"), verbose=0),
    "wrong_class_count": lambda: model().fit(zeros(2, 4), zeros(2, 7), verbose=0),
    "binary_wrong_width": lambda: model(2, "sigmoid", "binary_crossentropy").fit(zeros(2, 4), zeros(2, 1), verbose=0),
    "mse_broadcasts_silently": lambda: model(2, None, "mse").fit(zeros(2, 4), zeros(2, 1), verbose=0),
    "mse_wrong_width": lambda: model(3, None, "mse").fit(zeros(2, 4), zeros(2, 2), verbose=0),
    "label_out_of_range": lambda: model(loss="sparse_categorical_crossentropy").fit(zeros(2, 4), np.array([0, 3]), verbose=0),
    "label_negative": lambda: model(loss="sparse_categorical_crossentropy").fit(zeros(2, 4), np.array([0, -1]), verbose=0),
    "mismatched_counts": lambda: model().fit(zeros(3, 4), zeros(2, 3), verbose=0),
    "mismatched_weights": lambda: model().fit(zeros(2, 4), zeros(2, 3), sample_weight=np.ones(3), verbose=0),
    "both_weights": lambda: model().fit(zeros(2, 4), zeros(2, 3), sample_weight=np.ones(2), class_weight={0: 1.0}, verbose=0),
    "empty_fit": lambda: model().fit(zeros(0, 4), zeros(0, 3), verbose=0),
    "empty_predict": lambda: model().predict(zeros(0, 4), verbose=0),
    "empty_evaluate": lambda: model().evaluate(zeros(0, 4), zeros(0, 3), verbose=0),
    "no_data": lambda: model().fit(verbose=0),
    "no_targets": lambda: model().fit(zeros(2, 4), verbose=0),
    "validation_split_too_large": lambda: model().fit(zeros(3, 4), zeros(3, 3), validation_split=0.9, verbose=0),
    "validation_split_one": lambda: model().fit(zeros(3, 4), zeros(3, 3), validation_split=1.0, verbose=0),
    "validation_split_tiny": lambda: model().fit(zeros(3, 4), zeros(3, 3), validation_split=0.001, verbose=0),
    "fit_before_compile": lambda: keras.Sequential([keras.Input((4,)), L.Dense(1)]).fit(zeros(2, 4), zeros(2, 1), verbose=0),
    "evaluate_before_compile": lambda: keras.Sequential([keras.Input((4,)), L.Dense(1)]).evaluate(zeros(2, 4), zeros(2, 1), verbose=0),
    "compile_without_loss": lambda: fit_without_loss(),
    "unknown_loss": lambda: model(loss="categorical_crosentropy").fit(zeros(2, 4), zeros(2, 3), verbose=0),
    "unknown_optimizer": lambda: keras.Sequential([L.Dense(1)]).compile("adm", "mse"),
    "unknown_metric": lambda: model(metrics=["acuracy"]).fit(zeros(2, 4), zeros(2, 3), verbose=0),
    "unknown_activation": lambda: L.Dense(1, activation="rellu"),
    "unknown_initializer": lambda: L.Dense(1, kernel_initializer="he_norm"),
    "unknown_regularizer": lambda: L.Dense(1, kernel_regularizer="l3"),
    "unknown_constraint": lambda: L.Dense(1, kernel_constraint="maxnorm"),
    "unknown_argument": lambda: L.Dense(1, activaton="relu"),
    "repeated_layer_name": lambda: keras.Sequential([keras.Input((4,)), L.Dense(1, name="a"), L.Dense(1, name="a")]),
    "repeated_layer_name_functional": lambda: repeated_functional(),
    "get_layer_unknown": lambda: model().get_layer("nowhere"),
    "get_layer_index": lambda: model().get_layer(index=7),
    "set_weights_count": lambda: model().set_weights([zeros(4, 5)]),
    "set_weights_shape": lambda: model().set_weights([zeros(4, 5), zeros(5), zeros(5, 2), zeros(3)]),
    "units_negative": lambda: L.Dense(-1),
    "units_float": lambda: L.Dense(1.5),
    "dropout_rate": lambda: L.Dropout(1.5),
    "reshape_impossible": lambda: keras.Sequential([keras.Input((5,)), L.Reshape((2, 3))]),
    "reshape_two_unknown": lambda: keras.Sequential([keras.Input((6,)), L.Reshape((-1, -1))]),
    "batch_norm_axis": lambda: keras.Sequential([keras.Input((6,)), L.BatchNormalization(axis=3)]),
    "dense_unknown_width": lambda: keras.Sequential([keras.Input((None,)), L.Dense(2)]),
    "two_clips": lambda: keras.optimizers.SGD(clipnorm=1.0, clipvalue=1.0),
    "momentum_range": lambda: keras.optimizers.SGD(momentum=2.0),
    "learning_rate_int": lambda: keras.optimizers.SGD(learning_rate=1),
    "accumulation_of_one": lambda: keras.optimizers.SGD(gradient_accumulation_steps=1),
    "ema_momentum": lambda: keras.optimizers.SGD(use_ema=True, ema_momentum=1.5),
    "metrics_string": lambda: model(metrics="accuracy"),
    "save_extension": lambda: model().save(FIXTURES / "scratch.model"),
    "load_missing": lambda: keras.saving.load_model("/nowhere/at/all.keras"),
    "summary_unbuilt": lambda: keras.Sequential([L.Dense(1)]).count_params(),
    "unbuilt_weights": lambda: keras.Sequential([L.Dense(1)]).set_weights([zeros(1, 1)]),
    "input_not_first": lambda: keras.Sequential([L.Dense(1), keras.Input((2,))]),
    "to_categorical_out_of_range": lambda: keras.utils.to_categorical([0, 5], 3),
}


def fit_without_loss():
    m = keras.Sequential([keras.Input((4,)), L.Dense(1)])
    m.compile("sgd")
    m.fit(zeros(2, 4), zeros(2, 1), verbose=0)


def repeated_functional():
    inputs = keras.Input((4,))
    return keras.Model(inputs, L.Dense(1, name="a")(L.Dense(1, name="a")(inputs)))


def clean(message):
    """The words without addresses, colours, or the traceback TensorFlow puts into its message."""
    message = re.sub(r"\x1b\[[0-9;]*m", "", message)
    message = re.sub(r"0x[0-9a-f]+", "0x…", message)
    message = re.sub(r"filepath=/\S*/(\S+)", r"filepath=…/\1", message)
    message = re.sub(r"expected one of \{[^}]*\}", "expected one of {…}", message)
    if message.startswith("Graph execution error"):
        lines = [line for line in message.splitlines() if line and not line.startswith(("  File", "Detected", "\t", "\n"))]
        message = "\n".join(lines[:1] + [line for line in lines if "Received a label" in line])
    return message.strip()


def main():
    cases = []
    for name, mistake in MISTAKES.items():
        fresh()
        try:
            mistake()
            cases.append({"mistake": name, "error": None})
        except Exception as error:
            cases.append({"mistake": name, "error": type(error).__name__, "message": clean(str(error))})
    write("errors.json", cases, ["error is null where Keras says nothing. For reference: no test of ours wants these words."])
