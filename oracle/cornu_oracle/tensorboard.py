"""What the TensorBoard callback writes: every event of a short training, with its tag, step, plugin, and tensor."""

import tempfile
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from tensorflow.core.util import event_pb2

from .common import fresh, normal, rng, tensor, tensors, write


def model():
    """One weight of each number of dimensions."""
    m = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            keras.layers.Conv2D(3, 2, activation="relu"),
            keras.layers.Conv2D(3, 2, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(2, activation="tanh"),
            keras.layers.Dense(1),
        ]
    )
    r = rng(31)
    m.set_weights([normal(r, *w.shape, scale=0.5) for w in m.weights])
    m.compile(keras.optimizers.SGD(0.05), "mse", metrics=["mae"])
    return m


def value_of(v):
    if v.metadata.plugin_data.plugin_name == "graph_keras_model" or v.tag.endswith("steps_per_second"):
        return None
    array = tf.make_ndarray(v.tensor)
    if array.dtype == object:
        width, height, *images = array
        pixels = np.stack([tf.io.decode_png(image).numpy() for image in images])
        return {"width": int(width), "height": int(height), "pixels": tensor(pixels)}
    return tensor(array)


def events(folder):
    (file,) = folder.iterdir()
    for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
        event = event_pb2.Event.FromString(record)
        for v in event.summary.value:
            plugin = v.metadata.plugin_data
            yield {
                "step": event.step, "tag": v.tag, "plugin": plugin.plugin_name, "content": plugin.content.decode(),
                "dtype": v.tensor.dtype, "shape": [d.size for d in v.tensor.tensor_shape.dim], "value": value_of(v),
            }


def main():
    fresh()
    m = model()
    initial = tensors(m.get_weights())
    r = rng(32)
    x, y = normal(r, 16, 4, 4, 1), normal(r, 16, 1)
    with tempfile.TemporaryDirectory() as folder:
        callback = keras.callbacks.TensorBoard(
            folder, histogram_freq=1, write_images=True, update_freq="batch", write_steps_per_second=True
        )
        m.fit(x, y, epochs=2, batch_size=4, shuffle=False, validation_split=0.25, verbose=0, callbacks=[callback])
        cases = [{"folder": name, "events": list(events(Path(folder) / name))} for name in ("train", "validation")]
    write("tensorboard.json", cases, x=tensor(x), y=tensor(y), weights=initial)
