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


def order(r):
    L = keras.layers
    yield case(lambda: L.Permute((2, 1)), normal(r, 2, 3, 4), r, unknown=(1,))
    yield case(lambda: L.Permute((1,)), normal(r, 2, 3), r)
    yield case(lambda: L.Permute((3, 1, 2)), normal(r, 2, 2, 3, 2), r)
    yield case(lambda: L.RepeatVector(3), normal(r, 2, 4), r)
    yield case(lambda: L.RepeatVector(1), normal(r, 2, 4), r)


def margins(r):
    L = keras.layers
    steps, images, volumes = normal(r, 2, 5, 2), normal(r, 2, 4, 5, 1), normal(r, 1, 3, 4, 3, 2)
    for cropping in [1, (0, 2), (2, 0)]:
        yield case(lambda: L.Cropping1D(cropping), steps, r)
    yield case(lambda: L.Cropping1D(2), normal(r, 1, 6, 2), r, unknown=(1,))
    for cropping in [1, (1, 0), ((0, 2), (1, 1)), ((1, 0), (0, 3))]:
        yield case(lambda: L.Cropping2D(cropping), images, r)
    yield case(lambda: L.Cropping2D(), images, r)
    yield case(lambda: L.Cropping2D(1, data_format="channels_first"), normal(r, 2, 1, 3, 4), r)
    yield case(lambda: L.Cropping3D(), volumes, r)
    yield case(lambda: L.Cropping3D(((0, 1), (2, 0), (0, 0))), volumes, r)
    yield case(lambda: L.Cropping3D((0, 1, 1), data_format="channels_first"), normal(r, 1, 2, 2, 3, 3), r)
    for padding in [1, (0, 2), (2, 0)]:
        yield case(lambda: L.ZeroPadding1D(padding), normal(r, 2, 3, 2), r)
    yield case(lambda: L.ZeroPadding1D((1, 2), data_format="channels_first"), normal(r, 2, 3, 2), r)
    for padding in [1, (1, 0), ((0, 2), (1, 1))]:
        yield case(lambda: L.ZeroPadding2D(padding), normal(r, 2, 2, 3, 1), r, unknown=(1,), fit=False)
    yield case(lambda: L.ZeroPadding2D((1, 2), data_format="channels_first"), normal(r, 2, 1, 2, 2), r)
    yield case(lambda: L.ZeroPadding3D(), normal(r, 1, 1, 2, 1, 2), r)
    yield case(lambda: L.ZeroPadding3D(((0, 1), (2, 0), (0, 0)), data_format="channels_first"), normal(r, 1, 2, 1, 2, 2), r)


def up_sampling(r):
    L = keras.layers
    yield case(lambda: L.UpSampling1D(), normal(r, 2, 3, 2), r)
    yield case(lambda: L.UpSampling1D(3), normal(r, 2, 2, 2), r, unknown=(1,))
    images = normal(r, 1, 3, 2, 2)
    yield case(lambda: L.UpSampling2D(), images, r)
    yield case(lambda: L.UpSampling2D((1, 3)), images, r, unknown=(1,))
    yield case(lambda: L.UpSampling2D((3, 2), data_format="channels_first"), images, r)
    for interpolation in ["bilinear", "bicubic", "lanczos3", "lanczos5"]:
        yield case(lambda: L.UpSampling2D(2, interpolation=interpolation), images, r)
        yield case(lambda: L.UpSampling2D((3, 1), interpolation=interpolation), normal(r, 1, 4, 3, 1), r)
    yield case(lambda: L.UpSampling2D(2, interpolation="bilinear", data_format="channels_first"), images, r)
    yield case(lambda: L.UpSampling3D(), normal(r, 1, 2, 1, 2, 2), r)
    yield case(lambda: L.UpSampling3D((1, 2, 3), data_format="channels_first"), normal(r, 1, 2, 1, 2, 2), r)


def rejected():
    L = keras.layers
    yield refused(L.Reshape, {"target_shape": (4, 2)}, (None, 6))
    yield refused(L.Reshape, {"target_shape": (-1, 4)}, (None, 6))
    yield refused(L.Reshape, {"target_shape": (-1, -1)}, (None, 6))
    yield refused(L.Permute, {"dims": (1, 3)}, (None, 2, 3))
    yield refused(L.Permute, {"dims": (0, 1)}, (None, 2, 3))
    yield refused(L.Permute, {"dims": (2, 1)}, (None, 2, 3, 4))
    yield refused(L.RepeatVector, {"n": 0}, (None, 2))
    yield refused(L.RepeatVector, {"n": 2}, (None, 2, 3))
    yield refused(L.Cropping1D, {"cropping": (2, 3)}, (None, 5, 2))
    yield refused(L.Cropping1D, {"cropping": (1, 1)}, (None, 5))
    yield refused(L.Cropping2D, {"cropping": ((2, 2), (0, 0))}, (None, 4, 4, 1))
    yield refused(L.Cropping2D, {"cropping": ((1, 1), (1, 1), (1, 1))}, (None, 4, 4, 1))
    yield refused(L.Cropping3D, {"cropping": ((1, 1), (1, 1), (2, 1))}, (None, 3, 3, 3, 1))
    yield refused(L.ZeroPadding1D, {"padding": (1, 1)}, (None, 5))
    yield refused(L.ZeroPadding2D, {"data_format": "channels_middle"}, (None, 4, 4, 1))
    yield refused(L.ZeroPadding3D, {}, (None, 4, 4, 1))
    yield refused(L.UpSampling1D, {"size": 0}, (None, 4, 1))
    yield refused(L.UpSampling2D, {"size": (0, 1)}, (None, 4, 4, 1))
    yield refused(L.UpSampling3D, {}, (None, 4, 4, 1))


def main():
    r = rng(5)
    write_family("reshaping", [*shapes(r), *order(r), *margins(r), *up_sampling(r)], rejected())
