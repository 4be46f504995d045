"""Compose and validate a configuration with verl's own classes, without starting it.

    python verl_compose.py < OVERRIDES.json

Runs by path in verl's environment, where this project need not be installed. Prints the composed
configuration as YAML; exits with 2 and one line that says what verl refuses.
"""

import json
import sys
from pathlib import Path


def main() -> int:
    """Read a JSON list of overrides, print the configuration that verl composes from them."""
    overrides = json.load(sys.stdin)
    import verl.trainer
    from hydra import compose, initialize_config_dir
    from omegaconf import OmegaConf
    from verl.trainer.ppo.utils import need_critic, need_reference_policy
    from verl.utils.config import validate_config

    folder = Path(verl.trainer.__file__).parent / "config"
    try:
        with initialize_config_dir(str(folder), version_base=None):
            configuration = compose("ppo_trainer", overrides=overrides)
        validate_config(configuration, need_reference_policy(configuration), need_critic(configuration))
    except Exception as error:
        lines = [line for line in f"{type(error).__name__}: {error}".splitlines() if line.strip()]
        print("verl refuses the configuration: " + " ".join(lines)[:1000], file=sys.stderr)
        return 2
    print("---")
    print(OmegaConf.to_yaml(configuration, resolve=True))
    return 0


if __name__ == "__main__":
    sys.exit(main())
