"""What kind of device somebody signed in on, from what their browser says of itself.

Only to tell their own devices apart in a list: nothing is decided by it, and no more is kept.
"""

from typing import Final, Literal

DeviceKind = Literal[
    "iphone", "ipad", "phone_android", "tablet_android", "windows", "mac", "linux", "other"
]

# The order matters: an iPhone says "like Mac OS X", Android says "Linux".
SIGNS: Final[tuple[tuple[str, DeviceKind], ...]] = (
    ("iphone", "iphone"),
    ("ipad", "ipad"),
    ("windows", "windows"),
    ("mac os", "mac"),
    ("linux", "linux"),
)


def device_kind(user_agent: str) -> DeviceKind:
    said = user_agent.lower()
    if "android" in said:
        return "phone_android" if "mobile" in said else "tablet_android"
    for sign, kind in SIGNS:
        if sign in said:
            return kind
    return "other"
