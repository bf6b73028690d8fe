"""What a hoster's monitoring may read: counts and health, never people, servers or what was said."""
