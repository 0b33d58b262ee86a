"""Layers that change images."""

from contextlib import contextmanager

from keras.src.backend.tensorflow import random as backend_random

from ..common import fresh, tensors
from ..layer_case import case, keras, np, plain, refused, rng, tensor, tf, write_family

L = keras.layers
NOTES = [
    "drawn: the layer called in training with these uniform numbers in [0, 1) in the place of its draws, in the order of its draws.",
]


def images(r, *shape, high=1.0):
    return (r.random(shape) * high).astype("float32")


def without_dx(found):
    """TensorFlow's gradient of a projective transform turns the gradient back, which is not its adjoint, and it has none of
    `hsv_to_rgb`."""
    found["dx"] = [None]
    return found


def resizing(r):
    x = images(r, 2, 4, 5, 1)
    for interpolation in ["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", "area"]:
        yield case(lambda: L.Resizing(3, 2, interpolation=interpolation), x, r)
        yield case(lambda: L.Resizing(7, 9, interpolation=interpolation), x, r, fit=False)
        yield case(lambda: L.Resizing(2, 7, interpolation=interpolation, antialias=True), x, r, fit=False)
    small = images(r, 1, 5, 4, 2)
    yield case(lambda: L.Resizing(5, 4, name="same"), small, r)
    yield case(lambda: L.Resizing(3, 6, data_format="channels_first"), images(r, 1, 2, 4, 4), r)
    yield case(lambda: L.Resizing(3, 3, crop_to_aspect_ratio=True), images(r, 1, 4, 7, 1), r)
    yield case(lambda: L.Resizing(2, 5, crop_to_aspect_ratio=True, interpolation="nearest"), small, r)
    yield case(lambda: L.Resizing(4, 4, pad_to_aspect_ratio=True), images(r, 1, 3, 6, 2), r)
    yield case(lambda: L.Resizing(6, 3, pad_to_aspect_ratio=True, fill_value=0.75), images(r, 1, 3, 5, 2), r)
    yield case(lambda: L.Resizing(3, 6, pad_to_aspect_ratio=True, fill_value=-1), images(r, 1, 5, 4, 1), r, fit=False)
    first = dict(data_format="channels_first", pad_to_aspect_ratio=True)
    yield case(lambda: L.Resizing(4, 6, antialias=True, **first), images(r, 1, 2, 5, 3), r, fit=False)
    bytes_ = r.integers(0, 256, (1, 4, 5, 2)).astype("uint8")
    for interpolation in ["bilinear", "nearest", "bicubic"]:
        yield case(lambda: L.Resizing(3, 7, interpolation=interpolation), bytes_, r, fit=False)
    # Sizes that are known when a model runs.
    yield case(lambda: L.Resizing(3, 2), x, r, unknown=(1, 2), fit=False)


def cropping(r):
    x = images(r, 2, 5, 4, 1)
    yield case(lambda: L.CenterCrop(3, 2), x, r)
    yield case(lambda: L.CenterCrop(2, 3), x, r)
    yield case(lambda: L.CenterCrop(5, 4), x, r)
    yield case(lambda: L.CenterCrop(6, 4), x, r)
    yield case(lambda: L.CenterCrop(3, 7), x, r, fit=False)
    yield case(lambda: L.CenterCrop(2, 2, data_format="channels_first"), images(r, 2, 1, 4, 5), r)
    yield case(lambda: L.CenterCrop(7, 5, data_format="channels_first"), images(r, 1, 2, 4, 5), r)
    yield case(lambda: L.CenterCrop(2, 2), x, r, unknown=(1, 2), fit=False)
    # The images have the size already, or less than it in one direction: nothing is left to chance.
    yield case(lambda: L.RandomCrop(5, 4, seed=3), x, r, training=False, fit=False)
    for height, width in [(5, 4), (3, 4), (5, 2), (6, 6), (7, 3), (2, 6)]:
        yield case(lambda: L.RandomCrop(height, width, seed=3), x, r, training=True)
    yield case(lambda: L.RandomCrop(4, 3, seed=1, data_format="channels_first"), images(r, 1, 2, 4, 5), r, training=True)


