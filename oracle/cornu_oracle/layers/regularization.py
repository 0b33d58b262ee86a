"""Layers that keep a model from learning its data by heart."""

from ..layer_case import case, keras, normal, np, plain, refused, rng, tf, write_family
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


def noise(r):
    L = keras.layers
    x2, x3, x4, x5 = normal(r, 2, 3), normal(r, 2, 3, 2), normal(r, 2, 2, 2, 3), normal(r, 1, 2, 2, 2, 2)
    mask = [np.array([[True, False, True], [True, True, False]])]
    for make, x in [
        (lambda: L.SpatialDropout1D(0.5), x3),
        (lambda: L.SpatialDropout1D(0.25, seed=3, name="spatial"), x3),
        (lambda: L.SpatialDropout2D(0.5), x4),
        (lambda: L.SpatialDropout2D(0.5, data_format="channels_first"), x4),
        (lambda: L.SpatialDropout3D(0.5), x5),
        (lambda: L.SpatialDropout3D(0.5, data_format="channels_first", seed=1), x5),
        (lambda: L.GaussianDropout(0.5), x2),
        (lambda: L.GaussianDropout(0.25, seed=4), x3),
        (lambda: L.GaussianNoise(0.5), x2),
        (lambda: L.GaussianNoise(0.1, seed=4), x3),
        (lambda: L.AlphaDropout(0.5), x2),
        (lambda: L.AlphaDropout(0.25, noise_shape=(None, 1, None), seed=4), x3),
    ]:
        yield case(make, x, r, training=False, fit=False)
    for make in [L.SpatialDropout1D, L.GaussianDropout, L.GaussianNoise, L.AlphaDropout]:
        yield case(lambda: make(0.0), x3, r, training=True, masks=mask)


def penalties(r):
    A = keras.layers.ActivityRegularization
    yield case(lambda: A(), normal(r, 2, 3), r)
    yield case(lambda: A(l1=0.02), normal(r, 2, 3), r)
    yield case(lambda: A(l1=0.01, l2=0.03), normal(r, 2, 3, 2), r, masks=[np.array([[1, 0, 1], [1, 1, 0]], bool)])


def noise_statistics():
    """What random layers make of a constant: mean and standard deviation, and how many equal the smallest."""
    L = keras.layers
    out = []
    for make, value in [
        (lambda: L.GaussianNoise(0.5), 2.0),
        (lambda: L.GaussianDropout(0.2), 2.0),
        (lambda: L.AlphaDropout(0.3), 1.5),
        (lambda: L.SpatialDropout1D(0.3), 2.0),
        (lambda: L.SpatialDropout2D(0.3), 2.0),
        (lambda: L.SpatialDropout3D(0.3, data_format="channels_first"), 2.0),
    ]:
        fresh()
        layer = make()
        shape = {"SpatialDropout1D": (200, 3, 50), "SpatialDropout2D": (200, 2, 2, 50)}.get(type(layer).__name__, (200, 50, 1, 2, 2))
        if type(layer).__name__.startswith(("Gaussian", "Alpha")):
            shape = (200, 100)
        y = layer(np.full(shape, value, "float32"), training=True).numpy()
        # What is dropped together is equal.
        together = {"SpatialDropout1D": (1,), "SpatialDropout2D": (1, 2), "SpatialDropout3D": (2, 3, 4)}
        together = together.get(type(layer).__name__, ())
        out.append(
            {
                "class": type(layer).__name__,
                "config": plain(layer.get_config()),
                "shape": list(shape),
                "x": value,
                "mean": float(y.mean()),
                "std": float(y.std()),
                "smallest": float(y.min()),
                "share_of_smallest": float((y == y.min()).mean()),
                "together": list(together),
                "apart": float(y.std(together).max()) if together else None,
            }
        )
    return out


def rejected():
    L = keras.layers
    yield refused(L.Dropout, {"rate": 1.5}, (None, 6))
    yield refused(L.Dropout, {"rate": 0.5, "noise_shape": (None, 0)}, (None, 6))
    for layer in [L.GaussianDropout, L.GaussianNoise, L.AlphaDropout]:
        yield refused(layer, {layer is L.GaussianNoise and "stddev" or "rate": 1.5}, (None, 6))
    yield refused(L.SpatialDropout1D, {"rate": 0.5}, (None, 6))
    yield refused(L.SpatialDropout2D, {"rate": 0.5}, (None, 6, 2))
    yield refused(L.SpatialDropout3D, {"rate": 0.5}, (None, 6, 2, 2))
    yield refused(L.SpatialDropout2D, {"rate": 0.5, "data_format": "first"}, (None, 6, 2, 2))


def main():
    r = rng(6)
    statistics = dict(dropout_statistics=dropout_statistics(), noise_statistics=noise_statistics())
    write_family("regularization", [*dropout(r), *noise(r), *penalties(r)], rejected(), **statistics)
