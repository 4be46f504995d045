"""`vincicoder build sft` and `vincicoder build rl` in one group."""

from flows.cli.build import app
from flows.cli.build_rl import rl

app.command()(rl)