def moved(r):
    """Ranges of one number: every image is moved alike."""
    x = images(r, 2, 5, 4, 1)
    for fill_mode in ["reflect", "wrap", "constant", "nearest"]:
        for interpolation in ["bilinear", "nearest"]:
            how = dict(fill_mode=fill_mode, interpolation=interpolation)
            one = interpolation == "bilinear"
            yield case(lambda: L.RandomRotation((0.1, 0.1), fill_value=0.5, **how), x, r, training=True, fit=one)
            yield case(lambda: L.RandomZoom((0.45, 0.45), (1.0, 1.0), **how), x, r, training=True, fit=False)
            yield case(lambda: L.RandomTranslation((0.37, 0.37), (-0.9, -0.9), **how), x, r, training=True, fit=False)
            yield case(lambda: L.RandomShear((0.0, 0.0), (0.0, 0.0), **how), x, r, training=True, fit=False)
    yield case(lambda: L.RandomRotation((-0.35, -0.35)), images(r, 1, 4, 5, 2), r, training=True, fit=False)
    yield case(lambda: L.RandomRotation((0.8, 0.8), fill_mode="constant", data_format="channels_first"), images(r, 1, 2, 4, 4), r, training=True, fit=False)
    yield case(lambda: L.RandomZoom((-0.4, -0.4)), x, r, training=True)
    yield case(lambda: L.RandomZoom((-0.4, -0.4), (0.3, 0.3), fill_mode="constant", fill_value=-2.0), x, r, training=True, fit=False)
    yield case(lambda: L.RandomZoom((0.2, 0.2), data_format="channels_first"), images(r, 1, 2, 4, 4), r, training=True, fit=False)
    yield case(lambda: L.RandomTranslation((0.2, 0.2), (0.25, 0.25), fill_mode="constant", fill_value=3.0), x, r, training=True)
    yield case(lambda: L.RandomTranslation((1.0, 1.0), (-1.0, -1.0)), x, r, training=True, fit=False)
    yield case(lambda: L.RandomTranslation((0.3, 0.3), (0.0, 0.0), data_format="channels_first"), images(r, 1, 2, 4, 4), r, training=True, fit=False)
    # One pixel, one row.
    yield case(lambda: L.RandomRotation((0.1, 0.1), fill_mode="wrap"), images(r, 2, 1, 1, 3), r, training=True, fit=False)
    yield case(lambda: L.RandomTranslation((0.5, 0.5), (0.35, 0.35), fill_mode="wrap"), images(r, 1, 1, 5, 2), r, training=True, fit=False)
    yield case(lambda: L.RandomTranslation((0.5, 0.5), (0.4, 0.4), fill_mode="reflect"), images(r, 1, 1, 5, 2), r, training=True, fit=False)


