"""What roles may be together, and which permissions no combination of them gives."""

from itertools import chain, combinations

import pytest

from given.logins import an_actor
from pas.auth.actor import Actor, OtherMerchant, PermissionMissing
from pas.auth.incompatible_roles import (
    ALONE,
    KEPT_APART,
    RolesIncompatible,
    incompatible_pairs,
    refuse_incompatible,
    roles_for_people,
    why_incompatible,
)
from pas.auth.permissions import Permission
from pas.auth.roles import ROLE_TITLES, ROLES, Role, permissions_of
from pas.ids import MerchantId, uuid7


def test_every_role_has_a_title_and_permissions() -> None:
    assert set(ROLES) == set(ROLE_TITLES) == set(Role)
    assert all(ROLES.values())


def test_every_permission_is_in_a_role() -> None:
    assert frozenset[Permission]().union(*ROLES.values()) == set(Permission)


def test_no_allowed_combination_of_roles_joins_what_is_kept_apart() -> None:
    refused = {frozenset(pair) for pair in incompatible_pairs()}
    every = chain.from_iterable(combinations(Role, size) for size in range(1, 6))
    for roles in every:
        if any(frozenset(pair) in refused for pair in combinations(roles, 2)):
            continue
        together = permissions_of(roles)
        for rule in KEPT_APART:
            assert not (rule.one in together and rule.others & together), (roles, rule)


def test_a_program_gets_nothing_of_what_is_kept_apart() -> None:
    of_programs = permissions_of(set(Role) - set(roles_for_people()))
    for rule in KEPT_APART:
        assert not ({rule.one} | rule.others) & of_programs, rule


@pytest.mark.parametrize("role", list(ALONE))
def test_some_roles_stand_alone(role: Role) -> None:
    for other in Role:
        assert other == role or why_incompatible(role, other) == ALONE[role] or other in ALONE


def test_whoever_proposes_does_not_approve() -> None:
    with pytest.raises(RolesIncompatible, match="Wie een afwijking voorstelt") as refused:
        refuse_incompatible(Role.APPROVER, ["officer"])
    assert refused.value.extra == {"roles": ["approver", "officer"]}


def test_whoever_registers_a_merchant_awards_nothing() -> None:
    with pytest.raises(RolesIncompatible, match="kent geen tegoed toe"):
        refuse_incompatible(Role.OFFICER, ["registrar"])


def test_a_role_of_another_version_gives_nothing() -> None:
    assert permissions_of(["wizard"]) == frozenset()


def test_an_actor_without_the_permission_is_refused() -> None:
    counter = an_actor(Role.COUNTER)
    counter.require(Permission.CARDS_BLOCK)
    with pytest.raises(PermissionMissing):
        counter.require(Permission.ASSESSMENTS_RUN)


def test_somebody_of_a_merchant_is_refused_at_another() -> None:
    own, other = MerchantId(uuid7()), MerchantId(uuid7())
    manager = Actor(kind="login", id=uuid7(), merchant_id=own)
    manager.require_merchant(own)
    with pytest.raises(OtherMerchant):
        manager.require_merchant(other)
