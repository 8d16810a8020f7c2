"""The token of a form: derived from what only that browser has, and nothing else passes."""

import pytest

from pas.auth.csrf import FormExpired, csrf_token, refuse_wrong_token


def test_the_token_of_a_browser_passes() -> None:
    refuse_wrong_token(csrf_token("secret"), secret="secret")


@pytest.mark.parametrize("secret", ["", None])
def test_without_a_browsers_secret_no_token_passes(secret: str | None) -> None:
    with pytest.raises(FormExpired):
        refuse_wrong_token(csrf_token(""), secret=secret)


@pytest.mark.parametrize(
    "given", ["", None, "secret", csrf_token("other"), csrf_token("secret")[:-1]]
)
def test_another_token_does_not_pass(given: str | None) -> None:
    with pytest.raises(FormExpired):
        refuse_wrong_token(given, secret="secret")