def colored(r):
    """Ranges of one number: every image is changed alike."""
    x, whole, grey = images(r, 1, 3, 4, 3), images(r, 1, 3, 4, 3, high=255.0), images(r, 2, 3, 3, 2)
    unit, first = dict(value_range=(0, 1)), dict(data_format="channels_first")
    axes_first = np.transpose(x, (0, 3, 1, 2))
    # A training with values of up to 255 leads nowhere.
    exact = dict(training=True, tolerance=5e-4, fit=False)
    yield case(lambda: L.RandomContrast((0, 0), **unit), grey, r, training=True)
    yield case(lambda: L.RandomContrast((-0.4, 0.4), **unit), grey, r, training=True)
    yield case(lambda: L.RandomContrast((-0.4, 0.4), **unit, **first), axes_first, r, training=True)
    yield case(lambda: L.RandomContrast((-0.9, 0.9)), whole, r, **exact)
    for factor in [0.3, -0.25, 1.0]:
        yield case(lambda: L.RandomBrightness((factor, factor), **unit), grey, r, training=True)
    yield case(lambda: L.RandomBrightness((0.3, 0.3), value_range=[1, -1]), grey, r, training=True)
    yield case(lambda: L.RandomBrightness((-0.2, -0.2)), whole, r, **exact)
    for factor in [0.4, -0.3, 1.0]:
        yield case(lambda: L.RandomColorDegeneration((factor, factor), **unit), x, r, training=True)
    yield case(lambda: L.RandomColorDegeneration((0.5, 0.5), **unit, **first), axes_first, r, training=True)
    for factor in [0.2, 0.5, 0.8, 1.0]:
        yield without_dx(case(lambda: L.RandomSaturation((factor, factor)), x, r, training=True, fit=factor < 1, tolerance=1e-3))
    yield without_dx(case(lambda: L.RandomSaturation((0.7, 0.7), **unit, **first), axes_first, r, training=True))
    yield without_dx(case(lambda: L.RandomHue((0, 0), **unit), x, r, training=True))
    yield without_dx(case(lambda: L.RandomHue((0.0, 0.0)), whole, r, **exact))
    yield without_dx(case(lambda: L.RandomHue((0.0, 0.0), **unit, **first), axes_first, r, training=True))
    yield case(lambda: L.RandomInvert((1, 1), **unit), grey, r, training=True)
    yield case(lambda: L.RandomInvert((0, 0), **unit), grey, r, training=True)
    yield case(lambda: L.RandomInvert((1.0, 1.0), **first), whole, r, **exact)
    for factor in [0.0, 0.3, 0.5, 1.0]:
        yield case(lambda: L.RandomSharpness((factor, factor), **unit), grey, r, training=True)
    yield case(lambda: L.RandomSharpness((0.8, 0.8), **unit, **first), axes_first, r, training=True)
    yield case(lambda: L.RandomGrayscale(1.0), x, r, training=True)
    yield case(lambda: L.RandomGrayscale(0.0, seed=2), x, r, training=True)
    yield case(lambda: L.RandomGrayscale(1, **first), axes_first, r, training=True)
    yield case(lambda: L.RandomGrayscale(1.0), images(r, 2, 3, 3, 1), r, training=True)
    for factor in [1, 3, 8]:
        yield case(lambda: L.RandomPosterization((factor, factor)), whole, r, training=True, fit=False)
    yield case(lambda: L.RandomPosterization((2, 2), value_range=(-1.0, 1.0)), grey, r, training=True, fit=False)
    yield case(lambda: L.Solarization(), whole, r, **exact)
    yield case(lambda: L.Solarization(**unit), grey, r, training=True)
    yield case(lambda: L.RandomErasing((0, 0), fill_value=0.5, **unit), x, r, training=True)
    yield case(lambda: L.RandomErasing((1, 1), scale=(1.0, 1.0), fill_value=(0.1, 0.5, 0.9), **unit), x, r, training=True)
    yield case(lambda: L.RandomErasing((1, 1), scale=(1.0, 1.0), fill_value=300, **first), axes_first, r, training=True, fit=False)
    for sigma, size in [(1.0, 3), (0.4, 3), (0.8, 5), (0.6, (3, 5)), (0.6, (5, 1))]:
        yield case(lambda: L.RandomGaussianBlur((1, 1), kernel_size=size, sigma=(sigma, sigma), **unit), grey, r, training=True)
    yield case(lambda: L.RandomGaussianBlur((0, 0), **unit), grey, r, training=True)
    yield case(lambda: L.RandomGaussianBlur((1, 1), sigma=(0.9, 0.9), **unit, **first), axes_first, r, training=True)
    jitter = dict(brightness_factor=(0.1, 0.1), contrast_factor=(-0.3, 0.3), saturation_factor=(0.6, 0.6), hue_factor=(0, 0))
    yield without_dx(case(lambda: L.RandomColorJitter(**jitter, **unit), x, r, training=True, tolerance=5e-4))
    yield case(lambda: L.RandomColorJitter(contrast_factor=(-0.5, 0.5), **unit), grey, r, training=True)
    yield case(lambda: L.RandomColorJitter(), grey, r, training=True)
    flat = x.copy()
    flat[..., 1] = 0.25
    # The smallest and the largest value of a flat channel are those of all pixels.
    yield without_dx(case(lambda: L.AutoContrast(**unit), flat, r, kinks=True))
    yield case(lambda: L.AutoContrast(), whole, r, tolerance=5e-4, fit=False)
    yield case(lambda: L.AutoContrast(**unit, **first), axes_first, r)
    yield case(lambda: L.AutoContrast(**unit), grey, r, training=True)
    yield case(lambda: L.Equalization(), whole, r, training=True, fit=False)
    yield case(lambda: L.Equalization(**unit, bins=16), np.round(grey * 8) / 8, r, training=True, kinks=True)
    yield case(lambda: L.Equalization(**unit, bins=5, **first), axes_first, r, training=True)
    yield case(lambda: L.Equalization(bins=7), flat * 200, r, training=True, fit=False)
    yield case(lambda: L.Equalization(), whole, r, training=False, fit=False)


