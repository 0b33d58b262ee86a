"""Activation functions with arguments or weights."""

from ..layer_case import case, keras, normal, np, refused, rng, write_family

L = keras.layers


def functions(r):
    x = normal(r, 3, 4, scale=2.0)
    mask = [np.array([True, False, True])]
    for make in [
        lambda: L.ReLU(),
        lambda: L.ReLU(max_value=1.5),
        lambda: L.ReLU(max_value=6),
        lambda: L.ReLU(negative_slope=0.2),
        lambda: L.ReLU(max_value=2.0, negative_slope=0.1, threshold=0.5),
        lambda: L.ReLU(threshold=0.7),
        lambda: L.LeakyReLU(),
        lambda: L.LeakyReLU(negative_slope=0.05, name="leaky"),
        lambda: L.ELU(),
        lambda: L.ELU(alpha=0.4),
    ]:
        yield case(make, x, r)
    yield case(lambda: L.ReLU(), x, r, masks=mask)
    yield case(lambda: L.ELU(), x, r, masks=mask)


def prelu(r):
    yield case(lambda: L.PReLU(), normal(r, 3, 4), r)
    yield case(lambda: L.PReLU(shared_axes=[1]), normal(r, 2, 3, 2), r)
    yield case(lambda: L.PReLU(shared_axes=[1, 2], alpha_initializer="ones"), normal(r, 2, 2, 3, 2), r, unknown=(1, 2))
    yield case(lambda: L.PReLU(shared_axes=[1]), normal(r, 2, 3, 2), r, masks=[np.array([[1, 0, 1], [1, 1, 0]], bool)])
    full = dict(
        alpha_initializer=keras.initializers.Constant(0.3),
        alpha_regularizer="l2",
        alpha_constraint=keras.constraints.MaxNorm(1.0),
    )
    yield case(lambda: L.PReLU(**full), normal(r, 2, 3), r, initial=True)


def softmax(r):
    x = normal(r, 2, 3, 4)
    yield case(lambda: L.Softmax(), x, r)
    yield case(lambda: L.Softmax(axis=1), x, r)
    yield case(lambda: L.Softmax(axis=[1, 2]), x, r)
    yield case(lambda: L.Softmax(axis=[-1]), x, r)
    yield case(lambda: L.Softmax(axis=(1, -1)), x, r)
    mask = r.integers(0, 2, (2, 3, 4)).astype(bool)
    mask[0, 1] = False
    yield case(lambda: L.Softmax(), x, r, kwargs={"mask": mask})
    yield case(lambda: L.Softmax(axis=[1, 2]), x, r, kwargs={"mask": mask})
    yield case(lambda: L.Softmax(axis=1), x, r, kwargs={"mask": mask.astype("float32")})
    yield case(lambda: L.Softmax(), x, r, kwargs={"mask": np.array([True, False, True, True])})


def rejected():
    yield refused(L.ReLU, {"max_value": -1.0}, (None, 3))
    yield refused(L.ReLU, {"negative_slope": -1.0}, (None, 3))
    yield refused(L.ReLU, {"threshold": -1.0}, (None, 3))
    yield refused(L.LeakyReLU, {"negative_slope": -0.1}, (None, 3))
    yield refused(L.PReLU, {}, (None, None, 3))
    yield refused(L.PReLU, {"shared_axes": [3]}, (None, 2, 3))


def main():
    r = rng(9)
    write_family("activations", [*functions(r), *prelu(r), *softmax(r)], rejected())
