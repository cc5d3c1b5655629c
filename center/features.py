"""The features of the center: the one list. A new one is a package under `features`, and a line here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from features.app.feature import APP
from features.backup.feature import BACKUP
from features.duty.feature import DUTY
from features.maps.feature import MAPS
from features.people.feature import PEOPLE
from features.privacy.feature import PRIVACY
from features.psap_data.feature import PSAP_DATA
from features.reviews.feature import REVIEWS
from features.selftest.feature import SELFTEST
from features.settings_pages.feature import SETTINGS_PAGES
from features.watcher.feature import WATCHER
from features.webhooks.feature import WEBHOOKS
from model import feature

FEATURES: Final = (
    *(APP, BACKUP, DUTY, MAPS, PEOPLE, PRIVACY, PSAP_DATA, REVIEWS, SELFTEST),
    *(SETTINGS_PAGES, WATCHER, WEBHOOKS),
)


def install(off: Iterable[str] = ()) -> None:
    """Make all features but those that the settings leave out (`features_off`) known to this process."""
    feature.install(FEATURES, off)
