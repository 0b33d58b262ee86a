"""Functional models of operations: what `keras.ops` and Python's operators compute and leave in a file."""

import json

import keras
from keras import ops

from .common import fresh, normal, rng, tensor, write

OPERATIONS = {
    "add": lambda x, z: x + x,
    "add a number": lambda x, z: x + 2.0,
    "subtract from a number": lambda x, z: 2.0 - x,
    "multiply, broadcast": lambda x, z: z * ops.expand_dims(x, 1),
    "divide": lambda x, z: x / 3.0,
    "divide a number": lambda x, z: 1.0 / (ops.square(x) + 1.0),
    "power": lambda x, z: x**2.0,
    "negative": lambda x, z: -x,
    "matmul": lambda x, z: ops.matmul(z, ops.transpose(z, (0, 2, 1))),
    "relu": lambda x, z: ops.relu(x),
    "concatenate": lambda x, z: ops.concatenate([x, 2.0 * x], axis=-1),
    "stack": lambda x, z: ops.stack([x, -x], axis=1),
    "mean": lambda x, z: ops.mean(x, axis=1, keepdims=True),
    "sum": lambda x, z: ops.sum(z, axis=(1, 2)),
    "max": lambda x, z: ops.max(z, axis=-1),
    "min": lambda x, z: ops.min(z, axis=1),
    "reshape": lambda x, z: ops.reshape(z, (-1, 12)),
    "expand and squeeze": lambda x, z: ops.squeeze(ops.expand_dims(x, -1) * 2.0, -1),
    "slice": lambda x, z: x[:, 1:3],
    "slice from the end": lambda x, z: z[:, -2:, :-1],
    "item": lambda x, z: z[:, 0],
    "last item": lambda x, z: z[..., -1],
    "absolute": lambda x, z: ops.absolute(x),
    "exp": lambda x, z: ops.exp(x),
    "log": lambda x, z: ops.log(ops.absolute(x) + 0.5),
    "sqrt": lambda x, z: ops.sqrt(ops.square(x)),
    "maximum": lambda x, z: ops.maximum(x, 0.1),
    "minimum": lambda x, z: ops.minimum(x, -x),
    "clip": lambda x, z: ops.clip(x, -0.5, 0.25),
    "softmax": lambda x, z: ops.softmax(z, axis=1),
    "sigmoid": lambda x, z: ops.sigmoid(x),
    "tanh": lambda x, z: ops.tanh(x),
    "silu": lambda x, z: ops.silu(x),
    "leaky relu": lambda x, z: ops.leaky_relu(x, negative_slope=0.3),
    "gelu": lambda x, z: ops.gelu(x, approximate=True),
    "elu": lambda x, z: ops.elu(x, alpha=0.7),
    "softplus": lambda x, z: ops.softplus(x),
    "log softmax": lambda x, z: ops.log_softmax(x),
    "hard sigmoid": lambda x, z: ops.hard_sigmoid(x),
    "any": lambda x, z: ops.where(ops.any(z > 0.3, axis=-1, keepdims=True), z, 2.0),
    "all": lambda x, z: ops.cast(ops.all(z > -1.0, axis=(1, 2)), "float32"),
    "zeros and ones": lambda x, z: ops.zeros_like(x) + 3.0 * ops.ones_like(x),
    "flip": lambda x, z: ops.flip(z, axis=1),
    "cast": lambda x, z: ops.cast(ops.cast(x * 10.0, "int32"), "float32"),
    "stop gradient": lambda x, z: ops.stop_gradient(x) * x,
    "one operation twice": lambda x, z: (x + x) + (x + x),
}


def main():
    r = rng(23)
    data = {"x": normal(r, 5, 4), "z": normal(r, 5, 3, 4)}
    cases = []
    for name, operation in OPERATIONS.items():
        fresh()
        x, z = keras.Input((4,), name="x"), keras.Input((3, 4), name="z")
        model = keras.Model([x, z], operation(x, z))
        cases.append(
            {
                "name": name,
                "json": json.loads(model.to_json()),
                "y": tensor(model.predict([data["x"], data["z"]], verbose=0)),
            }
        )
    notes = ["json: model.to_json(); y: the model's prediction for `data`."]
    write("operations.json", cases, notes, data={k: tensor(v) for k, v in data.items()})
