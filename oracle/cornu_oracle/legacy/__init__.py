"""The `.h5` files that Keras wrote before `.keras`: by Keras 3, by tf-keras, and in the layouts of Keras 2.2 and 1.2."""
