"""Nonces for `device_proof` over HTTP."""

from __future__ import annotations

from secmon.devices.device_proof import NONCE_LIVES
from secmon.logins.judges import JUDGES
from secmon.logins.schemas import NonceResponse
from secmon.rooms.blueprint import Blueprint
from secmon.web.limits import Limited
from secmon.web.operation import Answer, operation
from secmon.web.unit_of_work import unit_of_work

blp = Blueprint(
    "device-nonces", __name__, url_prefix="/v1", description="What an app signs before it logs in."
)


@blp.route("/device-nonces", methods=["POST"])
@operation("events:write", limited=Limited.NOT, answers={201: NonceResponse})
def make_nonce() -> Answer:
    """A nonce for one login, to be signed by the app into its `device_proof`; nothing is stored."""
    with unit_of_work(write=False) as work:
        work.read()  # A revoked caller is told nothing, though nothing else is read.
        nonce = JUDGES.chosen().nonces.make(work.now)
        return NonceResponse.show({"nonce": nonce, "expires_at": work.now + NONCE_LIVES}), 201
