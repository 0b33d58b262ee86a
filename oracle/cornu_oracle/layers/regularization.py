"""Layers that keep a model from learning its data by heart."""

from ..layer_case import case, keras, normal, np, refused, rng, tf, write_family
from ..common import fresh


def dropout(r):
    L = keras.layers
    x = normal(r, 3, 4)
    yield case(lambda: L.Dropout(0.5), x, r, training=False, fit=False)
    yield case(lambda: L.Dropout(0.5), x, r, fit=False)
    yield case(lambda: L.Dropout(0.0), x, r, training=True)
    yield case(lambda: L.Dropout(0.25, noise_shape=(None, 1), seed=3), x, r, training=False, fit=False)
    yield case(lambda: L.Dropout(0.25, seed=3), x, r, training=False, fit=False)


def dropout_statistics():
    out = []
    for rate in [0.1, 0.25, 0.5, 0.9, 1.0]:
        fresh()
        layer = keras.layers.Dropout(rate, seed=5)
        x = np.full((400, 500), 2.0, "float32")
        with tf.GradientTape() as tape:
            v = tf.constant(x)
            tape.watch(v)
            y = layer(v, training=True)
        # At rate 1 Keras returns zeros that do not depend on the input: no gradient at all.
        g = tape.gradient(y, v, unconnected_gradients="zero").numpy()
        y = y.numpy()
        out.append(
            {
                "rate": rate,
                "x": 2.0,
                "n": y.size,
                "share_of_zeros": float((y == 0).mean()),
                "values": sorted({float(v) for v in np.unique(y)}),
                "gradient_values": sorted({float(v) for v in np.unique(g)}),
                "gradient_is_y_over_x": bool(np.allclose(g, y / 2.0)),
                "mean": float(y.mean()),
            }
        )
    return out


def main():
    r = rng(6)
    rejected = [refused(keras.layers.Dropout, {"rate": 1.5}, (None, 6))]
    write_family("regularization", dropout(r), rejected, dropout_statistics=dropout_statistics())
