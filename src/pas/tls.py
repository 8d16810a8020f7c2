"""Whom we trust when we speak to others: the public authorities, whatever the environment says."""

import ssl
from functools import cache

import httpx


@cache
def trusted() -> ssl.SSLContext:
    """Give the one context of this process; reading the authorities takes longer than a request."""
    return httpx.create_ssl_context(verify=True, trust_env=False)
