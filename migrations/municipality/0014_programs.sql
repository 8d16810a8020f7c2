-- A program is nobody: it gets no role with what two people must do.
SET LOCAL lock_timeout = '5s';

CREATE OR REPLACE FUNCTION refuse_role() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    holder login;
BEGIN
    -- Locks the login, so that two administrators cannot give one of a pair each at the same moment.
    SELECT * INTO holder FROM login WHERE id = NEW.login_id FOR NO KEY UPDATE;
    IF EXISTS (
        SELECT 1 FROM login_role r, incompatible_role i
        WHERE r.login_id = NEW.login_id AND i.role = r.role AND i.other = NEW.role
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA210', MESSAGE = 'this role does not go together with another role of this login';
    END IF;
    IF (NEW.role = 'merchant_manager') <> (holder.merchant_id IS NOT NULL) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA211', MESSAGE = 'a login of a merchant is merchant_manager and nothing else, and no other login is';
    END IF;
    IF holder.issuer = 'program' AND NEW.role IN (
        'administrator', 'approver', 'counter', 'finance', 'intermediary', 'merchant_manager', 'officer', 'registrar'
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'PA212', MESSAGE = 'this role is for people, and this login is of a program';
    END IF;
    RETURN NEW;
END $$;
