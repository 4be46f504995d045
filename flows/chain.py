"""The chain: each deployment's completed run starts the next. Off until it is switched on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from prefect.automations import Automation, EventTrigger, Posture, RunDeployment
from prefect.client.orchestration import get_client
from prefect.exceptions import ObjectNotFound

from vincicoder.sample import UserError


@dataclass(frozen=True, slots=True)
class Link:
    """When a run of deployment `after` completes, `then` is run, with these parameters beside its own."""

    after: str
    then: str
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"vincicoder chain: {self.after} -> {self.then}"


EVALUATION = Link("train-grpo/default", "evaluate/default", {"checkpoint": "run:latest-grpo"})
"""The last link, which is made only where it is asked for."""

LINKS = (
    Link("build-sft-data/default", "train-sft/default"),
    Link("train-sft/default", "build-rl-data/default", {"checkpoint": "run:latest-sft"}),
    Link("build-rl-data/default", "train-grpo/default"),
)


class ChainError(UserError):
    """The chain can't be switched: what is missing on the server."""


async def switch_on(evaluate: bool = False) -> list[str]:
    """Make the automations, or renew them; return their names. With `evaluate` the reinforced checkpoint is
    judged at the end.

    Raises ChainError where a deployment is missing. Each link matches one deployment, so that runs by hand of
    a flow's other deployments start nothing.
    """
    await switch_off()
    links = (*LINKS, EVALUATION) if evaluate else LINKS
    for link in links:
        after, then = await _deployment_id(link.after), await _deployment_id(link.then)
        automation = Automation(
            name=link.name,
            trigger=EventTrigger(
                expect={"prefect.flow-run.Completed"},
                match_related={
                    "prefect.resource.role": "deployment",
                    "prefect.resource.id": f"prefect.deployment.{after}",
                },
                posture=Posture.Reactive,
                threshold=1,
            ),
            actions=[
                RunDeployment(
                    source="selected",
                    deployment_id=then,
                    parameters=link.parameters or None,
                    job_variables=None,
                )
            ],
        )
        await automation.acreate()
    return [link.name for link in links]


async def switch_off() -> list[str]:
    """Remove the automations; return the names of those that were there."""
    removed = []
    async with get_client() as client:
        for link in (*LINKS, EVALUATION):
            for found in await client.read_automations_by_name(link.name):
                await client.delete_automation(found.id)
                removed.append(link.name)
    return removed


async def linked() -> list[str]:
    """Return the names of the links that are on."""
    async with get_client() as client:
        return [
            link.name for link in (*LINKS, EVALUATION) if await client.read_automations_by_name(link.name)
        ]


async def _deployment_id(name: str) -> Any:
    async with get_client() as client:
        try:
            return (await client.read_deployment_by_name(name)).id
        except ObjectNotFound as error:
            raise ChainError(
                f"the server has no deployment {name}; from the repository's root run "
                "`prefect work-pool create --type process local`, the same for `gpu`, and "
                "`prefect --no-prompt deploy --all`"
            ) from error
