"""What the database went through: numbered steps that never change once applied, and `R__` files that run again when they change."""
