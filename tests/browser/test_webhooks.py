"""A club's manager lets its own program hear what happens, and sees why nothing arrives."""

from playwright.sync_api import Page, expect

from looking import become, check_page


def test_a_manager_makes_an_address_and_sees_how_a_test_message_went(visitor: Page) -> None:
    become(visitor, "manager", "Zwembad")
    visitor.get_by_role("link", name="Berichten aan uw programma").click()
    check_page(visitor, "webhooks-none")
    visitor.get_by_role("button", name="Maak dit adres").click()
    check_page(visitor, "webhooks-wrong")
    visitor.get_by_label("Naar welk adres?").fill("https://kassa.golfslag.invalid/pas/berichten")
    visitor.get_by_label("Er is iets met een pas betaald").check()
    visitor.get_by_label("Een kassa is stilgezet").check()
    visitor.get_by_role("button", name="Maak dit adres").click()
    expect(visitor.get_by_text("whsec_")).to_be_visible()
    check_page(visitor, "webhook-secret")

    visitor.get_by_role("link", name="Klaar").click()
    with visitor.expect_navigation():
        visitor.get_by_role("button", name="Stuur een proefbericht").click()
    told = visitor.get_by_text("Wij kunnen de naam van uw server niet vinden.")
    for _ in range(40):
        visitor.reload()
        if told.count():
            break
        visitor.wait_for_timeout(500)
    expect(told).to_be_visible()
    check_page(visitor, "webhook")
    visitor.get_by_role("link", name="Stop voorgoed").click()
    check_page(visitor, "webhook-end")
    visitor.get_by_role("button", name="Ja, stop").click()
    expect(visitor.locator(".utrecht-badge").first).to_have_text("gestopt")
    visitor.get_by_role("link", name="Berichten aan uw programma").click()
    check_page(visitor, "webhooks-ended")
