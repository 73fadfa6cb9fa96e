-- The role under which the service runs on PostgreSQL: it adds to the record and its checkpoints, and can change or remove nothing of them.
-- The tables belong to another role, the owner, who runs `flask db upgrade`, `flask audit erase` and this file:
--
--     psql "$OWNERS_DATABASE" -v role=thidua_app -f audit/postgresql_role.sql
--
-- Run it again after each upgrade that brings new tables. Before the first run: CREATE ROLE thidua_app LOGIN PASSWORD '…';
GRANT USAGE ON SCHEMA public TO :"role";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"role";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"role";
REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES ON audit_entries, audit_checkpoints FROM :"role";
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON audit_days FROM :"role";
REVOKE ALL ON alembic_version FROM :"role";
GRANT SELECT ON alembic_version TO :"role";
