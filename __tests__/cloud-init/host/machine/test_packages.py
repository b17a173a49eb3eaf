from unittest import mock

from support import HostTest

from single_host.fault import HostError, failed
from single_host.machine import packages
from single_host.run import Result


class PackagesTest(HostTest):
    def test_names_by_distribution(self) -> None:
        with mock.patch.object(packages, "succeeds", return_value=False):
            self.assertIn("docker-cli", packages.wanted(("debian", "13")))
            self.assertIn("docker-compose-v2", packages.wanted(("ubuntu", "22.04")))
            self.assertIn("docker-compose-v2", packages.wanted(("ubuntu", "24.04")))
            self.assertIn("docker-compose-plugin", packages.wanted(("debian", "12")))
            self.assertIn("fedora 42 is not supported", self.faults_of(packages.wanted, ("fedora", "42"))[0])

    def test_an_engine_that_the_image_brings_stays(self) -> None:
        with mock.patch.object(packages, "succeeds", return_value=True):
            self.assertEqual(packages.wanted(("debian", "13")), packages.EVERYWHERE)

    def test_the_distribution_is_read(self) -> None:
        path = self.root / "os-release"
        path.write_text('PRETTY_NAME="Ubuntu 24.04 LTS"\nID=ubuntu\nVERSION_ID="24.04"\n')
        self.assertEqual(packages.release(path), ("ubuntu", "24.04"))

    def test_half_installed_is_missing(self) -> None:
        shown = "ufw installed\nrestic half-configured\n"
        with mock.patch.object(packages, "run", return_value=Result(0, shown, "")):
            self.assertEqual(packages._missing(("ufw", "restic", "iptables")), ["restic", "iptables"])

    def test_apt_is_not_asked_when_nothing_is_missing(self) -> None:
        with (
            mock.patch.object(packages, "run", return_value=Result(0, "", "")) as run,
            mock.patch.object(packages, "wanted", return_value=()),
        ):
            self.assertEqual(packages.converge(mock.Mock(expires_versions=False, saves_buckets=False)), [])
        self.assertNotIn("apt-get", [call.args[0][0] for call in run.call_args_list])

    def test_a_client_for_buckets_comes_only_where_one_is_looked_after(self) -> None:
        for expires, saves, installed in (
            (True, False, ["python3-boto3"]),
            (False, True, ["rclone"]),
            (False, False, []),
        ):
            with (
                mock.patch.object(packages, "run", return_value=Result(0, "", "")),
                mock.patch.object(packages, "wanted", return_value=()),
                mock.patch.object(packages, "_install") as install,
            ):
                packages.converge(mock.Mock(expires_versions=expires, saves_buckets=saves))
            self.assertEqual([name for call in install.call_args_list for name in call.args[0]], installed)

    def test_a_mirror_that_is_down_heals(self) -> None:
        with (
            mock.patch.object(packages, "run") as run,
            mock.patch.object(packages, "wanted", return_value=("ufw",)),
            mock.patch("time.sleep"),
        ):
            down = failed("apt-get", "exit code 100", lines=["Err:1 cannot resolve", "E: Some index files failed"])
            nothing = Result(0, "", "")
            run.side_effect = [nothing, nothing, down, nothing, nothing, nothing, nothing]
            self.assertEqual(packages.converge(mock.Mock(expires_versions=False, saves_buckets=False)), ["packages ufw"])
        self.assertIn("packages: Err:1 cannot resolve (again in 2 s)", self.said)

    def test_an_installation_that_was_killed_is_finished_by_the_next_try(self) -> None:
        asked: list[str] = []

        def run(argv: list[str], **_: object) -> Result:
            asked.append(" ".join(word for word in argv if not word.startswith("-o")))
            if argv[0] == "apt-get" and "install" in argv and "dpkg --configure -a --force-confold" not in asked:
                raise failed("apt-get", "was killed")
            interrupted = argv == ["dpkg", "--audit"] and any("install" in line for line in asked)
            return Result(0, "ufw is half installed" if interrupted else "", "")

        with (
            mock.patch.object(packages, "run", run),
            mock.patch.object(packages, "wanted", return_value=("ufw",)),
            mock.patch("time.sleep"),
        ):
            self.assertEqual(packages.converge(mock.Mock(expires_versions=False, saves_buckets=False)), ["packages ufw"])
        self.assertLess(asked.index("dpkg --configure -a --force-confold"), len(asked) - 1)

    def test_a_system_that_is_not_supported_is_told_at_once(self) -> None:
        with (
            mock.patch.object(packages, "run", return_value=Result(0, "", "")),
            mock.patch.object(packages, "succeeds", return_value=False),
            mock.patch.object(packages, "release", return_value=("fedora", "42")),
            mock.patch("time.sleep", side_effect=AssertionError("it waits")),
            self.assertRaises(HostError),
        ):
            packages.converge(mock.Mock(expires_versions=False, saves_buckets=False))

    def test_a_mirror_that_stays_down_is_an_error(self) -> None:
        with (
            mock.patch.object(packages, "run", side_effect=failed("apt-get", "exit code 100")),
            mock.patch.object(packages, "MIRROR_PATIENCE", 0),
            self.assertRaises(HostError),
        ):
            packages._install(["ufw"])
