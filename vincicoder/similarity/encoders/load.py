"""Chooses and loads an encoder by its name."""

from __future__ import annotations

from vincicoder.similarity.encoders.base import EMBEDDED, Encoder, Feature


def load_encoder(
    model: str = EMBEDDED,
    feature: Feature = "layernorm",
    device: str | None = None,
    batch_tiles: int | None = None,
) -> Encoder:
    """Load an encoder.

    `model` is "efficientnet-lite2" (its weights come with the extra `reward`), a folder that
    `save_pretrained` wrote, or a hub id such as "facebook/dinov2-large" that has been fetched before.
    `feature` chooses, for a transformer, the class token after its final LayerNorm, or ("hidden") the same
    token before it. `device` is a torch device (None: a GPU if there is one); a GPU computes in bfloat16, a
    CPU in float32. `batch_tiles` bounds memory (None: 16 tiles on a GPU, which hold
    the 13 of a lone pair; on a CPU 4, for its caches' sake).
    Raises MissingWeightsError, and ValueError for a model that has no such feature.
    """
    import torch

    chosen = torch.device(device or ("cuda" if torch.cuda.is_available() else "cpu"))
    batch = batch_tiles or (16 if chosen.type == "cuda" else 4)
    if model == EMBEDDED:
        from vincicoder.similarity.encoders.efficientnet import EfficientNetEncoder

        return EfficientNetEncoder(chosen, batch)
    from vincicoder.similarity.encoders.transformer import TransformerEncoder

    return TransformerEncoder(model, feature, chosen, batch)
