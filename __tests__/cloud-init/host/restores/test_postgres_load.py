from support import HostTest

from single_host.restores import postgres_load

GLOBALS = """--
CREATE ROLE shop;
ALTER ROLE shop WITH SUPERUSER LOGIN PASSWORD 'SCRAM-SHA-256$old';
CREATE ROLE "Odd ""Role";
ALTER ROLE "Odd ""Role" WITH NOLOGIN;
CREATE ROLE reporter;
ALTER ROLE reporter WITH LOGIN PASSWORD 'SCRAM-SHA-256$x';
GRANT "Odd ""Role" TO reporter GRANTED BY shop;
GRANT reporter TO shop GRANTED BY shop;
"""


class RolesTest(HostTest):
    def test_present_roles_keep_their_passwords(self) -> None:
        statements = postgres_load.missing_roles(GLOBALS, {"shop"})
        self.assertNotIn("ROLE shop", statements)
        self.assertNotIn("TO shop", statements)
        self.assertIn("ALTER ROLE reporter WITH LOGIN PASSWORD 'SCRAM-SHA-256$x';", statements)
        self.assertIn('GRANT "Odd ""Role" TO reporter', statements)

    def test_quoted_names_are_compared_as_names(self) -> None:
        self.assertNotIn("Odd", postgres_load.missing_roles(GLOBALS, {'Odd "Role', "reporter", "shop"}))

    def test_nothing_missing_is_nothing_to_do(self) -> None:
        self.assertEqual(postgres_load.missing_roles(GLOBALS, {"shop", "reporter", 'Odd "Role'}), "")
