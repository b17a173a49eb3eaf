"""What runs on the machine: the application's containers, and Caddy, which brings visitors to those that are well."""
