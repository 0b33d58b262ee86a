"""Weights after some of 20 steps of each optimizer, its slots, its config."""

import numpy as np
import tensorflow as tf
import keras

from .common import fresh, normal, plain, rng, tensor, variables, write

STEPS = 20
RECORDED = [1, 2, 3, 4, 8, 12, 20]

EVERYTHING = [
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

# What is the same for all is tried on three of them; the others show that they take part.
SOME = [
    {},
    {"learning_rate": 0.05, "weight_decay": 0.1, "global_clipnorm": 0.5},
    {"learning_rate": 0.05, "gradient_accumulation_steps": 2, "use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2},
    {"clipvalue": 0.3, "loss_scale_factor": 4.0},
]

DECAY = {"class_name": "ExponentialDecay", "config": {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.5}}
COSINE = {
    "class_name": "CosineDecay",
    "config": {"initial_learning_rate": 0.0, "decay_steps": 12, "alpha": 0.1, "warmup_target": 0.1, "warmup_steps": 4},
}
STAIRS = {"class_name": "PiecewiseConstantDecay", "config": {"boundaries": [3, 9], "values": [0.1, 0.03, 0.01]}}

OWN = {
    "SGD": [
        {"momentum": 0.9},
        {"momentum": 0.9, "nesterov": True},
        {"nesterov": True},
        {"momentum": 0.5, "nesterov": True, "weight_decay": 0.1, "clipvalue": 0.3},
        {"momentum": 0.9, "use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2},
        {"learning_rate": DECAY},
        {"learning_rate": STAIRS, "gradient_accumulation_steps": 2, "weight_decay": 0.1},
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
        {"learning_rate": COSINE},
    ],
    "AdamW": [{"weight_decay": 0.1, "amsgrad": True}, {"learning_rate": DECAY, "weight_decay": 0.5, "beta_1": 0.5}],
    "Adamax": [{"learning_rate": 0.05, "beta_1": 0.5, "beta_2": 0.8}, {"epsilon": 0.1}],
    "Nadam": [{"learning_rate": 0.05, "beta_1": 0.5, "beta_2": 0.9}, {"epsilon": 0.1}],
    "Adagrad": [{"learning_rate": 0.5, "initial_accumulator_value": 0.0}, {"learning_rate": 0.5, "epsilon": 0.1}],
    "Adadelta": [{"learning_rate": 1.0}, {"learning_rate": 1.0, "rho": 0.5, "epsilon": 0.01}],
    "Ftrl": [
        {"learning_rate": 0.1, "l1_regularization_strength": 0.1},
        {"learning_rate": 0.1, "l2_regularization_strength": 0.1, "beta": 0.5},
        {"learning_rate": 0.1, "learning_rate_power": -0.8, "initial_accumulator_value": 0.5},
        {"learning_rate": 0.1, "learning_rate_power": 0.0, "l2_shrinkage_regularization_strength": 0.05},
    ],
    "Lion": [{"learning_rate": 0.01, "beta_1": 0.5, "beta_2": 0.8}, {"beta_1": 1.0}],
    "Lamb": [{"learning_rate": 0.05, "beta_1": 0.5, "beta_2": 0.9}, {"learning_rate": 0.05, "epsilon": 0.1}],
    "Adafactor": [
        {"learning_rate": 0.5, "beta_2_decay": -0.5},
        {"learning_rate": 0.5, "relative_step": False, "clip_threshold": 0.3},
        {"learning_rate": DECAY, "epsilon_1": 0.01, "epsilon_2": 0.1},
    ],
    "Muon": [
        {"learning_rate": 0.05, "nesterov": False, "momentum": 0.5, "rms_rate": None},
        {"learning_rate": 0.05, "ns_steps": 2, "muon_a": 2.0, "muon_b": -1.5, "muon_c": 0.5, "adam_lr_ratio": 0.5},
        {"learning_rate": 0.05, "exclude_layers": ["tall"], "exclude_embeddings": False, "adam_weight_decay": 0.3},
        {"learning_rate": 0.05, "weight_decay": None, "adam_weight_decay": None, "adam_beta_1": 0.5, "adam_beta_2": 0.9, "epsilon": 0.1},
    ],
    "ScheduleFreeAdamW": [{"learning_rate": 0.05, "warmup_steps": 5, "beta_1": 0.5}, {"beta_2": 0.9, "epsilon": 0.1}],
}

FULL = ["SGD", "RMSprop", "Adam"]
# These look at the shape of a weight: on matrices of both orientations, an embedding, and a weight of three axes.
SHAPED = ["Lamb", "Adafactor", "Muon"]

SHAPES = {"kernel": (3, 4), "bias": (4,), "tall": (4, 2), "embeddings": (2, 3), "cube": (2, 2, 2)}


def gradients(r):
    """Steps of gradients that shrink, vanish for one step, and hold an exact zero."""
    scales = [1.0, 1.0, 3.0, 0.1, 0.0, 1.0, 1e-4, 0.5]
    out = {}
    for name, shape in SHAPES.items():
        out[name] = [normal(r, *shape, scale=scales[step % 8]) for step in range(STEPS)]
        for g in out[name]:
            g.flat[0] = 0.0
    return out


def with_schedule(args):
    """The arguments with objects in place of their JSON."""
    args = dict(args)
    if isinstance(args.get("learning_rate"), dict):
        args["learning_rate"] = keras.optimizers.schedules.deserialize({**args["learning_rate"], "config": dict(args["learning_rate"]["config"])})
    if "inner_optimizer" in args:
        inner = args["inner_optimizer"]
        args["inner_optimizer"] = make(inner["class_name"], inner["config"])
    return args


def make(name, args):
    return getattr(keras.optimizers, name)(**with_schedule(args))


def case(name, args, weights, grads, paths=("kernel", "bias"), constraint=None, exclude=None, poison=None):
    fresh()
    optimizer = make(name, args)
    if exclude is not None:
        optimizer.exclude_from_weight_decay(var_names=exclude)
    vs = [keras.Variable(weights[path], name=path) for path in paths]
    if constraint is not None:
        vs[0].constraint = keras.constraints.get(constraint)
    steps = []
    for at in range(STEPS):
        step = [grads[path][at].copy() for path in paths]
        # A gradient that overflows.
        if poison is not None and str(at + 1) in poison:
            step[-1].flat[-1] = float(poison[str(at + 1)])
        optimizer.apply([tf.constant(g) for g in step], vs)
        if at + 1 in RECORDED:
            steps.append([tensor(v.numpy())["data"] for v in vs])
    slots = variables(optimizer.variables)
    optimizer.finalize_variable_values(vs)
    return {
        "optimizer": name,
        "args": args,
        "paths": list(paths),
        "kernel_constraint": None if constraint is None else plain(keras.constraints.serialize(vs[0].constraint)),
        "exclude": exclude or [],
        "poison": poison or {},
        "steps": steps,
        "optimizer_variables": slots,
        "iterations": int(optimizer.iterations),
        "after_finalize": [tensor(v.numpy())["data"] for v in vs],
        "serialized": plain(keras.saving.serialize_keras_object(optimizer)),
    }


def in_a_model(name, args):
    """Names and order of the slots where the variables belong to a model's layers."""
    fresh()
    model = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4), keras.layers.BatchNormalization(), keras.layers.Dense(2)]
    )
    model.layers[0].trainable = True
    model.compile(make(name, args), "mse")
    model.optimizer.build(model.trainable_variables)
    return {
        "optimizer": name,
        "args": args,
        "model_slots": [
            {"name": v.name, "path": v.path, "shape": list(v.shape), "dtype": v.dtype} for v in model.optimizer.variables
        ],
        "trainable": [v.path for v in model.trainable_variables],
    }


