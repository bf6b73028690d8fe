"""What Hush remembers: tables, migrations, backups, and the stores behind the features' ports."""
