-- An income that an officer found belongs to the adults it was about: their household may get another number.
SET LOCAL lock_timeout = '5s';

CREATE TABLE income_verdict_adult (
    resident_id uuid NOT NULL REFERENCES resident,
    verdict_id uuid NOT NULL REFERENCES income_verdict,
    PRIMARY KEY (resident_id, verdict_id)
);
COMMENT ON TABLE income_verdict_adult IS 'Of whom an income was found: the adults of the household that day, or everybody when there was none.';

-- What was found before now is of those who lived under the number when it was recorded.
INSERT INTO income_verdict_adult (resident_id, verdict_id)
SELECT v.resident_id, i.id FROM income_verdict i
JOIN resident_version v ON v.household_number = i.household_number AND v.valid_from <= i.recorded_at::date
WHERE v.birth_date <= i.recorded_at::date - interval '18 years'
    AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
        AND n.valid_from > v.valid_from AND n.valid_from <= i.recorded_at::date)
ON CONFLICT DO NOTHING;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON income_verdict_adult EXECUTE FUNCTION refuse_write();
ALTER TABLE income_verdict_adult ENABLE ALWAYS TRIGGER append_only;
GRANT SELECT, INSERT ON income_verdict_adult TO app_municipality;
