from unittest import mock

from support import HostTest, host_json

from single_host import bundle, settings
from single_host.run import Result
from single_host.site import basic_auth


class BasicAuthTest(HostTest):
    def test_a_password_is_hashed_once_and_never_in_argv(self) -> None:
        entry = {"file": "basic-auth/x.caddy", "user": "admin", "secret": "ADMIN_PASSWORD"}
        host = settings.parse(host_json(basic_auth=[entry]))
        hashed = mock.Mock(return_value=Result(0, "$2a$14$hash\n", ""))
        with mock.patch.object(basic_auth, "run", hashed):
            for password in ("hunter2", "hunter2", "hunter3"):
                found = basic_auth.snippets(host, bundle.Secrets({"ADMIN_PASSWORD": password}, {}, {}))
        self.assertEqual(found, {"basic-auth/x.caddy": b"admin $2a$14$hash\n"})
        self.assertEqual(hashed.call_count, 2)
        self.assertNotIn("hunter2", str(hashed.call_args_list[0].args))
        self.assertEqual(hashed.call_args_list[0].kwargs["stdin"], b"hunter2\n")
        self.assertNotIn("hunter3", basic_auth.HASHES.read_text())
