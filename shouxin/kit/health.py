"""What must be in order before the product can be used; rooms sign up their own checks."""

from collections.abc import Callable

from shouxin.core.text import Text
from shouxin.kit.registry import Registry

# A check answers None when all is well, else one sentence saying what is not. It must be quick and never raise
# for an outage it exists to report.
checks: Registry[Callable[[], Text | None]] = Registry("health checks")
# Likewise, for what people should mend while the product can be used all the same.
remarks: Registry[Callable[[], Text | None]] = Registry("health remarks")
