"""Layers with layers inside."""

from ..layer_case import case, keras, normal, refused, rng, write_family
from .rnn import MASK

L = keras.layers


def stacked(r):
    states = lambda *units: [[normal(r, 3, n)] for n in units]
    x = normal(r, 3, 2)
    for make in [lambda n: L.SimpleRNNCell(n), lambda n: L.GRUCell(n)]:
        named = {"states": states(1, 2)}
        yield case(lambda: L.StackedRNNCells([make(1), make(2)]), x, r, kwargs=named, fit=False)
    tiny = {"states": [[normal(r, 1, 1)], [normal(r, 1, 1)]]}
    yield case(lambda: L.StackedRNNCells([L.SimpleRNNCell(1), L.SimpleRNNCell(1)]), normal(r, 1, 1), r, kwargs=tiny, fit=False)


def bidirectional(r):
    B = L.Bidirectional
    x, small = normal(r, 4, 3, 2), normal(r, 1, 2, 2)
    yield case(lambda: B(L.SimpleRNN(1)), small, r)
    for mode in ["concat", "sum", "ave", "mul", None]:
        yield case(lambda: B(L.LSTM(2, return_sequences=True), merge_mode=mode), x, r, unknown=(1,))
        yield case(lambda: B(L.GRU(2), merge_mode=mode), x, r)
    for sequences in [False, True]:
        for inner in [L.SimpleRNN, L.LSTM, L.GRU]:
            yield case(lambda: B(inner(2, return_sequences=sequences)), x, r, masks=[MASK])
        yield case(lambda: B(L.LSTM(2, return_sequences=sequences, return_state=True)), x, r)
    yield case(lambda: B(L.SimpleRNN(2, return_sequences=True), merge_mode=None), x, r, masks=[MASK])
    other = lambda: L.SimpleRNN(2, go_backwards=True, activation="relu", name="other")
    yield case(lambda: B(L.SimpleRNN(2, name="one"), backward_layer=other(), name="both"), x, r, kinks=True)
    yield case(lambda: B(L.RNN(L.LSTMCell(2), return_sequences=True)), x, r)
    states = [normal(r, 4, 2) for _ in range(4)]
    yield case(lambda: B(L.LSTM(2)), x, r, kwargs={"initial_state": states}, fit=False)
    yield case(lambda: B(L.GRU(2, return_state=True)), x, r, kwargs={"initial_state": states[:2]}, fit=False)
    yield case(lambda: B(L.GRU(2, stateful=True)), x, r, calls=2, fit=False)
    yield case(lambda: B(L.LSTM(2, dropout=0.5), trainable=False), x, r, training=False)


def time_distributed(r):
    T = L.TimeDistributed
    x, x4 = normal(r, 4, 3, 2), normal(r, 2, 3, 2, 2)
    yield case(lambda: T(L.Dense(1)), normal(r, 2, 2, 2), r)
    yield case(lambda: T(L.Dense(2, activation="relu", name="inner"), name="outer"), x, r, kinks=True)
    yield case(lambda: T(L.Dense(2)), x, r, masks=[MASK])
    yield case(lambda: T(L.Dense(2)), x4, r)
    yield case(lambda: T(L.Flatten()), x4, r)
    yield case(lambda: T(L.Reshape((4,))), x4, r)
    for training in [False, True]:
        yield case(lambda: T(L.BatchNormalization()), x, r, training=training)
    yield case(lambda: T(L.Dropout(0.5)), x, r, training=False)
    yield case(lambda: T(L.LSTM(2)), x4, r)
    yield case(lambda: T(L.SimpleRNN(2, return_sequences=True)), x4, r)
    yield case(lambda: T(L.Activation("softmax")), x, r)


def main():
    r = rng(8)
    rejected = [refused(L.TimeDistributed, {"layer": L.Dense(2)}, (None, 3))]
    for case_ in rejected:
        case_["config"] = {"layer": keras.saving.serialize_keras_object(L.Dense(2))}
    write_family("wrappers", [*stacked(r), *bidirectional(r), *time_distributed(r)], rejected)