def loss_scaled(weights, grads):
    """Steps that overflow, at the beginning, twice in a row, and where the scale is about to grow."""
    inner = {"class_name": "Adam", "config": {"learning_rate": 0.05}}
    averaged = {"class_name": "SGD", "config": {"learning_rate": DECAY, "momentum": 0.5, "use_ema": True, "ema_momentum": 0.5}}
    gathered = {"class_name": "Nadam", "config": {"gradient_accumulation_steps": 2, "weight_decay": 0.1, "clipnorm": 0.5}}
    few = {"initial_scale": 4.0, "dynamic_growth_steps": 3}
    return [
        case("LossScaleOptimizer", {"inner_optimizer": inner}, weights, grads, poison={"2": "inf"}),
        case("LossScaleOptimizer", {"inner_optimizer": inner, **few}, weights, grads, poison={"1": "nan", "4": "inf", "5": "-inf", "8": "nan"}),
        case("LossScaleOptimizer", {"inner_optimizer": averaged, **few}, weights, grads, poison={"3": "inf", "13": "inf"}),
        case("LossScaleOptimizer", {"inner_optimizer": gathered, **few}, weights, grads, constraint="non_neg", poison={"4": "nan"}),
    ]


def main():
    r = rng(3)
    weights = {name: normal(r, *shape) for name, shape in SHAPES.items()}
    grads = gradients(r)
    every = tuple(SHAPES)
    cases = []
    for name, own in OWN.items():
        for args in (EVERYTHING if name in FULL else SOME) + own:
            cases.append(case(name, args, weights, grads, every if name in SHAPED else ("kernel", "bias")))
        cases.append(
            case(name, {"learning_rate": 0.1}, weights, grads, constraint={"class_name": "MaxNorm", "config": {"max_value": 1.0}})
        )
        if name in FULL:
            ema = {"learning_rate": 0.1, "use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2}
            cases.append(case(name, ema, weights, grads, constraint="non_neg"))
    decay = {"learning_rate": 0.1, "weight_decay": 0.5}
    for name in ["SGD", "AdamW", "Muon"]:
        cases.append(case(name, decay, weights, grads, every, exclude=["bias", "cub"]))
        cases.append(case(name, decay, weights, grads, every, exclude=["kernel"]))
    cases += loss_scaled(weights, grads)
    shared = [{}, {"use_ema": True, "gradient_accumulation_steps": 2}, {"learning_rate": DECAY}]
    models = [in_a_model(n, a) for n, own in OWN.items() for a in shared + own]
    inner = {"class_name": "Adam", "config": {"use_ema": True, "amsgrad": True}}
    models.append(in_a_model("LossScaleOptimizer", {"inner_optimizer": inner}))
    models.append(in_a_model("LossScaleOptimizer", {"inner_optimizer": {"class_name": "SGD", "config": {"learning_rate": DECAY}}}))
    notes = [
        "steps[i] holds the flat weights of `paths` after step recorded[i] with their `gradients`; `poison` replaces the last element of the last one's.",
        "after_finalize is what finalize_variable_values leaves, as at the end of fit: with use_ema the averages.",
        "optimizer_variables are in the order of optimizer.variables, which is the order optimizer/vars/N of the files.",
        "in `models` the slots are those of Sequential(Input(3), Dense(4), BatchNormalization, Dense(2)).",
    ]
    from keras.src.optimizers import ALL_OBJECTS_DICT

    write(
        "optimizers.json",
        cases,
        notes,
        weights={name: tensor(w) for name, w in weights.items()},
        gradients={name: [tensor(g) for g in gs] for name, gs in grads.items()},
        recorded=RECORDED,
        models=models,
        strings=sorted(ALL_OBJECTS_DICT),
    )
