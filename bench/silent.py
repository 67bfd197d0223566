"""The web process as it is, but for a doorbell that rings nothing: what bench/handover.py compares with."""

from app.kit import runtime
from app.wiring import create_app, put_hot_paths_in_front

app = create_app()
runtime.current().doorbell.ring = lambda queue: False  # type: ignore[method-assign] # noqa: ARG005 - a bell's shape
put_hot_paths_in_front(app)
