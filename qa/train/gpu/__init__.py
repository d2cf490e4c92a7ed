"""The recipe's stages trained on one GPU, from a folder that ``qa.train.pack`` writes.

These modules run where this package is not installed: they import torch, numpy and what they are packed with.
"""
