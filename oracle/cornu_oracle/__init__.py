"""Questions to the real Keras, one module a family; each answers with plain data."""
