"""The list of the center's features. A new feature is a package under `features`, and a row in this list."""

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
    """Install all features in this process except those that the settings leave out (`features_off`)."""
    feature.install(FEATURES, off)
