"""What the families of layers share: one call of a layer, and one small training, as fixtures."""

# First: it sets the environment that TensorFlow reads when it is imported.
from .common import fresh, normal, plain, rng, tensor, tensors, variables, write

import json
import re
import numpy as np
import tensorflow as tf
import keras
from keras.src import backend, tree

NOTES = [
    "inputs, masks, outputs, output_masks are lists, also of one. `tensors` are tensor arguments of the call by name (a name may come again: a list), `arguments` all others.",
    "weights are those before the call, in get_weights order; dx (inputs), dtensors and dweights (trainable weights, in order) follow from dy; null stands for integers.",
    "with calls > 1 the layer was called that often in the same mode; outputs are those of the last one; weights_after are the weights then.",
    "losses holds layer.losses in order: the activity penalty first, then the penalties of the weights.",
    "output_shapes are those of a symbolic call with the batch, and each axis of `unknown`, unknown.",
    "fit trains Input -> layer -> Flatten -> Dense(1) without masks: mse, SGD(0.05), batches of 4, 2 epochs, no shuffling, from `initial`.",
    "refused: Keras raises `error` where the layer is made, built or called on `shapes`.",
]


def randomize(layer, r, scale=1.0):
    """Weights that are nowhere special: a bias of zeros would hide a forgotten bias."""
    values = []
    for w in layer.weights:
        v = normal(r, *w.shape, scale=scale)
        values.append(np.abs(v) + 0.5 if "variance" in w.name else v)
    layer.set_weights(values)


def case(
    make,
    inputs,
    r,
    training=None,
    masks=None,
    kwargs=None,
    calls=1,
    initial=False,
    spread=False,
    unknown=(),
    fit=True,
    scale=1.0,
    kinks=False,
    tolerance=None,
):
    """One call of the layer that `make` makes.

    inputs: an array, or a list of them (`spread`: a positional argument each, as MultiHeadAttention wants them).
    masks: one for each input, None for none. kwargs: what the call gets by name; arrays and lists of arrays are tensors.
    unknown: axes, beside the batch, that are unknown in the symbolic call. initial: keep the first weights.
    fit: whether to train it too (if it has one input, or several, and a float result).
    scale: of the weights a training begins with; with large ones that of many sums would lead nowhere.
    kinks: there is no derivative at these inputs, so that finite differences mean nothing.
    """
    fresh()
    layer = make()
    arrays = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    masks = list(masks) if masks is not None else [None] * len(arrays)
    kwargs = dict(kwargs or {})
    accepts = {} if training is None else {"training": training}

    def call(layer, values, named):
        # Some layers take the masks off their inputs: they are put on anew.
        for value, mask in zip(values, masks):
            if mask is not None and not backend.is_keras_tensor(value):
                backend.set_keras_mask(value, tf.constant(mask))
        if spread:
            return layer(*values, **named, **accepts)
        return layer(values if isinstance(inputs, (list, tuple)) else values[0], **named, **accepts)

    def open_input(array):
        shape = [None if axis in (0, *unknown) else n for axis, n in enumerate(array.shape)]
        return keras.Input(batch_shape=shape, dtype=str(array.dtype))

    given = {name: tree.map_structure(to_tensor, value) for name, value in kwargs.items()}
    values = [tf.constant(a) for a in arrays]
    if not layer.built:
        # The first call builds; a state it moves is put back.
        call(layer, values, given)
        if getattr(layer, "stateful", False):
            layer.reset_state()
    if layer.weights and not initial:
        randomize(layer, r)
    elif initial:
        reset(layer, make, lambda other: call(other, values, given))
    before = variables(layer.weights)
    # A frozen layer's parts may not know that they are.
    for entry, weight in zip(before, layer.weights):
        entry["trainable"] = any(weight is trained for trained in layer.trainable_weights)
    for _ in range(calls - 1):
        call(layer, values, given)
    named = [(name, t) for name, value in given.items() for t in tree.flatten(value) if tf.is_tensor(t)]
    with tf.GradientTape() as tape:
        for v in [*values, *(t for _, t in named)]:
            if v.dtype.is_floating:
                tape.watch(v)
        result = call(layer, values, given)
        extra = [float(e) for e in layer.losses]
    outputs = tree.flatten(result)
    dy = [normal(r, *y.shape) if y.dtype.is_floating else None for y in outputs]
    trainable = [w.value for w in layer.trainable_weights]
    after = tensors([w.numpy() for w in layer.weights]) if calls > 1 or training else None
    grads = gradients(tape, outputs, dy, [*values, *(t for _, t in named), *trainable])
    found = {
        "class": type(layer).__name__,
        "config": plain(layer.get_config()),
        "serialized": plain(keras.saving.serialize_keras_object(layer)),
        "training": training,
        "calls": calls,
        "weights": before,
        "count_params": layer.count_params(),
        "inputs": tensors(arrays),
        "masks": [None if m is None else tensor(m) for m in masks],
        "tensors": [[name, tensor(t.numpy())] for name, t in named],
        "arguments": {k: plain(v) for k, v in kwargs.items() if not is_tensors(v)},
        "outputs": tensors([y.numpy() for y in outputs]),
        "output_masks": [mask_of(y) for y in outputs],
        "unknown": list(unknown),
        "dy": [None if g is None else tensor(g) for g in dy],
        "dx": grads[: len(values)],
        "dtensors": grads[len(values) : len(values) + len(named)],
        "dweights": grads[len(values) + len(named) :],
        "weights_after": after,
        "losses": extra,
        "kinks": kinks,
    }
    if tolerance is not None:
        found["tolerance"] = tolerance
    symbolic = call(layer, [open_input(a) for a in arrays], given)
    found["output_shapes"] = [list(y.shape) for y in tree.flatten(symbolic)]
    if fit and not named and outputs[0].dtype.is_floating and not trains_otherwise(layer):
        found["fit"] = trained(make, call, arrays, given, r, scale)
    return found


