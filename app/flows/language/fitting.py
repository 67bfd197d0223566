"""Say where a message's class and topic do not go with its mail, or with each other. Pure.

Publishing refuses such a step at its field; the guard leaves its message out, for some are kept from before the rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.flows.language.steps import Step
from app.messages.mail.preset_list import CLASSES, PRESETS, Preset


@dataclass(frozen=True, slots=True)
class Misfit:
    """One field of a step that does not fit: its words for whoever writes the flow, and for whoever asks why."""

    field: str  # message_class | topic
    refusal: str
    fact: str  # "Its flow sends it under the topic order, and its mail goes under review_ask alone"


def misfits(step: Step, mails: Mapping[str, Preset] = PRESETS) -> tuple[Misfit, ...]:
    """Return what is wrong with a step's class and topic. `mails` are those there are, by name."""
    found = []
    allowed, mail = CLASSES.get(step.topic), mails.get(step.template)
    if allowed is not None and step.message_class not in allowed:
        right = ", ".join(sorted(allowed))
        found.append(
            Misfit(
                "message_class",
                f"Under the topic {step.topic.value} the message class must be {right}. "
                f"You entered {step.message_class.value}.",
                f"Its flow gives it the message class {step.message_class.value}, which for a message under the topic"
                f" {step.topic.value} must be {right}",
            )
        )
    if mail is not None and mail.topic is not None and step.topic is not mail.topic:
        found.append(
            Misfit(
                "topic",
                f"The mail {step.template} goes under the topic {mail.topic.value}. You entered {step.topic.value}.",
                f"Its flow sends it under the topic {step.topic.value}, and its mail goes under {mail.topic.value}"
                " alone",
            )
        )
    return tuple(found)
