"""Policy gradient on a CPU with the real reward: does the mean reward rise?

    python -m benchmarks.toy_grpo --json FILE --plot FILE

The task is a toy: one rectangle of one of three colours at one of two places. A tiny random Qwen3-VL is
first shown the syntax, on pairs whose colour is right and whose place is that of any picture: so it writes
valid SVG, and does not know where the rectangle is. Then GRPO: 8 answers a picture by transformers' generate
(tokens under a twentieth of the likeliest one's chance are never taken: one slip in fifty tokens would spoil
most answers), the project's reward (default preset, real renderer), verl's own group advantage, one
policy-gradient step. What is measured is the mean reward by step; what right colours at random places
earn is reported beside it. It shows that the reward gives a gradient to climb, not that a model of this size
is of use.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image

from vincicoder.render import RenderEngine, RenderRequest
from vincicoder.reward import RewardConfig, score_batch
from vincicoder.similarity.encoders.torchvision_cpu import install
from vincicoder.train.curves import draw_panels
from vincicoder.train.tiny_model import make_tiny_model

COLORS = ("red", "green", "blue")
PLACES = (8, 56)
ANSWERS = 8
PROMPT = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "Write SVG code."}]}]


@dataclass(frozen=True, slots=True)
class Case:
    """One picture of the toy task and the program that draws it."""

    color: str
    code: str
    png: bytes
    picture: Image.Image


def make_cases() -> list[Case]:
    """Draw the six programs; the model is shown the pictures at 96x96 pixels, to be fast."""
    programs = {
        f"{color} {place}": (
            color,
            '```svg\n<svg xmlns="http://www.w3.org/2000/svg" width="96" height="96">'
            f'<rect x="{place}" y="16" width="32" height="64" fill="{color}"/></svg>\n```',
        )
        for color in COLORS
        for place in PLACES
    }
    requests = [RenderRequest(name, "svg", code.split("\n")[1]) for name, (_, code) in programs.items()]
    with RenderEngine(workers=1, measure=False) as engine:
        drawn = {result.request_id: result.png for result in engine.render(requests)}
    cases = []
    for name, (color, code) in programs.items():
        png = drawn[name]
        assert png is not None
        picture = Image.open(io.BytesIO(png)).convert("RGB").resize((96, 96))
        cases.append(Case(color, code, png, picture))
    return cases


class Policy:
    """The tiny model with its processor and optimizer."""

    def __init__(self, folder: Path) -> None:
        import transformers

        classes: Any = transformers
        self.processor = classes.AutoProcessor.from_pretrained(folder)
        self.model = classes.AutoModelForImageTextToText.from_pretrained(folder, dtype=torch.float32)
        self.prompt = self.processor.apply_chat_template(PROMPT, add_generation_prompt=True)
        tokenizer = self.processor.tokenizer
        self.end = tokenizer.convert_tokens_to_ids("<|im_end|>")
        # A sampled image token would stand for a picture that is not there.
        self.never = [number for number in range(256, len(tokenizer)) if number != self.end
                      and tokenizer.convert_ids_to_tokens(number).startswith("<|")]  # fmt: skip

    def inputs(self, pictures: list[Image.Image]) -> Any:
        return self.processor(text=[self.prompt] * len(pictures), images=pictures, return_tensors="pt")

    def log_probabilities(self, inputs: Any, answers: torch.Tensor) -> torch.Tensor:
        """Return the log-probability of each answer's tokens, (rows, tokens), in one pass."""
        given = dict(inputs)
        prompt = given["input_ids"].shape[1]
        given["input_ids"] = torch.cat([given["input_ids"], answers], 1)
        given["attention_mask"] = torch.cat([given["attention_mask"], torch.ones_like(answers)], 1)
        if "mm_token_type_ids" in given:
            kinds = given["mm_token_type_ids"]
            given["mm_token_type_ids"] = torch.cat([kinds, torch.zeros_like(answers)], 1)
        logits = self.model(**given, logits_to_keep=answers.shape[1] + 1).logits[:, :-1]
        assert prompt + answers.shape[1] == given["input_ids"].shape[1]
        logits[:, :, self.never] = -torch.inf
        return torch.log_softmax(logits, -1).gather(-1, answers[:, :, None])[:, :, 0]

    def optimize_anew(self, rate: float, steps: int) -> None:
        """Start again without the moments of what was trained before; the rate rises for a tenth of the
        steps, for Adam's first ones are as large as any and know little, and then falls to nothing."""
        self.optimizer = torch.optim.AdamW(self.model.parameters(), rate, weight_decay=0.0)
        self.schedule = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: min(10 * (step + 1) / steps, 1 - step / (steps + 1))
        )

    def step(self, loss: torch.Tensor) -> None:
        self.optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()


def show_syntax(policy: Policy, cases: list[Case], steps: int, order: random.Random) -> float:
    """Train on programs of the right colour and of either place; return the last loss."""
    of_color: dict[str, list[list[int]]] = {}
    for case in cases:
        tokens = policy.processor.tokenizer(case.code)["input_ids"] + [policy.end]
        of_color.setdefault(case.color, []).append(tokens)
    policy.optimize_anew(3e-3, steps)
    inputs = policy.inputs([case.picture for case in cases for _ in range(2)])
    loss = torch.tensor(0.0)
    for _ in range(steps):
        shown = [order.choice(of_color[case.color]) for case in cases for _ in range(2)]
        answers, mask = _padded(shown, policy.end)
        loss = -(policy.log_probabilities(inputs, answers) * mask).sum() / mask.sum()
        policy.step(loss)
    return float(loss.detach())


