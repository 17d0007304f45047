"""The model of a deal: frozen values and pure functions."""
