"""The families of layers, one module each."""
