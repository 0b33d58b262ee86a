"""Layers that look up values by how well their keys match a query."""

from ..layer_case import case, keras, normal, np, refused, rng, write_family

L = keras.layers
QUERY_MASK = np.array([[True, True, False], [True, False, True]])
VALUE_MASK = np.array([[True, False, True, True], [True, True, False, False]])


def single(r):
    q, v, k = normal(r, 2, 3, 2), normal(r, 2, 4, 2), normal(r, 2, 4, 2)
    for make in [lambda **more: L.Attention(**more), lambda **more: L.AdditiveAttention(**more)]:
        yield case(lambda: make(), [q, v], r)
        yield case(lambda: make(), [q, v, k], r, unknown=(1,), fit=False)
        yield case(lambda: make(use_scale=True), [q, v, k], r)
        yield case(lambda: make(use_scale=False), [q, v, k], r)
        yield case(lambda: make(), [q, v], r, masks=[QUERY_MASK, VALUE_MASK], kinks=True)
        yield case(lambda: make(), [q, v, k], r, masks=[None, VALUE_MASK, None])
        yield case(lambda: make(), [q, v], r, masks=[QUERY_MASK, None])
        yield case(lambda: make(), [q, v], r, kwargs={"use_causal_mask": True})
        masked = dict(masks=[None, VALUE_MASK])
        yield case(lambda: make(), [q, v], r, kwargs={"use_causal_mask": True}, **masked)
        yield case(lambda: make(), [q, v], r, kwargs={"return_attention_scores": True})
        yield case(lambda: make(dropout=0.3, seed=4), [q, v], r, training=False, fit=False)
    yield case(lambda: L.Attention(score_mode="concat"), [q, v, k], r)
    yield case(lambda: L.Attention(score_mode="concat", use_scale=True), [q, v], r)
    yield case(lambda: L.Attention(), [normal(r, 2, 2, 3, 2), normal(r, 2, 2, 4, 2)], r)


def heads(r):
    M = L.MultiHeadAttention
    q, v, k = normal(r, 2, 3, 2), normal(r, 2, 4, 2), normal(r, 2, 4, 3)
    both = dict(spread=True, scale=0.3)
    yield case(lambda: M(2, 2), [q, v], r, **both)
    yield case(lambda: M(1, 1), [normal(r, 2, 2, 2), normal(r, 2, 2, 2)], r, **both)
    yield case(lambda: M(2, 2), [q, v, k], r, **both)
    yield case(lambda: M(2, 3, value_dim=2, use_bias=False), [q, v], r, unknown=(1,), fit=False, **both)
    yield case(lambda: M(2, 2, output_shape=(3,)), [q, v], r, **both)
    yield case(lambda: M(2, 2, output_shape=(2, 2)), [q, v], r, **both)
    yield case(lambda: M(2, 2, use_gate=True), [q, v], r, **both)
    yield case(lambda: M(2, 2, dropout=0.2, seed=3), [q, v], r, training=False, fit=False, **both)
    for arguments in [{}, {"return_attention_scores": True}]:
        square = [q, normal(r, 2, 3, 2)]
        yield case(lambda: M(2, 2), square, r, kwargs={"use_causal_mask": True, **arguments}, **both)
        yield case(lambda: M(2, 2), square, r, masks=[QUERY_MASK, None], kwargs=arguments, **both)
        yield case(lambda: M(2, 2), square, r, masks=[None, QUERY_MASK], kwargs=arguments, **both)
        yield case(lambda: M(2, 2, sliding_window=2), square, r, kwargs=arguments, **both)
        mask = r.integers(0, 2, (2, 3, 3)).astype(bool)
        mask[0, 1] = False
        yield case(lambda: M(2, 2), square, r, kwargs={"attention_mask": mask, **arguments}, **both)
    mask = r.integers(0, 2, (2, 2, 3, 4)).astype(bool)
    yield case(lambda: M(2, 2), [q, v], r, kwargs={"attention_mask": mask}, **both)
    mask = r.integers(0, 2, (2, 3, 4)).astype("int32")
    arguments = {"attention_mask": mask, "use_causal_mask": True}
    yield case(lambda: M(2, 2), [q, v], r, masks=[None, VALUE_MASK], kwargs=arguments, **both)
    yield case(lambda: M(2, 2), [q, v, k], r, masks=[QUERY_MASK, VALUE_MASK, VALUE_MASK], **both)
    images = [normal(r, 2, 2, 3, 2), normal(r, 2, 2, 3, 2)]
    yield case(lambda: M(2, 2), images, r, **both)
    yield case(lambda: M(2, 2, attention_axes=(2,)), images, r, **both)
    yield case(lambda: M(2, 2, attention_axes=1), images, r, **both)
    yield case(lambda: M(1, 2, attention_axes=(-2, 1)), images, r, **both)
    full = dict(
        kernel_initializer="ones",
        bias_initializer=keras.initializers.Constant(0.5),
        kernel_regularizer="l2",
        bias_regularizer="l1",
        activity_regularizer=keras.regularizers.L2(0.02),
        kernel_constraint="non_neg",
        bias_constraint="max_norm",
    )
    yield case(lambda: M(2, 2, **full), [q, v], r, **both)


