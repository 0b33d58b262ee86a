"""The DOT text of `model_to_dot` by model and arguments."""

import re

import keras
from keras import layers

from .common import fresh, write


def chain():
    return keras.Sequential(
        [keras.Input((28, 28)), layers.Flatten(), layers.Dense(8, activation="relu"), layers.Dropout(0.5), layers.Dense(3, activation="softmax")],
        name="chain",
    )


def wide_and_deep():
    wide, deep = keras.Input((5,), name="wide"), keras.Input((6,), name="deep")
    hidden = layers.Dense(4, activation="relu")(layers.Dense(4, activation="relu")(deep))
    both = layers.Concatenate()([wide, hidden])
    return keras.Model([wide, deep], [layers.Dense(1, name="main")(both), layers.Dense(1, name="aux")(hidden)], name="wide_and_deep")


def residual():
    x = keras.Input((8,))
    y = x
    for _ in range(2):
        y = layers.Add()([y, layers.Dense(8)(layers.BatchNormalization(trainable=False)(y))])
    return keras.Model(x, y * 2.0 + x, name="residual")


def shared():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    tower = layers.Dense(4, name="tower")
    return keras.Model([a, b], layers.Subtract()([tower(tower(a)), tower(b)]), name="shared")


def nested():
    x = keras.Input((4,), name="inner_in")
    inner = keras.Model(x, [layers.Dense(2, name="left")(x), layers.Dense(3, name="right")(x)], name="two_heads")
    stack = keras.Sequential([keras.Input((3,)), layers.Dense(5, name="first"), layers.Dense(2, name="second")], name="stack")
    outer = keras.Input((4,), name="outer_in")
    left, right = inner(outer)
    return keras.Model(outer, layers.Add()([left, stack(right)]), name="nested")


def nested_in_sequence():
    stack = keras.Sequential([keras.Input((3,)), layers.Dense(5, name="first"), layers.Dense(2, name="second")], name="stack")
    return keras.Sequential([keras.Input((3,)), stack, layers.Dense(1, name="last")], name="nested_in_sequence")


def recurrent():
    words = keras.Input((None,), dtype="int32", name="words")
    x = layers.Embedding(10, 4)(words)
    y, h, c = layers.LSTM(3, return_state=True)(x)
    return keras.Model(words, [y, layers.LSTM(3)(x, initial_state=[h, c])], name="recurrent")


SHOW = dict(show_shapes=True, show_dtype=True, show_layer_activations=True, show_trainable=True)


def text(model, **arguments):
    """The text with `n0`, `n1`, … in the order of appearance for the addresses of objects."""
    found = {}
    name = lambda match: found.setdefault(match.group(0), f"n{len(found)}")
    return re.sub(r"\b\d{9,}\b", name, keras.utils.model_to_dot(model, **arguments).to_string())


def main():
    cases = []
    for make in [chain, wide_and_deep, residual, shared, nested, nested_in_sequence, recurrent]:
        nested_too = [dict(SHOW, expand_nested=True), {}] if make is nested else []
        for arguments in [SHOW, dict(expand_nested=True, rankdir="LR", show_layer_names=False, dpi=96), *nested_too]:
            fresh()
            model = make()
            cases.append({"model": model.to_json(), "arguments": arguments, "dot": text(model, **arguments)})
    write("dot.json", cases, ["model is the architecture; n0, n1, … stand for the addresses of the layers."])
