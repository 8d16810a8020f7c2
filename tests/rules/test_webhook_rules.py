"""Where a message may go: an https address of a name, which leads to the open internet alone."""

from datetime import timedelta

import pytest

from pas.outgoing.public import all_public, is_public
from pas.webhooks.rules import (
    PAUSES,
    WebhookAddressWrong,
    fit_url,
    pause_after,
    rest_after,
)


@pytest.mark.parametrize(
    "url",
    [
        "http://kassa.duinrun.nl/",
        "ftp://kassa.duinrun.nl/",
        "kassa.duinrun.nl",
        "//kassa.duinrun.nl/",
        "https://",
        "https:///pad",
        "https://localhost/",
        "https://kassa/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[fe80::1%25eth0]/",
        "https://169.254.169.254/latest/meta-data",
        "https://kassa.duinrun.nl:8443/",
        "https://kassa.duinrun.nl:0/",
        "https://kassa.duinrun.nl:99999/",
        "https://piet@kassa.duinrun.nl/",
        "https://piet:geheim@kassa.duinrun.nl/",
        "https://@kassa.duinrun.nl/",
        "https://kassa.duinrun.nl@127.0.0.1/",
        "https://kassa.duinrun.nl\\@127.0.0.1/",
        "https://kassa.duinrun.nl#@127.0.0.1/",
        "https://kassa.duinrun.nl/#deel",
        "https://kassa.duinrun.nl/a b",
        "https://kassa.duinrun.nl/é",
        "https://kassa.duinrun.nl/\r\nhost: elders",
        "https://kassa..duinrun.nl/",
        "https://-kassa.duinrun.nl/",
        "https://kassa_1.duinrun.nl/",
        "https://ｋassa.duinrun.nl/",
        "https://kassa。duinrun。nl/",
        "https://" + "a" * 64 + ".nl/",
    ],
)
def test_an_address_that_could_lead_elsewhere_is_refused(url: str) -> None:
    with pytest.raises(WebhookAddressWrong):
        fit_url(url)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://kassa.duinrun.nl", "https://kassa.duinrun.nl/"),
        ("https://Kassa.Duinrun.NL/pas?winkel=1", "https://kassa.duinrun.nl/pas?winkel=1"),
        (" https://kassa.duinrun.nl:443/pas ", "https://kassa.duinrun.nl/pas"),
        ("https://xn--caf-dma.nl/", "https://xn--caf-dma.nl/"),
    ],
)
def test_an_address_is_kept_in_one_form(url: str, kept: str) -> None:
    assert fit_url(url) == kept


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104  refused, not listened on
        "0.1.2.3",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.0.0.9",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:0:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b::808:808",
        "64:ff9b:1::7f00:1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:10::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:808:808::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "2a00:1450::1%eth0",
        "fec0::1",
        "ff02::1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "nergens",
        "",
    ],
)
def test_an_address_inside_is_never_reached(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "145.131.10.1", "2a00:1450:400e::1", "2620:fe::fe"])
def test_an_address_of_the_open_internet_may_be_reached(address: str) -> None:
    assert is_public(address)


def test_one_address_inside_is_enough_to_refuse_a_name() -> None:
    assert all_public(["8.8.8.8", "2a00:1450:400e::1"])
    assert not all_public(["8.8.8.8", "10.0.0.1"])
    assert not all_public([])


def test_pauses_grow_to_about_three_days_and_then_it_is_over() -> None:
    shortest = [pause_after(tries, chance=0) for tries in range(1, len(PAUSES) + 1)]
    longest = [pause_after(tries, chance=1) for tries in range(1, len(PAUSES) + 1)]
    assert shortest == sorted(PAUSES)
    assert all(a < b for a, b in zip(shortest, longest, strict=True) if a and b)
    days = sum(PAUSES, timedelta()) / timedelta(days=1)
    assert 2.9 < days < 3.1
    assert pause_after(len(PAUSES) + 1, chance=0) is None


def test_an_endpoint_that_keeps_failing_is_left_alone_ever_longer() -> None:
    rests = [rest_after(failures) for failures in (0, 1, 5, 9, 30, 3000)]
    assert rests == sorted(rests)
    assert rests[0] == timedelta(seconds=1)
    assert rests[-1] == timedelta(minutes=10)