def at_rest(r):
    """Outside of training nothing happens."""
    x = images(r, 1, 3, 4, 3)
    for make in [
        lambda: L.RandomFlip(),
        lambda: L.RandomFlip("horizontal", seed=4),
        lambda: L.RandomFlip("vertical", data_format="channels_first", name="upside_down"),
        lambda: L.RandomRotation(0.2),
        lambda: L.RandomRotation(factor=(-0.2, 0.3), fill_mode="nearest", interpolation="nearest", seed=1, fill_value=2),
        lambda: L.RandomZoom(0.2),
        lambda: L.RandomZoom(-0.2, (0.3, 0.1), fill_mode="wrap", seed=2),
        lambda: L.RandomTranslation(0.2, (-0.3, 0.1), interpolation="nearest"),
        lambda: L.RandomShear(0.2, (0.1, 0.3), fill_mode="constant", fill_value=1.5, seed=3),
        lambda: L.RandomContrast(0.3),
        lambda: L.RandomContrast((0.3, 0.1), value_range=(0.0, 1.0), seed=3),
        lambda: L.RandomBrightness(0.3),
        lambda: L.RandomBrightness((0.5, -0.5), value_range=[1.0, -1.0], seed=3),
        lambda: L.RandomColorDegeneration(0.4),
        lambda: L.RandomHue(0.4),
        lambda: L.RandomSaturation(0.4, seed=6),
        lambda: L.RandomInvert(),
        lambda: L.RandomInvert(0.25),
        lambda: L.RandomSharpness(0.25),
        lambda: L.RandomGrayscale(),
        lambda: L.RandomPosterization(4),
        lambda: L.RandomPosterization((6, 2), value_range=(1, 0)),
        lambda: L.RandomErasing(),
        lambda: L.RandomErasing(0.5, scale=0.2, fill_value=(1, 2, 3), seed=1),
        lambda: L.RandomGaussianBlur(),
        lambda: L.RandomGaussianBlur(0.5, kernel_size=(5, 3), sigma=(0.5, 0.2), seed=3),
        lambda: L.RandomColorJitter(brightness_factor=0.2, contrast_factor=0.3, saturation_factor=0.4, hue_factor=0.5, seed=6),
        lambda: L.Solarization(0.2, (0.7, 0.3), value_range=(1, 0)),
    ]:
        yield case(make, x, r, training=False, fit=False)
    yield case(lambda: L.RandomRotation(0.2), x, r, training=False, fit=False, unknown=(1, 2))


