-- A household that moves gets another number and with it another claim: nobody has a scheme on the pass twice
-- in a period all the same, whether it was granted to the person or to the household. What is claimed per
-- application is not counted here.
SET LOCAL lock_timeout = '5s';

-- squawk-ignore require-concurrent-index-creation
CREATE UNIQUE INDEX granted_once_to_a_person ON scheme_grant (resident_id, scheme_id, period_key)
    WHERE claim_key LIKE 'resident:%' OR claim_key LIKE 'household:%';
