"""Layers that run over time."""

from ..layer_case import case, keras, normal, np, refused, rng, write_family

L = keras.layers
R = keras.regularizers
C = keras.constraints

# Ragged, masked at the beginning, in the middle and at the end, and a row that is masked whole.
MASK = np.array([[True, True, False], [False, True, True], [True, False, True], [False, False, False]])

KINDS = [("simple_rnn", L.SimpleRNN, 1), ("lstm", L.LSTM, 2), ("gru", L.GRU, 1)]
CELLS = [("simple_rnn", L.SimpleRNNCell, 1), ("lstm", L.LSTMCell, 2), ("gru", L.GRUCell, 1)]


def corners(r):
    for _, kind, states in KINDS:
        small, x = normal(r, 1, 2, 2), normal(r, 4, 3, 2)
        first = lambda: {"initial_state": [normal(r, 4, 2) for _ in range(states)]}
        yield case(lambda: kind(1), small, r)
        yield case(lambda: kind(2), x, r)
        yield case(lambda: kind(2), x, r, initial=False, training=True)
        yield case(lambda: kind(2, return_sequences=True), x, r, unknown=(1,))
        yield case(lambda: kind(2, return_state=True), x, r)
        yield case(lambda: kind(2, return_sequences=True, return_state=True, go_backwards=True), x, r)
        yield case(lambda: kind(2, go_backwards=True), x, r)
        yield case(lambda: kind(2, unroll=True, return_sequences=True), x, r)
        yield case(lambda: kind(2, use_bias=False, activation="relu"), x, r, kinks=True)
        yield case(lambda: kind(2, return_state=True), x, r, kwargs=first(), fit=False)
        for arguments in [{}, {"return_sequences": True}, {"go_backwards": True, "return_sequences": True}]:
            yield case(lambda: kind(2, **arguments), x, r, masks=[MASK])
        yield case(lambda: kind(2, zero_output_for_mask=True, return_sequences=True), x, r, masks=[MASK])
        yield case(lambda: kind(2, zero_output_for_mask=True), x, r, masks=[MASK])
        yield case(lambda: kind(2, return_state=True), x, r, masks=[MASK], kwargs=first(), fit=False)
        yield case(lambda: kind(2, return_sequences=True), x, r, masks=[MASK], kwargs=first(), fit=False)
        yield case(lambda: kind(2, dropout=0.5, recurrent_dropout=0.5), x, r, training=False)
        yield case(lambda: kind(2, trainable=False, name="steps"), x, r)
        yield case(lambda: kind(2, stateful=True), x, r, calls=3, fit=False)
        yield case(lambda: kind(2, stateful=True, return_sequences=True), x, r, calls=2, masks=[MASK], fit=False)
        full = dict(
            kernel_initializer=keras.initializers.HeNormal(seed=3),
            recurrent_initializer="glorot_normal",
            bias_initializer=keras.initializers.Constant(0.5),
            kernel_regularizer=R.L1L2(0.01, 0.02),
            recurrent_regularizer="l1",
            bias_regularizer="l2",
            kernel_constraint=C.MaxNorm(2.0, axis=0),
            recurrent_constraint="unit_norm",
            bias_constraint="non_neg",
        )
        yield case(lambda: kind(2, **full), x, r)
    x = normal(r, 4, 3, 2)
    for arguments in [{}, {"use_bias": False}, {"recurrent_dropout": 0.5}]:
        yield case(lambda: L.GRU(2, reset_after=False, **arguments), x, r, training=False)
    yield case(lambda: L.GRU(2, recurrent_activation="hard_sigmoid", activation="softsign"), x, r, kinks=True)
    yield case(lambda: L.LSTM(2, recurrent_activation="hard_sigmoid", unit_forget_bias=False, seed=3), x, r, kinks=True)


def cells(r):
    for _, kind, states in CELLS:
        x, first = normal(r, 3, 2), [normal(r, 3, 2) for _ in range(states)]
        yield case(lambda: kind(2), x, r, kwargs={"states": first}, fit=False)
        yield case(lambda: kind(2, use_bias=False), x, r, kwargs={"states": first}, fit=False)
        yield case(lambda: kind(1), normal(r, 1, 2), r, kwargs={"states": [normal(r, 1, 1) for _ in first]}, fit=False)


def over_cells(r):
    x, small = normal(r, 4, 3, 2), normal(r, 1, 2, 2)
    yield case(lambda: L.RNN(L.SimpleRNNCell(1)), small, r)
    for _, kind, _ in CELLS:
        yield case(lambda: L.RNN(kind(2), return_sequences=True), x, r)
    yield case(lambda: L.RNN(L.LSTMCell(2), return_state=True, go_backwards=True), x, r, masks=[MASK])
    yield case(lambda: L.RNN([L.SimpleRNNCell(1), L.SimpleRNNCell(1)]), small, r)
    yield case(lambda: L.RNN([L.LSTMCell(2), L.LSTMCell(3)], return_sequences=True), x, r)
    stack = lambda: [L.LSTMCell(2, dropout=0.2), L.GRUCell(3, reset_after=False), L.SimpleRNNCell(2)]
    yield case(lambda: L.RNN(stack()), x, r, training=False)
    yield case(lambda: L.RNN(stack(), return_sequences=True), x, r, masks=[MASK], training=False)
    yield case(lambda: L.RNN(L.StackedRNNCells(stack()), return_sequences=True, return_state=True), x, r, training=False)


def main():
    r = rng(7)
    rejected = [refused(kind, {"units": 2}, (None, 3)) for _, kind, _ in KINDS]
    rejected += [refused(kind, {"units": 2, "stateful": True}, (None, 3, 2)) for _, kind, _ in KINDS]
    write_family("rnn", [*corners(r), *cells(r), *over_cells(r)], rejected)
