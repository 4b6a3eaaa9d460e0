"""Every table of the service in one metadata, for migrations and the tests that compare the two."""

from secmon.accounts import models as _accounts
from secmon.alerts import models as _alerts
from secmon.audit import models as _audit
from secmon.cases import models as _cases
from secmon.clients import models as _clients
from secmon.credentials import models as _credentials
from secmon.database.tables import Base
from secmon.devices import models as _devices
from secmon.freezes import models as _freezes
from secmon.logins import models as _logins
from secmon.outbox import models as _outbox
from secmon.policies import models as _policies
from secmon.trials import models as _trials
from secmon.twofactor import models as _twofactor
from secmon.web import idempotency as _idempotency
from secmon.webhooks import models as _webhooks
from secmon.worker import models as _worker

__all__ = ["Base"]

TABLES = (
    _accounts,
    _alerts,
    _audit,
    _cases,
    _clients,
    _credentials,
    _devices,
    _freezes,
    _idempotency,
    _logins,
    _outbox,
    _policies,
    _trials,
    _twofactor,
    _webhooks,
    _worker,
)
