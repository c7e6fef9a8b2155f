-- Whether a drop of any merchant is open, see define-ghosts.sql. Rows: 1.
SELECT inventory.real_drop_open() AS open
