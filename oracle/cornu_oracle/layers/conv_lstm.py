"""Convolutions that run over time."""

from ..layer_case import case, keras, normal, np, refused, rng, write_family

L = keras.layers
MASK = np.array([[True, True, False], [False, True, True]])


def cases(r):
    line, image, volume = normal(r, 2, 3, 4, 2), normal(r, 2, 3, 3, 4, 2), normal(r, 2, 2, 3, 2, 3, 1)
    yield case(lambda: L.ConvLSTM1D(1, 2), normal(r, 1, 2, 3, 1), r)
    yield case(lambda: L.ConvLSTM1D(2, 2, return_sequences=True), line, r, unknown=(1,))
    yield case(lambda: L.ConvLSTM1D(2, 3, padding="same", dilation_rate=2, go_backwards=True), line, r)
    yield case(lambda: L.ConvLSTM1D(2, 2, strides=2, return_state=True), line, r)
    yield case(lambda: L.ConvLSTM2D(1, 1), normal(r, 1, 2, 2, 1, 1), r)
    yield case(lambda: L.ConvLSTM2D(2, 2), image, r)
    yield case(lambda: L.ConvLSTM2D(2, (2, 3), padding="same", return_sequences=True), image, r)
    yield case(lambda: L.ConvLSTM2D(2, 2, use_bias=False, activation="sigmoid"), image, r)
    yield case(lambda: L.ConvLSTM2D(1, 2, unit_forget_bias=False, recurrent_activation="hard_sigmoid"), image, r, kinks=True)
    yield case(lambda: L.ConvLSTM2D(1, 2, return_sequences=True), image, r, masks=[MASK])
    yield case(lambda: L.ConvLSTM2D(1, 2, padding="same"), image, r, masks=[MASK])
    yield case(lambda: L.ConvLSTM2D(1, 2, padding="same", stateful=True), image, r, calls=2, fit=False)
    yield case(lambda: L.ConvLSTM2D(1, 2, dropout=0.5, recurrent_dropout=0.5, seed=3), image, r, training=False, fit=False)
    yield case(lambda: L.ConvLSTM3D(1, 1), normal(r, 1, 2, 1, 1, 2, 1), r)
    yield case(lambda: L.ConvLSTM3D(2, 2, return_sequences=True), volume, r)


def main():
    r = rng(9)
    rejected = [
        refused(L.ConvLSTM2D, {"filters": 1, "kernel_size": 2}, (None, 3, None, 4, 1)),
        refused(L.ConvLSTM1D, {"filters": 1, "kernel_size": 2, "strides": 2, "dilation_rate": 2}, (None, 3, 4, 1)),
    ]
    write_family("conv_lstm", cases(r), rejected)
