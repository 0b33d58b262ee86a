"""Layers that give the same elements another shape."""

from ..layer_case import case, keras, normal, refused, rng, write_family


def shapes(r):
    L = keras.layers
    x2, x3, x4 = normal(r, 2, 6), normal(r, 2, 3, 4), normal(r, 2, 3, 2, 4)
    yield case(lambda: L.Flatten(), x3, r)
    yield case(lambda: L.Flatten(), x4, r)
    yield case(lambda: L.Flatten(), x2, r)
    yield case(lambda: L.Flatten(), normal(r, 4), r)
    yield case(lambda: L.Flatten(data_format="channels_first"), x4, r)
    yield case(lambda: L.Flatten(), r.integers(0, 255, (2, 3, 3)).astype("uint8"), r)
    yield case(lambda: L.Reshape((3, 2)), x2, r)
    yield case(lambda: L.Reshape((-1,)), x3, r)
    yield case(lambda: L.Reshape((2, -1)), x3, r)
    yield case(lambda: L.Reshape((-1, 2, 1)), x2, r)
    yield case(lambda: L.Reshape((4, 3, 1)), x3, r)


def main():
    r = rng(5)
    rejected = [refused(keras.layers.Reshape, {"target_shape": (4, 2)}, (None, 6))]
    write_family("reshaping", shapes(r), rejected)
