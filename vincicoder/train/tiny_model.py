"""A tiny, randomly initialised Qwen3-VL: the real architecture at a ten-thousandth of the size.

It knows nothing. It is there so that a recipe, an environment or a release can be tried through the real
trainer in a minute on a CPU, before a month of GPU time is spent on the same path.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

# Qwen's special tokens at their real ids: trainers have 151655 (the image token) written into their code.
_FIRST_SPECIAL_ID = 151_643
_SPECIAL_TOKENS = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|object_ref_start|>",
    "<|object_ref_end|>",
    "<|box_start|>",
    "<|box_end|>",
    "<|quad_start|>",
    "<|quad_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
_VOCABULARY_ROWS = 151_936  # Qwen3-VL's, padded beyond its tokens

_CHAT_TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}"
    "{% else %}{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif 'text' in part %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def make_tiny_model(
    folder: Path, texts: Iterable[str], seed: int = 0, merges: int = 256, compact: bool = False
) -> None:
    """Write a model of about 10 million parameters, its tokenizer and its processor into a folder.

    `texts` train the byte-level tokenizer's `merges` merges, so that text like theirs becomes few tokens.
    The same arguments give the same weights. Most parameters are the embeddings of Qwen's vocabulary;
    `compact` leaves the unused ones out (0.4 million remain), which only code that asks the configuration
    for the special tokens' ids can work with: not the trainers.
    """
    import torch
    import transformers

    classes: Any = transformers  # its classes are untyped
    first = 256 + merges if compact else _FIRST_SPECIAL_ID
    rows = first + 64 if compact else _VOCABULARY_ROWS
    ids = {token: number for number, token in enumerate(_SPECIAL_TOKENS, first)}
    tokenizer = _make_tokenizer(texts, merges, ids)
    configuration = classes.Qwen3VLConfig(
        text_config={
            "vocab_size": rows,
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_hidden_layers": 2,
            "num_attention_heads": 2,
            "num_key_value_heads": 1,
            "head_dim": 64,  # the least that vLLM's attention on a CPU takes
            "max_position_embeddings": 4096,
            "rope_parameters": {
                "rope_type": "default",
                "rope_theta": 10_000.0,
                "mrope_section": [12, 10, 10],
                "mrope_interleaved": True,
            },
            "tie_word_embeddings": True,
            "bos_token_id": first,
            "eos_token_id": ids["<|im_end|>"],
        },
        vision_config={
            "depth": 2,
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_heads": 4,
            "out_hidden_size": 64,
            "patch_size": 16,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "num_position_embeddings": 256,
            "deepstack_visual_indexes": [0],
        },
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=True,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = classes.Qwen3VLForConditionalGeneration(configuration)
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder)
    processor = classes.Qwen3VLProcessor(
        image_processor=classes.Qwen2VLImageProcessor(
            patch_size=16, size={"shortest_edge": 64 * 64, "longest_edge": 256 * 256}
        ),
        tokenizer=tokenizer,
        video_processor=classes.Qwen3VLVideoProcessor(),
        chat_template=_CHAT_TEMPLATE,
    )
    processor.save_pretrained(folder)


def _make_tokenizer(texts: Iterable[str], merges: int, ids: Mapping[str, int]) -> Any:
    """Return a byte-level BPE tokenizer whose ids between its own and the special ones are unused."""
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    make_fast: Any = transformers.PreTrainedTokenizerFast  # untyped

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=256 + merges,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    described = json.loads(tokenizer.to_str())
    vocabulary = described["model"]["vocab"]
    vocabulary.update(
        {f"<|unused_{number}|>": number for number in range(len(vocabulary), min(ids.values()))}
    )
    for token, number in ids.items():
        vocabulary[token] = number
        described["added_tokens"].append(
            {
                "id": number,
                "content": token,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": True,
            }
        )
    return make_fast(
        tokenizer_object=Tokenizer.from_str(json.dumps(described)),
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        additional_special_tokens=list(_SPECIAL_TOKENS[1:]),
        model_max_length=32_768,
        chat_template=_CHAT_TEMPLATE,
    )
