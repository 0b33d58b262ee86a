"""Learning rates of each schedule over many steps, its config, and what it refuses."""

import keras

from .common import fresh, number, plain, write

S = keras.optimizers.schedules

CASES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.9}),
    ("ExponentialDecay", {"initial_learning_rate": 0.01, "decay_steps": 7, "decay_rate": 0.5, "staircase": True}),
    ("ExponentialDecay", {"initial_learning_rate": 1.0, "decay_steps": 100000, "decay_rate": 0.96, "name": "mine"}),
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 2.5, "decay_rate": 1.1}),
    ("PiecewiseConstantDecay", {"boundaries": [10, 20], "values": [1.0, 0.5, 0.1]}),
    ("PiecewiseConstantDecay", {"boundaries": [1], "values": [0.003, 0.1]}),
    ("PiecewiseConstantDecay", {"boundaries": [5.5, 40.0, 100000.0], "values": [0.4, 0.3, 0.2, 0.1], "name": "steps"}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 30}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 30, "end_learning_rate": 0.01, "power": 0.5}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "power": 2.0, "cycle": True}),
    ("PolynomialDecay", {"initial_learning_rate": 0.01, "decay_steps": 9, "end_learning_rate": 0.1, "cycle": True}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "decay_rate": 0.5}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 1.0, "decay_rate": 0.5}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 8, "decay_rate": 2.0, "staircase": True}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 50}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 50, "alpha": 0.1}),
    ("CosineDecay", {"initial_learning_rate": 0.0, "decay_steps": 40, "warmup_target": 0.1, "warmup_steps": 10}),
    ("CosineDecay", {"initial_learning_rate": 0.02, "decay_steps": 40, "alpha": 0.2, "warmup_target": 0.1, "warmup_steps": 15}),
    ("CosineDecay", {"initial_learning_rate": 0.02, "decay_steps": 40, "warmup_target": 0.1}),
    ("CosineDecay", {"initial_learning_rate": 0.02, "decay_steps": 40, "warmup_steps": 10}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 10}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 5, "t_mul": 1.5, "m_mul": 0.8, "alpha": 0.1}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 7, "t_mul": 1.0, "m_mul": 0.5}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 3, "t_mul": 3.0, "m_mul": 1.2}),
]

REFUSED = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 0, "decay_rate": 0.9}),
    ("PiecewiseConstantDecay", {"boundaries": [1, 2], "values": [0.1, 0.2]}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": -1}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 0, "decay_rate": 0.5}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 0}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 0}),
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 10}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 10, "end": 1.0}),
]

STEPS = [*range(64), 69, 70, 71, 99, 100, 101, 149, 150, 151, 363, 1023, 99999, 100000, 100001, 12345678]


def case(name, args):
    fresh()
    schedule = getattr(S, name)(**args)
    return {
        "schedule": name,
        "args": args,
        "rates": [number(keras.ops.convert_to_numpy(schedule(keras.ops.convert_to_tensor(step, "int64")))[()]) for step in STEPS],
        "config": plain(schedule.get_config()),
        "serialized": plain(S.serialize(schedule)),
    }


def refused(name, args):
    try:
        getattr(S, name)(**args)
    except Exception as error:
        return {"schedule": name, "args": args, "error": f"{type(error).__name__}: {error}"}
    raise AssertionError(f"Keras takes {name} {args}")


def main():
    notes = [
        "rates[i] is the learning rate after steps[i] steps, in single precision.",
        "`refused` holds what Keras says to bad arguments, for reference.",
    ]
    write("schedules.json", [case(*c) for c in CASES], notes, steps=STEPS, refused=[refused(*c) for c in REFUSED])
