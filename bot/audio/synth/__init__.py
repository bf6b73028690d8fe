"""Physical recipes of Hush's sounds: numpy in, sound out; one module a sound, shared parts beside.

Inside this package a signal is float64 with the channels first: shape (n,) mono, (2, n) stereo, 48 kHz.
Everything continuous is circular: what runs over the end goes on at the start, so a bed has no seam.
Randomness is a `numpy.random.Generator` passed in; the same generator gives the same sound.
"""
