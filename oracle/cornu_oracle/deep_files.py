"""Files of models with convolutions, recurrence and attention: their weights' places, and what the models predict."""

import numpy as np
import keras

from .common import fresh, normal, rng, save_keras, tensor, write

L = keras.layers


def vision():
    x = keras.Input((8, 8, 2), name="image")
    y = L.Conv2D(4, 3, activation="relu", padding="same")(x)
    y = L.BatchNormalization()(y)
    y = L.SeparableConv2D(5, 3, activation="gelu")(y)
    y = L.MaxPooling2D(2)(y)
    y = L.DepthwiseConv2D(2, depth_multiplier=2)(y)
    y = L.PReLU(shared_axes=[1, 2])(y)
    y = L.Conv2DTranspose(3, 2, strides=2)(y)
    y = L.GroupNormalization(3)(L.ZeroPadding2D(1)(y))
    y = L.SpatialDropout2D(0.2)(y)
    return keras.Model(x, L.Dense(2)(L.GlobalAveragePooling2D()(y)))


def language():
    x = keras.Input((6,), name="words", dtype="float32")
    y = L.Embedding(11, 4)(x)
    y = L.Bidirectional(L.LSTM(3, return_sequences=True))(y)
    y = L.LayerNormalization()(L.Add()([y, L.TimeDistributed(L.Dense(6))(y)]))
    z = L.MultiHeadAttention(2, 3)(y, y)
    y = L.RNN([L.GRUCell(3), L.SimpleRNNCell(4)], return_sequences=True)(L.Concatenate()([y, z]))
    return keras.Model(x, L.Dense(1, activation="sigmoid")(L.GRU(3)(y)))


def grouped():
    x = keras.Input((4, 6), name="steps")
    y = L.GroupQueryAttention(3, 4, 2)(x, x)
    y = L.EinsumDense("abc,cd->abd", output_shape=(None, 5), bias_axes="d", activation="elu")(y)
    y = L.Conv1D(4, 2, padding="causal")(y)
    return keras.Model(x, L.Flatten()(L.UnitNormalization()(y)))


def masked():
    """A mask on its way through merging, recurrence, attention and operators."""
    words = keras.Input((5,), name="words", dtype="float32")
    a = L.Embedding(7, 3, mask_zero=True)(words)
    b = L.Masking()(L.Reshape((5, 1))(words))
    both = L.Concatenate()([a, b])
    longer = L.Concatenate(axis=1)([a, L.Dense(3)(b)])
    encoded, h, c = L.LSTM(3, return_state=True)(both)
    decoded = L.LSTM(3, return_sequences=True)(a, initial_state=[h, c])
    attended = L.Attention()([decoded, L.Dropout(0.3)(a)])
    summed = L.Bidirectional(L.GRU(2))(L.Add()([decoded, attended]))
    free = L.GlobalAveragePooling1D()(L.LayerNormalization()(decoded + a))
    every = L.GlobalAveragePooling1D()(L.TimeDistributed(L.Dense(2))(longer))
    return keras.Model(words, L.Concatenate()([encoded, summed, free, every]))


MODELS = {"vision": vision, "language": language, "grouped": grouped, "masked": masked}


def main():
    r = rng(31)
    inputs = {
        "vision": normal(r, 3, 8, 8, 2),
        "language": np.array([[1, 2, 3, 0, 0, 0], [4, 5, 6, 7, 8, 9], [10, 1, 0, 0, 0, 0]], "float32"),
        "grouped": normal(r, 2, 4, 6),
        "masked": np.array([[1, 2, 3, 4, 5], [6, 1, 0, 0, 0], [2, 0, 3, 0, 0]], "float32"),
    }
    cases = []
    for name, make in MODELS.items():
        fresh()
        model = make()
        model.set_weights([normal(r, *w.shape, scale=0.5) ** 2 + 0.05 for w in model.get_weights()])
        save_keras(model, f"models/{name}.keras")
        y = model.predict(inputs[name], verbose=0)
        cases.append({"name": name, "x": tensor(inputs[name]), "y": tensor(y), "weights": [w.path for w in model.weights]})
    write("deep_files.json", cases, ["models/NAME.keras; x: inputs; y: predictions; weights: paths in Keras' order."])
