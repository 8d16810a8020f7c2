"""The guards of the till in the browser, each with the tests that must fail without it."""

from typing import Final

import msgspec

MODULES: Final = "src/pas/web/static/till"
SERVER: Final = "src/pas/redemptions/offline"
OFFLINE: Final = "tests/browser/offline"
ONLINE: Final = "tests/browser/test_till.py"
HANDED_IN: Final = "tests/redemptions/test_offline_sales.py"
SELLING: Final = "tests/browser/test_selling.py"


class Guard(msgspec.Struct, frozen=True):
    """``code`` stands once in ``file``; ``without`` takes its place, and one of ``tests`` must fail.

    ``of`` is the file of these tests, or their folder.
    """

    name: str
    file: str
    code: str
    tests: str
    of: str
    without: str = ""


GUARDS: Final = (
    Guard(
        "the browser gives the page that it keeps",
        "src/pas/web/static/till-worker.js",
        'if (request.mode === "navigate" && pathname === PAGE)',
        "survives_a_reload",
        OFFLINE,
        "if (false)",
    ),
    Guard(
        "the browser keeps what the page needs",
        "src/pas/web/static/till-worker.js",
        "await cache.addAll(FILES);",
        "survives_a_reload",
        OFFLINE,
    ),
    Guard(
        "sales are handed in by themselves",
        f"{MODULES}/connection.js",
        "const handed = await this.use(() => handIn(this.device));",
        "survives_a_reload",
        OFFLINE,
        "const handed = 0;",
    ),
    Guard(
        "a limit for each sale",
        f"{MODULES}/offline.js",
        "if (amountCents > permit.perSaleCents)",
        "limits_that_were_signed",
        OFFLINE,
        "if (false)",
    ),
    Guard(
        "a limit for each pass and day",
        f"{MODULES}/offline.js",
        "if (ofPass + amountCents > permit.perPassDayCents)",
        "limits_that_were_signed",
        OFFLINE,
        "if (false)",
    ),
    Guard(
        "a limit for all together",
        f"{MODULES}/offline.js",
        "if (amountCents > leftCents)",
        "together_holds",
        OFFLINE,
        "if (false)",
    ),
    Guard(
        "limits end",
        f"{MODULES}/offline.js",
        "if (now >= Date.parse(permit.validUntil))",
        "set_back",
        OFFLINE,
        "if (false)",
    ),
    Guard(
        "limits are the ones that were signed",
        f"{MODULES}/offline.js",
        'if (!(await isGenuine(given))) throw new NotOffline("forged");\n  // What',
        "raised",
        OFFLINE,
        "// What",
    ),
    Guard(
        "a sale that was sent is named by the one that replaces it",
        f"{MODULES}/counter.js",
        "takeCents, replaces: id }",
        "lost_its_connection",
        OFFLINE,
        "takeCents, replaces: null }",
    ),
    Guard(
        "a quoted sale keeps its whole price",
        f"{MODULES}/offline.js",
        "priceCents: visits ? null : asked.priceCents,",
        "lost_its_connection",
        OFFLINE,
        "priceCents: visits ? null : amountCents,",
    ),
    Guard(
        "of quoted visits no more are handed in",
        f"{MODULES}/offline.js",
        "const visits = asked.visits ? amountCents / perVisit : null;",
        "of_quoted_visits",
        OFFLINE,
        "const visits = asked.visits ?? null;",
    ),
    Guard(
        "what was sent is struck off by what replaces it",
        f"{MODULES}/offline.js",
        "if (attempt) stores.attempts.delete(attempt);",
        "lost_its_connection",
        OFFLINE,
    ),
    Guard(
        "what has an answer is not sent again",
        f"{MODULES}/offline.js",
        ".filter((one) => !one.answer).slice(0, AT_ONCE)",
        "cut_and_repeated",
        OFFLINE,
        ".slice(0, AT_ONCE)",
    ),
    Guard(
        "an upload that is repeated has the same ids",
        f"{MODULES}/offline.js",
        "items: waiting.map(asSent) }",
        "cut_and_repeated",
        OFFLINE,
        "items: waiting.map((one) => ({ ...asSent(one), id: device.newId() })) }",
    ),
    Guard(
        "each answer finds its sale",
        f"{MODULES}/offline.js",
        "answer: answers[place] }",
        "edited",
        OFFLINE,
        "answer: answers.find((one) => one.sequence === row.sequence) }",
    ),
    Guard(
        "two tabs make one chain",
        f"{MODULES}/offline.js",
        "if ((found?.sequence ?? 0) !== chain.sequence) return false;",
        "two_tabs",
        OFFLINE,
    ),
    Guard(
        "the link is written with the sale",
        f"{MODULES}/offline.js",
        "stores.chains.put({ sequence: row.sequence, hash: row.hash, at }, row.tillId);",
        "cut_and_repeated",
        OFFLINE,
    ),
    Guard(
        "a sale is written down before it is shown",
        f"{MODULES}/offline.js",
        "    stores.queue.add(row);\n",
        "killed",
        OFFLINE,
        "    setTimeout(() => put('queue', row), 1500);\n",
    ),
    Guard(
        "the clock is ours",
        f"{MODULES}/device.js",
        "this.offset = offset;\n",
        "hours_wrong",
        OFFLINE,
    ),
    Guard(
        "the clock is ours after a restart too",
        f"{MODULES}/device.js",
        'if (!this.session) await put("clocks", offset, this.municipality);',
        "hours_wrong",
        OFFLINE,
    ),
    Guard(
        "time never goes back",
        f"{MODULES}/offline.js",
        "return Math.max(device.now(), chain.at ?? 0);",
        "set_back",
        OFFLINE,
        "return device.now();",
    ),
    Guard(
        "cards on the list are turned away",
        f"{MODULES}/offline.js",
        "if (await isBlocked(blocked, scanned))",
        "on_the_list",
        OFFLINE,
        "if (false)",
    ),
    Guard(
        "a till that was stopped hands in",
        f"{MODULES}/connection.js",
        "if (error instanceof Refused && this.device.till) await this.settle();",
        "revoked_in_between",
        OFFLINE,
    ),
    Guard(
        "the server looks at the signature of each sale",
        f"{SERVER}/queue.py",
        "return fits(till.key, signature, text)",
        "edited",
        OFFLINE,
        "return True",
    ),
    Guard(
        "the server sees a hole in the chain",
        f"{SERVER}/queue.py",
        'return b"" if previous == FIRST_PREVIOUS else',
        "edited",
        OFFLINE,
        'return b"" if True else',
    ),
    Guard(
        "the server knows since when a till is off",
        f"{SERVER}/rules.py",
        "            return TillRevoked\n",
        "revoked_in_between",
        OFFLINE,
        "            return None\n",
    ),
    Guard(
        "the holder of a card that was off does not pay",
        f"{SERVER}/sharing.py",
        "        off_because(facts.card.state)\n",
        "blocked_before",
        OFFLINE,
        "        None\n",
    ),
    Guard(
        "a late sale is judged as of its own moment",
        f"{SERVER}/facts_then.py",
        "moment, _ = moment_of(handed.said_at, issued_at, before=None, now=now)",
        "three_days_late",
        HANDED_IN,
        "moment = now",
    ),
    Guard(
        "no more is taken than was quoted",
        f"{SERVER}/sharing.py",
        "most_cents=priced.cents,",
        "no_more_is_taken",
        HANDED_IN,
    ),
    Guard(
        "a wrong digit is caught here",
        f"{MODULES}/codes.js",
        "return Number(digits) % 97 === 1 &&",
        "wrong_digit",
        ONLINE,
        "return true ||",
    ),
    Guard(
        "an amount that could be two is not read",
        f"{MODULES}/money.js",
        "if (!found) return null;",
        "could_be_two",
        ONLINE,
        "if (!found) return 100;",
    ),
    Guard(
        "what is sent is written down first",
        f"{MODULES}/selling.js",
        "await remember(device, basket, choice);",
        "never_arrived",
        ONLINE,
    ),
    Guard(
        "the same sale keeps its ids",
        f"{MODULES}/counter.js",
        "() => send(this.device, this.sale)",
        "trying_again",
        ONLINE,
        "() => send(this.device, { ...this.sale, sent: { saleId: this.device.newId(), "
        "items: this.sale.sent.items.map((one) => ({ ...one, id: this.device.newId() })) } })",
    ),
    Guard(
        "a condition is ticked",
        f"{MODULES}/counter.js",
        "if (open) {\n      text",
        "condition_is_checked",
        ONLINE,
        "if (false) {\n      text",
    ),
    Guard(
        "what moved is asked again",
        f"{MODULES}/counter.js",
        'if (answers.some((one) => one.outcome === "moved")) this.#quoted({ moved: true });\n    else',
        "moved",
        ONLINE,
    ),
    Guard(
        "what is lost is said",
        f"{MODULES}/answers.js",
        'fill("quote-warnings", takeable.flatMap((one) => one.warnings), warning);',
        "what_is_lost",
        ONLINE,
    ),
    Guard(
        "a till that is off stops",
        f"{MODULES}/counter.js",
        "if (stop && booked.length === 0) {",
        "revoked_stops",
        ONLINE,
        "if (false) {",
    ),
    Guard(
        "who is signed out stops",
        f"{MODULES}/counter.js",
        "if (this.onStop.isFor(problem.code)) this.onStop(problem);\n      else",
        "session_that_ended",
        SELLING,
    ),
)
