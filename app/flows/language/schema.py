"""Make the JSON Schema of flow documents out of the description the reader reads by. Pure.

What the schema refuses, the reader refuses. The reader refuses more: rules between fields have no place in a schema.
"""

from __future__ import annotations

from typing import Any, Final

from app.flows.language.conditions import condition_shape
from app.flows.language.document_shape import DOCUMENT, EXIT, GOAL, TRIGGER
from app.flows.language.step_shapes import ARM, STEPS

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def flow_schema() -> dict[str, Any]:
    """Return the schema of the newest format."""
    shapes = {shape.ref: shape.definition() for shape in (*STEPS.values(), ARM, TRIGGER, EXIT, GOAL)}
    steps = {"oneOf": [shape.schema() for shape in STEPS.values()]}
    return {
        "$schema": DIALECT,
        "title": "Welltimed flow",
        **DOCUMENT.definition(),
        "$defs": shapes | {"step": steps, condition_shape.REF: condition_shape.definition()},
    }
