"""Weights after every step of each optimizer, its slots, its config."""

import numpy as np
import tensorflow as tf
import keras

from .common import fresh, normal, plain, rng, tensor, variables, write

STEPS = 8

SHARED = [
    {},
    {"learning_rate": 0.05},
    {"weight_decay": 0.1},
    {"clipnorm": 0.5},
    {"clipvalue": 0.3},
    {"global_clipnorm": 0.5},
    {"use_ema": True, "ema_momentum": 0.9},
    {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 3},
    {"gradient_accumulation_steps": 3},
    {"gradient_accumulation_steps": 2, "clipnorm": 0.5, "weight_decay": 0.1},
    {"gradient_accumulation_steps": 2, "use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2},
    {"weight_decay": 0.1, "clipnorm": 0.5, "use_ema": True, "ema_momentum": 0.9, "ema_overwrite_frequency": 2},
    {"loss_scale_factor": 4.0},
]

OWN = {
    "SGD": [
        {"momentum": 0.9},
        {"momentum": 0.9, "nesterov": True},
        {"nesterov": True},
        {"momentum": 0.5, "nesterov": True, "weight_decay": 0.1, "clipvalue": 0.3},
        {"momentum": 0.9, "use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2},
    ],
    "RMSprop": [
        {"rho": 0.5},
        {"epsilon": 0.1},
        {"momentum": 0.9},
        {"centered": True},
        {"rho": 0.8, "momentum": 0.5, "centered": True, "epsilon": 0.01},
        {"momentum": 0.5, "centered": True, "use_ema": True, "gradient_accumulation_steps": 2},
    ],
    "Adam": [
        {"beta_1": 0.5, "beta_2": 0.9},
        {"epsilon": 0.1},
        {"amsgrad": True},
        {"amsgrad": True, "weight_decay": 0.1, "use_ema": True},
    ],
}


def gradients(r):
    """Steps of gradients that shrink, vanish for one step, and hold an exact zero."""
    out = []
    for step in range(STEPS):
        scale = [1.0, 1.0, 3.0, 0.1, 0.0, 1.0, 1e-4, 0.5][step]
        pair = [normal(r, 3, 4, scale=scale), normal(r, 4, scale=scale)]
        pair[0][0, 0] = 0.0
        out.append(pair)
    return out


def case(name, args, weights, grads, constraint=None):
    fresh()
    optimizer = getattr(keras.optimizers, name)(**args)
    kernel = keras.Variable(weights[0], name="kernel")
    bias = keras.Variable(weights[1], name="bias")
    if constraint is not None:
        kernel.constraint = keras.constraints.get(constraint)
    steps = []
    for g in grads:
        optimizer.apply([tf.constant(x) for x in g], [kernel, bias])
        steps.append([tensor(kernel.numpy())["data"], tensor(bias.numpy())["data"]])
    slots = variables(optimizer.variables)
    optimizer.finalize_variable_values([kernel, bias])
    return {
        "optimizer": name,
        "args": args,
        "kernel_constraint": None if constraint is None else plain(keras.constraints.serialize(kernel.constraint)),
        "steps": steps,
        "optimizer_variables": slots,
        "iterations": int(optimizer.iterations),
        "after_finalize": [tensor(kernel.numpy())["data"], tensor(bias.numpy())["data"]],
        "config": plain(optimizer.get_config()),
        "serialized": plain(keras.saving.serialize_keras_object(optimizer)),
    }


def in_a_model(name, args):
    """Names and order of the slots where the variables belong to a model's layers."""
    fresh()
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4), keras.layers.BatchNormalization(), keras.layers.Dense(2)]
    )
    model.layers[0].trainable = True
    model.compile(getattr(keras.optimizers, name)(**args), "mse")
    model.optimizer.build(model.trainable_variables)
    return {
        "optimizer": name,
        "args": args,
        "model_slots": [
            {"name": v.name, "path": v.path, "shape": list(v.shape), "dtype": v.dtype} for v in model.optimizer.variables
        ],
        "trainable": [v.path for v in model.trainable_variables],
    }


def main():
    r = rng(3)
    weights = [normal(r, 3, 4), normal(r, 4)]
    grads = gradients(r)
    cases = []
    for name, own in OWN.items():
        for args in SHARED + own:
            cases.append(case(name, args, weights, grads))
        cases.append(case(name, {"learning_rate": 0.1}, weights, grads, {"class_name": "MaxNorm", "config": {"max_value": 1.0}}))
        ema = {"learning_rate": 0.1, "use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2}
        cases.append(case(name, ema, weights, grads, "non_neg"))
    models = [in_a_model(n, a) for n, own in OWN.items() for a in [{}, {"use_ema": True, "gradient_accumulation_steps": 2}] + own]
    notes = [
        "steps[i] holds the flat kernel (3,4) and bias (4,) after step i+1 with `gradients[i]`.",
        "after_finalize is what finalize_variable_values leaves, as at the end of fit: with use_ema the averages.",
        "optimizer_variables are in the order of optimizer.variables, which is the order optimizer/vars/N of the files.",
        "in `models` the slots are those of Sequential(Input(3), Dense(4), BatchNormalization, Dense(2)).",
    ]
    from keras.src.optimizers import ALL_OBJECTS_DICT

    write(
        "optimizers.json",
        cases,
        notes,
        kernel=tensor(weights[0]),
        bias=tensor(weights[1]),
        gradients=[[tensor(a), tensor(b)] for a, b in grads],
        models=models,
        strings=sorted(ALL_OBJECTS_DICT),
    )