@contextmanager
def recorded(r):
    """Every uniform draw of the backend becomes one of ours, in [0, 1), which is noted."""
    draws, real = [], {name: getattr(backend_random, name) for name in ["uniform", "randint", "normal"]}

    def draw(shape):
        u = (r.integers(0, 1 << 24, [int(n) for n in shape]) / (1 << 24)).astype("float32")
        draws.append(u)
        return tf.constant(u)

    def uniform(shape, minval=0.0, maxval=1.0, dtype=None, seed=None):
        low, high = tf.cast(minval, "float32"), tf.cast(maxval, "float32")
        return draw(shape) * (high - low) + low

    def randint(shape, minval, maxval, dtype="int32", seed=None):
        return tf.cast(tf.floor(draw(shape) * float(maxval - minval)) + float(minval), dtype)

    def normal(*args, **kwargs):
        raise AssertionError("a fixture cannot have noise")

    backend_random.uniform, backend_random.randint, backend_random.normal = uniform, randint, normal
    try:
        yield draws
    finally:
        for name, function in real.items():
            setattr(backend_random, name, function)


def with_draws(make, x, r, tolerance=None):
    fresh()
    layer = make()
    with recorded(r) as draws:
        y = layer(tf.constant(x), training=True)
    assert draws, layer.name
    found = {
        "class": type(layer).__name__,
        "config": plain(layer.get_config()),
        "input": tensor(x),
        "draws": tensors(draws),
        "output": tensor(y.numpy()),
    }
    return found | ({} if tolerance is None else {"tolerance": tolerance})


def drawn(r):
    x, tall, square = images(r, 6, 4, 5, 1), images(r, 4, 6, 3, 2), images(r, 5, 4, 4, 3)
    whole, unit, first = images(r, 5, 4, 3, 3, high=255.0), dict(value_range=(0, 1)), dict(data_format="channels_first")
    for mode in ["horizontal", "vertical", "horizontal_and_vertical"]:
        yield with_draws(lambda: L.RandomFlip(mode), x, r)
    yield with_draws(lambda: L.RandomFlip("horizontal", **first), np.transpose(square, (0, 3, 1, 2)), r)
    for fill_mode in ["reflect", "wrap", "constant", "nearest"]:
        for interpolation in ["bilinear", "nearest"]:
            how = dict(fill_mode=fill_mode, interpolation=interpolation, fill_value=0.25)
            yield with_draws(lambda: L.RandomRotation(1.0, **how), x, r, tolerance=5e-4)
            yield with_draws(lambda: L.RandomRotation((-0.1, 0.2), **how), tall, r, tolerance=5e-4)
            yield with_draws(lambda: L.RandomZoom((-0.9, 1.0), (-0.6, 1.0), **how), x, r)
            yield with_draws(lambda: L.RandomZoom(0.5, **how), tall, r)
            yield with_draws(lambda: L.RandomTranslation(1.0, (-1.0, 1.0), **how), x, r)
            yield with_draws(lambda: L.RandomTranslation((-0.3, 0.1), 0.4, **how), tall, r)
            yield with_draws(lambda: L.RandomShear(1.0, (0.0, 0.5), **how), x, r)
            yield with_draws(lambda: L.RandomShear((0.2, 0.4), 0.7, **how), tall, r)
    for height, width in [(2, 3), (3, 4), (1, 1)]:
        yield with_draws(lambda: L.RandomCrop(height, width, seed=1), x, r)
    yield with_draws(lambda: L.RandomCrop(2, 2, seed=1, **first), np.transpose(square, (0, 3, 1, 2)), r)
    yield with_draws(lambda: L.RandomContrast(0.8, **unit), square, r)
    yield with_draws(lambda: L.RandomContrast((0.2, 0.9)), whole, r, tolerance=5e-4)
    yield with_draws(lambda: L.RandomBrightness(0.6, **unit), square, r)
    yield with_draws(lambda: L.RandomBrightness((-0.2, 0.7)), whole, r)
    yield with_draws(lambda: L.RandomColorDegeneration(0.9, **unit), square, r)
    yield with_draws(lambda: L.RandomHue(1.0, **unit), square, r, tolerance=5e-4)
    yield with_draws(lambda: L.RandomHue((0.1, 0.6)), whole, r, tolerance=5e-4)
    yield with_draws(lambda: L.RandomHue(0.7, **unit, **first), np.transpose(square, (0, 3, 1, 2)), r, tolerance=5e-4)
    yield with_draws(lambda: L.RandomSaturation((0.0, 0.9)), square, r, tolerance=5e-4)
    yield with_draws(lambda: L.RandomSaturation(0.8), whole, r, tolerance=5e-4)
    yield with_draws(lambda: L.RandomInvert(**unit), square, r)
    yield with_draws(lambda: L.RandomInvert((0.4, 0.9)), whole, r)
    yield with_draws(lambda: L.RandomSharpness(1.0, **unit), square, r)
    yield with_draws(lambda: L.RandomGrayscale(), square, r)
    yield with_draws(lambda: L.RandomPosterization(8), whole, r)
    yield with_draws(lambda: L.RandomPosterization((2, 6), **unit), square, r)
    yield with_draws(lambda: L.Solarization(0.5, 0.8), whole, r, tolerance=5e-4)
    yield with_draws(lambda: L.Solarization((0.1, 0.2), (0.3, 0.9), **unit), square, r)
    yield with_draws(lambda: L.RandomErasing(fill_value=0.5, **unit), square, r)
    yield with_draws(lambda: L.RandomErasing((0.7, 1.0), scale=(0.2, 0.9), fill_value=(0.1, 0.2, 0.3), **unit), square, r)
    yield with_draws(lambda: L.RandomErasing(scale=0.5, fill_value=7, **first), tall, r)
    yield with_draws(lambda: L.RandomGaussianBlur(kernel_size=(3, 5), **unit), square, r)
    yield with_draws(lambda: L.RandomGaussianBlur((0.3, 0.9), sigma=(0.5, 0.9)), whole, r)
    every = dict(brightness_factor=0.2, contrast_factor=0.5, saturation_factor=(0.2, 0.8), hue_factor=0.9)
    yield with_draws(lambda: L.RandomColorJitter(**every, **unit), square, r, tolerance=1e-3)


