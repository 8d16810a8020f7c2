-- The functions that book are planned once per connection, not at each call: their plans do not depend on what
-- is booked (a call looks rows up by their keys, at most 1,024 items), and planning took a quarter of a short call.
SET LOCAL lock_timeout = '5s';

SET LOCAL ROLE ledger_municipality;
ALTER FUNCTION book SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION redeem_batch SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION reverse_batch SET plan_cache_mode = force_generic_plan;
SET LOCAL ROLE owner_municipality;
