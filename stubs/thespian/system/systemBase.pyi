from datetime import timedelta

MAX_CHILD_ACTOR_CREATE_DELAY: timedelta
MAX_TELL_PERIOD: timedelta
