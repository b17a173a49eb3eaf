"""The machine itself, brought to its settings: users, sshd, Docker, firewall, disks, units."""