def is_tensors(value):
    return any(isinstance(leaf, np.ndarray) for leaf in tree.flatten(value))


def to_tensor(value):
    return tf.constant(value) if isinstance(value, np.ndarray) else value


def mask_of(y):
    mask = backend.get_keras_mask(y)
    return None if mask is None else tensor(mask.numpy())


def reset(layer, make, build):
    """Puts the weights back to what they were when they were made."""
    fresh()
    other = make()
    kept = {}
    original = other.add_weight

    def add_weight(*args, **kwargs):
        weight = original(*args, **kwargs)
        kept[weight.name] = weight.numpy()
        return weight

    other.add_weight = add_weight
    build(other)
    layer.set_weights([kept[w.name] for w in layer.weights])


def gradients(tape, outputs, dy, wrt):
    floating = [(y, tf.constant(g)) for y, g in zip(outputs, dy) if g is not None]
    if not floating:
        return [None] * len(wrt)
    ys, upstream = map(list, zip(*floating))
    try:
        found = tape.gradient(ys, wrt, output_gradients=upstream, unconnected_gradients="zero")
    except LookupError:
        # An operation that TensorFlow does not differentiate.
        return [None] * len(wrt)
    return [tensor(tf.convert_to_tensor(g).numpy()) if v.dtype.is_floating else None for v, g in zip(wrt, found)]


def samples(array, n, r):
    shape = (n, *array.shape[1:])
    if array.dtype.kind == "f":
        # Floats that are whole numbers are indices.
        whole = array.size and np.all(array == np.round(array)) and np.all(array >= 0)
        return r.integers(0, int(array.max()) + 1, shape).astype(array.dtype) if whole else normal(r, *shape)
    return r.integers(0, int(array.max()) + 1, shape).astype(array.dtype)


def trained(make, call, arrays, given, r, scale):
    fresh()
    layer = make()
    xs = [keras.Input(a.shape[1:], dtype=str(a.dtype)) for a in arrays]
    y = tree.flatten(call(layer, xs, given))[0]
    head = keras.layers.Dense(1)
    model = keras.Model(xs, head(keras.layers.Flatten()(y)))
    if layer.weights:
        randomize(layer, r, scale)
    randomize(head, r, scale)
    initial = tensors(model.get_weights())
    data, target = [samples(a, 8, r) for a in arrays], normal(r, 8, 1)
    # Step by step: nothing here is worth the time a graph takes to build.
    model.compile(keras.optimizers.SGD(0.05), "mse", run_eagerly=True)
    history = model.fit(data, target, batch_size=4, epochs=2, shuffle=False, verbose=0)
    return {
        "x": tensors(data),
        "y": tensor(target),
        "initial": initial,
        "loss": plain(history.history["loss"]),
        "weights": tensors(model.get_weights()),
    }


def serialized(config):
    """The arguments with layers among them as files have them."""
    written = keras.saving.serialize_keras_object
    return {k: written(v) if isinstance(v, keras.layers.Layer) else v for k, v in config.items()}


def refused(cls, config, *shapes, spread=False, **named):
    """A layer that Keras refuses to make, build or call on inputs of these shapes."""
    fresh()
    try:
        layer = cls(**config)
        xs = [keras.Input(batch_shape=shape) for shape in shapes]
        layer(*xs, **named) if spread or len(xs) == 1 else layer(xs, **named)
    except (ValueError, TypeError, IndexError, NotImplementedError) as error:
        return {"class": cls.__name__, "config": plain(serialized(config)), "shapes": plain(shapes), "error": str(error)[:200]}
    raise AssertionError(f"Keras takes {cls.__name__}{config} on {shapes}")


def write_family(name, cases, refused=(), **more):
    write(f"layers/{name}.json", cases, NOTES, refused=list(refused), **more)


__all__ = ["case", "keras", "normal", "np", "plain", "refused", "rng", "tensor", "tf", "write_family"]


def trains_otherwise(layer):
    """Whether a training would draw random numbers."""
    config = json.dumps(layer.get_config(), default=str)
    return re.search(r'"((recurrent_)?dropout|rate)": 0\.[1-9]', config) is not None