def groups(r):
    G = L.GroupQueryAttention
    q, v, k = normal(r, 2, 3, 2), normal(r, 2, 4, 2), normal(r, 2, 4, 2)
    both = dict(spread=True, scale=0.3)
    yield case(lambda: G(2, 2, 1), [q, v], r, **both)
    yield case(lambda: G(1, 2, 1, use_bias=False), [normal(r, 2, 2, 2), normal(r, 2, 2, 2)], r, **both)
    yield case(lambda: G(2, 4, 2), [q, v, k], r, **both)
    yield case(lambda: G(2, 2, 2, use_gate=True), [q, v], r, unknown=(1,), fit=False, **both)
    yield case(lambda: G(2, 2, 1, dropout=0.2), [q, v], r, training=False, fit=False, **both)
    for arguments in [{}, {"return_attention_scores": True}]:
        yield case(lambda: G(2, 2, 1), [q, v], r, kwargs={"use_causal_mask": True, **arguments}, **both)
        yield case(lambda: G(2, 2, 1), [q, v], r, masks=[QUERY_MASK, VALUE_MASK], kwargs=arguments, **both)
        yield case(lambda: G(2, 2, 1, sliding_window=1), [q, v], r, kwargs=arguments, **both)
    mask = r.integers(0, 2, (2, 3, 4)).astype(bool)
    yield case(lambda: G(2, 2, 1), [q, v], r, kwargs={"attention_mask": mask}, **both)
    full = dict(kernel_initializer="ones", kernel_regularizer="l2", bias_constraint="max_norm")
    yield case(lambda: G(2, 2, 1, **full), [q, v], r, **both)


def rejected():
    three, apart = (None, 3, 2), dict(spread=True)
    yield refused(L.Attention, {}, three, three, three, three)
    yield refused(L.Attention, {"score_mode": "sum"}, three, three)
    yield refused(L.AdditiveAttention, {}, three, three, three, three)
    yield refused(L.MultiHeadAttention, {"num_heads": 0, "key_dim": 2}, three, three, **apart)
    yield refused(L.MultiHeadAttention, {"num_heads": 2, "key_dim": 0}, three, three, **apart)
    yield refused(L.MultiHeadAttention, {"num_heads": 2, "key_dim": 2, "value_dim": 0}, three, three, **apart)
    yield refused(L.MultiHeadAttention, {"num_heads": 2, "key_dim": 2}, three, three, (None, 4, 2), **apart)
    yield refused(L.MultiHeadAttention, {"num_heads": 2, "key_dim": 2, "sliding_window": 0}, three, three, **apart)
    heads = {"head_dim": 2, "num_query_heads": 3, "num_key_value_heads": 2}
    yield refused(L.GroupQueryAttention, heads, three, three, **apart)
    heads = {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1}
    yield refused(L.GroupQueryAttention, heads, three, (None, 3, 4), **apart)


def main():
    r = rng(10)
    write_family("attention", [*single(r), *heads(r), *groups(r)], rejected())
