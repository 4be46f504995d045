"""Encoders: pictures to feature vectors, behind one protocol."""