def refused_when_run(cls, config, *shape):
    """A layer that Keras makes and takes into a model, but cannot call."""
    fresh()
    try:
        cls(**config)(np.zeros(shape, "float32"), training=True)
    except Exception as error:
        return {"class": cls.__name__, "config": plain(config), "shapes": [[None, *shape[1:]]], "error": str(error)[:200]}
    raise AssertionError(f"Keras runs {cls.__name__}{config} on {shape}")


def rejected():
    shape = (None, 4, 4, 3)
    yield refused_when_run(L.Resizing, {"height": 2, "width": 2, "interpolation": "cubic"}, 1, 4, 4, 3)
    yield refused_when_run(L.Resizing, {"height": 2, "width": 2, "fill_mode": "reflect"}, 1, 4, 4, 3)
    both = {"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}
    yield refused_when_run(L.Resizing, {"height": 2, "width": 2, **both}, 1, 4, 4, 3)
    yield refused_when_run(L.Resizing, {"height": 0, "width": 2}, 1, 4, 4, 3)
    yield refused_when_run(L.Resizing, {"height": 2, "width": 2}, 4, 4)
    yield refused(L.Resizing, {"height": 2, "width": 2, "data_format": "channels_middle"}, shape)
    yield refused_when_run(L.CenterCrop, {"height": 2, "width": 2}, 2, 4, 4, 4, 3)
    for factor in [1.5, -1.5, (1.5, 2.0), (0.1, 0.2, 0.3), "far"]:
        yield refused(L.RandomRotation, {"factor": factor}, shape)
        yield refused(L.RandomBrightness, {"factor": factor}, shape)
    for factor in [-0.1, 1.1, (1.1, 1.2), (0.1,)]:
        for cls in [L.RandomContrast, L.RandomHue, L.RandomInvert, L.RandomSharpness, L.RandomErasing, L.RandomGaussianBlur]:
            yield refused(cls, {"factor": factor}, shape)
    for factor in [-1.0, 1.5, (-1.0, 0.5), (0.0, 1.5), (0.1,)]:
        yield refused(L.RandomZoom, {"height_factor": factor}, shape)
        yield refused(L.RandomZoom, {"height_factor": 0.1, "width_factor": factor}, shape)
    for factor in [-1.1, 1.5, (-1.2, 0.5), (0.0, 1.5), (0.1,)]:
        yield refused(L.RandomTranslation, {"height_factor": factor, "width_factor": 0.1}, shape)
        yield refused(L.RandomTranslation, {"height_factor": 0.1, "width_factor": factor}, shape)
    for factor in [-0.1, 1.5, (-0.2, 0.5), (0.0, 1.5), (0.1,)]:
        yield refused(L.RandomShear, {"x_factor": factor}, shape)
        yield refused(L.RandomShear, {"y_factor": factor}, shape)
        yield refused(L.Solarization, {"addition_factor": factor}, shape)
        yield refused(L.Solarization, {"threshold_factor": factor}, shape)
    for how in [{"fill_mode": "mirror"}, {"interpolation": "bicubic"}, {"data_format": "first"}]:
        yield refused(L.RandomRotation, {"factor": 0.1, **how}, shape)
        yield refused(L.RandomZoom, {"height_factor": 0.1, **how}, shape)
        yield refused(L.RandomTranslation, {"height_factor": 0.1, "width_factor": 0.1, **how}, shape)
        yield refused(L.RandomShear, {"x_factor": 0.1, **how}, shape)
    for factor in [0, 9, -2, (9, 10), (1, 2, 3)]:
        yield refused(L.RandomPosterization, {"factor": factor}, shape)
    for factor in [-0.5, 1.5]:
        yield refused(L.RandomGrayscale, {"factor": factor}, shape)
    yield refused_when_run(L.RandomGrayscale, {}, 1, 4, 4, 2)
    yield refused(L.RandomColorDegeneration, {"factor": 0.5}, (None, 4, 4, 2))
    yield refused_when_run(L.RandomHue, {"factor": 0.5}, 1, 4, 4, 2)
    yield refused_when_run(L.RandomSaturation, {"factor": 0.5}, 1, 4, 4, 1)
    yield refused(L.RandomErasing, {"scale": 1.5}, shape)
    yield refused(L.RandomGaussianBlur, {"kernel_size": 4}, shape)
    yield refused(L.RandomGaussianBlur, {"kernel_size": (3, 2)}, shape)
    yield refused(L.RandomGaussianBlur, {"sigma": 1.5}, shape)
    yield refused(L.RandomColorJitter, {"brightness_factor": 1.5}, shape)
    yield refused(L.RandomColorJitter, {"hue_factor": -0.5}, shape)
    for cls in [L.RandomBrightness, L.RandomSharpness, L.RandomColorDegeneration, L.RandomSaturation]:
        yield refused(cls, {"factor": 0.5, "value_range": (0, 1, 2)}, shape)
    yield refused(L.AutoContrast, {"value_range": 1}, shape)
    yield refused_when_run(L.RandomFlip, {}, 4, 4)


def main():
    r = rng(21)
    cases = [*resizing(r), *cropping(r), *map(without_dx, moved(r)), *colored(r), *at_rest(r)]
    for found in cases:
        # Its symbolic result is its input, so that Keras' models leave the layer out.
        if found["class"] == "Equalization":
            found.pop("fit", None)
    # A model of Cornu's is fed bytes as floats: these are for the layer alone.
    of_bytes = [found for found in cases if found["inputs"][0]["dtype"] == "uint8"]
    cases = [found for found in cases if found not in of_bytes]
    write_family("image", cases, rejected(), drawn=list(drawn(r)), of_bytes=of_bytes, more_notes=NOTES)
