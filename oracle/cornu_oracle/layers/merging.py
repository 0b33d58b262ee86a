"""Layers of several inputs."""

from ..layer_case import case, keras, normal, np, refused, rng, write_family

L = keras.layers
ELEMENTWISE = [L.Add, L.Subtract, L.Multiply, L.Average, L.Maximum, L.Minimum]
MASKS = [np.array([[True, False, True], [False, False, True]]), np.array([[True, True, False], [False, True, True]])]


def elementwise(r):
    for layer in ELEMENTWISE:
        yield case(lambda: layer(), [normal(r, 2, 3), normal(r, 2, 3)], r)
        yield case(lambda: layer(name="joint"), [normal(r, 2, 3, 2), normal(r, 2, 2)], r)
        yield case(lambda: layer(), [normal(r, 2, 3, 1), normal(r, 2, 1, 4)], r)
        # Masks let elements pass: equal ones have no derivative of their own.
        yield case(lambda: layer(), [normal(r, 2, 3, 2), normal(r, 2, 3, 2)], r, masks=MASKS, kinks=True)
        yield case(lambda: layer(), [normal(r, 2, 3, 2), normal(r, 2, 3, 2)], r, masks=[MASKS[0], None], kinks=True)
        yield case(lambda: layer(), [normal(r, 2, 3, 2), normal(r, 2, 3, 2)], r, masks=[None, MASKS[1]], kinks=True)
        if layer is not L.Subtract:
            three = [normal(r, 2, 3, 2) for _ in range(3)]
            yield case(lambda: layer(), three, r)
            yield case(lambda: layer(), three, r, masks=[MASKS[0], None, MASKS[1]], kinks=True)


def concatenate(r):
    yield case(lambda: L.Concatenate(), [normal(r, 3, 2), normal(r, 3, 4)], r)
    yield case(lambda: L.Concatenate(axis=1), [normal(r, 2, 1, 3), normal(r, 2, 3, 3), normal(r, 2, 2, 3)], r)
    yield case(lambda: L.Concatenate(axis=-2), [normal(r, 2, 1, 3), normal(r, 2, 3, 3)], r, unknown=(1,))
    x, y = normal(r, 2, 3, 2), normal(r, 2, 3, 1)
    yield case(lambda: L.Concatenate(), [x, y], r, masks=MASKS)
    yield case(lambda: L.Concatenate(), [x, y], r, masks=[MASKS[0], None])
    yield case(lambda: L.Concatenate(axis=1), [x, normal(r, 2, 3, 2)], r, masks=MASKS)
    yield case(lambda: L.Concatenate(axis=1), [x, normal(r, 2, 1, 2)], r, masks=[MASKS[0], None])


def dot(r):
    yield case(lambda: L.Dot(1), [normal(r, 3, 4), normal(r, 3, 4)], r)
    yield case(lambda: L.Dot(-1, normalize=True), [normal(r, 3, 4), normal(r, 3, 4)], r)
    yield case(lambda: L.Dot(2), [normal(r, 2, 3, 4), normal(r, 2, 2, 4)], r)
    yield case(lambda: L.Dot((1, 2)), [normal(r, 2, 3, 4), normal(r, 2, 2, 3)], r)
    yield case(lambda: L.Dot((2, 1), normalize=True), [normal(r, 2, 2, 3), normal(r, 2, 3, 2)], r)
    yield case(lambda: L.Dot((1, 2)), [normal(r, 2, 3), normal(r, 2, 4, 3)], r)
    yield case(lambda: L.Dot((2, 1)), [normal(r, 2, 4, 3), normal(r, 2, 3)], r)
    yield case(lambda: L.Dot((2, 3)), [normal(r, 2, 2, 3), normal(r, 2, 2, 2, 3)], r)
    yield case(lambda: L.Dot((1, 2)), [normal(r, 2, 3, 2, 2), normal(r, 2, 2, 3)], r)


def rejected():
    for layer in ELEMENTWISE:
        yield refused(layer, {}, (None, 3), (None, 4))
        yield refused(layer, {}, (2, 3), (4, 3))
        yield refused(layer, {}, (None, 2, 3), (None, 2))
    yield refused(L.Subtract, {}, (None, 3), (None, 3), (None, 3))
    yield refused(L.Concatenate, {}, (None, 2, 3), (None, 3, 3))
    yield refused(L.Concatenate, {"axis": 1}, (None, 2, 3), (None, 3))
    yield refused(L.Dot, {"axes": 1}, (None, 3), (None, 4))
    yield refused(L.Dot, {"axes": 1}, (None, 3), (None, 3), (None, 3))
    yield refused(L.Dot, {"axes": [1, 2, 1]}, (None, 3, 2), (None, 4, 3))


def main():
    r = rng(8)
    write_family("merging", [*elementwise(r), *concatenate(r), *dot(r)], rejected())
