"""KerasTuner: what values lie where on the line from 0 to 1, the order of grids, a trial's file."""

import keras_tuner
from keras_tuner.src.engine import trial as trials
from keras_tuner.src.engine.hyperparameters import hp_types
from keras_tuner.src.tuners.gridsearch import GridSearchOracle

from .common import FIXTURES, plain, write

TUNER_FIXTURES = FIXTURES.parents[2] / "cornu-tuner" / "tests" / "fixtures"

DOMAINS = [
    hp_types.Int("a", 1, 3),
    hp_types.Int("a", 32, 512, step=32, default=128),
    hp_types.Int("a", 6, 13, step=3),
    hp_types.Int("a", 2, 32, step=2, sampling="log"),
    hp_types.Int("a", 3, 100, sampling="log"),
    hp_types.Int("a", 3, 100, sampling="reverse_log"),
    hp_types.Int("a", 2, 54, step=3, sampling="reverse_log"),
    hp_types.Int("a", 5, 5),
    hp_types.Float("a", 0.0, 1.0),
    hp_types.Float("a", 0.0, 0.5, step=0.125, default=0.25),
    hp_types.Float("a", 1e-4, 1e-2, sampling="log"),
    hp_types.Float("a", 1e-4, 1e-1, sampling="log", step=10),
    hp_types.Float("a", 1e-4, 1e-2, sampling="reverse_log"),
    hp_types.Float("a", 0.25, 4.0, sampling="reverse_log", step=2),
    hp_types.Choice("a", ["relu", "tanh", "gelu"], default="tanh"),
    hp_types.Choice("a", [1, 2, 4, 8]),
    hp_types.Choice("a", [0.5, 0.25], ordered=False),
    hp_types.Boolean("a"),
    hp_types.Boolean("a", default=True),
    hp_types.Fixed("a", "adam"),
]

PLACES = [0.0, 0.03, 0.1, 0.2499, 0.26, 0.4, 0.51, 0.6, 0.7, 0.76, 0.88, 0.95, 0.999]


def domain(hp):
    values = [hp.prob_to_value(place) for place in PLACES]
    stepped = not (isinstance(hp, (hp_types.Int, hp_types.Float)) and hp.step is None)
    return {
        "kind": "domain",
        "written": {"class_name": type(hp).__name__, "config": plain(hp.get_config())},
        "default": hp.default,
        "values": plain(list(hp.values)) if stepped else plain(sorted(hp.values)),
        "at": plain(values),
        "places": plain([hp.value_to_prob(value) for value in values]),
    }


def flat(hp):
    hp.Choice("kind", ["x", "y", "z"], default="y")
    hp.Boolean("flag")
    hp.Int("n", 1, 3)


def conditional(hp):
    hp.Choice("kind", ["mlp", "cnn"])
    with hp.conditional_scope("kind", ["mlp"]):
        hp.Int("units", 8, 32, step=8, default=16)
    with hp.conditional_scope("kind", ["cnn"]):
        hp.Boolean("pool")
        hp.Float("rate", 0.1, 0.3, step=0.1)
    hp.Fixed("epochs", 3)


def grid(name, build):
    """The trials of a grid search whose space is known beforehand, in their order."""
    hps = keras_tuner.HyperParameters()
    build(hps)
    oracle = GridSearchOracle(objective=keras_tuner.Objective("score", "max"), hyperparameters=hps)
    oracle._set_project_dir("/tmp/cornu-oracle-grid", name)
    oracle.verbose = 0
    tried = []
    while True:
        trial = oracle.create_trial("tuner0")
        if trial.status == trials.TrialStatus.STOPPED:
            return {"kind": "grid", "space": name, "tried": tried}
        tried.append(dict(trial.hyperparameters.values))
        trial.status = trials.TrialStatus.COMPLETED
        oracle.update_trial(trial.trial_id, {"score": 1.0})
        oracle.end_trial(trial)


def trial_file():
    hps = keras_tuner.HyperParameters()
    conditional(hps)
    trial = trials.Trial(hps, "03", trials.TrialStatus.COMPLETED)
    trial.metrics.register("val_accuracy", "max")
    trial.metrics.update("val_accuracy", 0.75, step=4)
    trial.score, trial.best_step = 0.75, 4
    return {"kind": "trial", "file": plain(trial.get_state())}


def main():
    cases = [domain(hp) for hp in DOMAINS]
    cases += [grid("flat", flat), grid("conditional", conditional), trial_file()]
    write(TUNER_FIXTURES / "keras_tuner.json", cases, keras_tuner=keras_tuner.__version__)


if __name__ == "__main__":
    main()