def _padded(rows: list[list[int]], fill: int) -> tuple[torch.Tensor, torch.Tensor]:
    length = max(map(len, rows))
    answers = torch.tensor([row + [fill] * (length - len(row)) for row in rows])
    mask = torch.tensor([[1.0] * len(row) + [0.0] * (length - len(row)) for row in rows])
    return answers, mask


def sample(policy: Policy, inputs: Any) -> tuple[list[str], torch.Tensor, torch.Tensor]:
    """Return a text for each input, their tokens and the mask of those that count."""
    with torch.inference_mode():
        made = policy.model.generate(
            **inputs, do_sample=True, temperature=1.0, top_k=0, min_p=0.05, max_new_tokens=64,
            eos_token_id=policy.end, pad_token_id=policy.end, suppress_tokens=policy.never,
        )  # fmt: skip
    rows = []
    for row in made[:, inputs["input_ids"].shape[1] :].tolist():
        rows.append(row[: row.index(policy.end) + 1] if policy.end in row else row)
    texts = [policy.processor.tokenizer.decode(row, skip_special_tokens=True) for row in rows]
    return texts, *_padded(rows, policy.end)


def advantages_of(rewards: list[float], groups: list[int], tokens: torch.Tensor) -> torch.Tensor:
    """verl's own GRPO advantage of each answer."""
    from verl.trainer.ppo import core_algos

    spread = torch.zeros(tokens.shape)
    spread[:, -1] = torch.tensor(rewards)
    found, _ = core_algos.compute_grpo_outcome_advantage(
        token_level_rewards=spread, response_mask=torch.ones(tokens.shape), index=np.array(groups, object)
    )
    return found[:, :1]


def climb(policy: Policy, shown: list[Case], steps: int) -> tuple[list[float], list[float]]:
    """Run GRPO; return the mean reward of each step and the share of answers that drew a picture."""
    means, drawn = [], []
    owners = [number for number, _ in enumerate(shown) for _ in range(ANSWERS)]
    inputs = policy.inputs([shown[owner].picture for owner in owners])
    for step in range(steps):
        texts, tokens, mask = sample(policy, inputs)
        items = [
            {"response": text, "reference": shown[owner].png, "language": "svg"}
            for text, owner in zip(texts, owners, strict=True)
        ]
        found = score_batch(items, RewardConfig.preset("default"))
        rewards = [breakdown.score for breakdown in found]
        means.append(float(np.mean(rewards)))
        drawn.append(float(np.mean([breakdown.rendered for breakdown in found])))
        chances = policy.log_probabilities(inputs, tokens)
        gain = (advantages_of(rewards, owners, tokens) * chances * mask).sum() / mask.sum()
        policy.step(-gain)
        if step % 5 == 0:
            surprise = -float((chances * mask).sum() / len(texts))
            print(
                f"step {step}: mean reward {means[-1]:.3f}, drawn {drawn[-1]:.2f}, {surprise:.2f} nats",
                flush=True,
            )
    return means, drawn


def chance_level(cases: list[Case]) -> float:
    """The mean reward of a program of the right colour at a random place."""
    items = [
        {"response": answer.code, "reference": case.png, "language": "svg"}
        for case in cases
        for answer in cases
        if answer.color == case.color
    ]
    return float(np.mean([found.score for found in score_batch(items, RewardConfig.preset("default"))]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--syntax-steps", type=int, default=800)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    given = parser.parse_args()
    install()
    torch.set_num_threads(1)  # the model is tiny: more threads only wait for one another
    torch.manual_seed(0)
    order = random.Random(0)
    cases = make_cases()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        make_tiny_model(Path(folder), [case.code for case in cases], compact=True)
        policy = Policy(Path(folder))
    loss = show_syntax(policy, cases, given.syntax_steps, order)
    print(
        f"syntax: loss {loss:.3f} after {given.syntax_steps} steps, {time.monotonic() - started:.0f} s",
        flush=True,
    )
    policy.optimize_anew(given.rate, given.steps)
    chance = chance_level(cases)
    print(f"chance: {chance:.3f}", flush=True)
    means, drawn = climb(policy, cases, given.steps)
    tenth = max(len(means) // 10, 1)
    result = {
        "chance": round(chance, 4),
        "first": round(float(np.mean(means[:tenth])), 4),
        "last": round(float(np.mean(means[-tenth:])), 4),
        "steps": given.steps,
        "seconds": round(time.monotonic() - started, 1),
        "drawn": round(float(np.mean(drawn[-tenth:])), 4),
        "cpu_seconds": round(time.process_time(), 1),
        "means": [round(mean, 4) for mean in means],
    }
    print(json.dumps({name: value for name, value in result.items() if name != "means"}))
    if given.json:
        given.json.write_text(json.dumps(result))
    if given.plot:
        steps = range(1, len(means) + 1)
        lines = {
            "GRPO": list(zip(steps, means, strict=True)),
            "right colour, random place": [(1, chance), (len(means), chance)],
        }
        draw_panels({"mean reward": lines}, given.plot, "Toy GRPO")


if __name__ == "__main__":
    main()
